/** Takes one file out of a tar (POSIX ustar) that streams by. */
export interface TarFile {
  /** The last of a pipeline. @throws Error when it is no tar, or too large */
  readonly read: (chunks: AsyncIterable<Uint8Array>) => Promise<void>
  /** Undefined: it was not in it. */
  content(): string | undefined
}

const block = 512
/** Of the file that is looked for. */
const largestFile = 1_048_576

/** @param most bytes of the whole */
export function fileInTar(name: string, most: number): TarFile {
  const content: Buffer[] = []
  let isFound = false
  let total = 0
  let pending = Buffer.alloc(0)
  /** Of the present file, its padding included. */
  let toPass = 0
  let toKeep = 0

  const takeHeader = (header: Buffer) => {
    // Two empty blocks are its end; what follows is of no interest.
    if (header.every((byte) => byte === 0)) return
    if (sumOf(header) !== octal(header, 148, 8)) throw new Error('not a tar')
    const size = octal(header, 124, 12)
    const prefix = text(header, 345, 155)
    const isIt = !isFound && `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}` === name && (header[156] === 0x30 || header[156] === 0)
    if (isIt && size > largestFile) throw new Error(`${name} is too large`)
    isFound ||= isIt
    toKeep = isIt ? size : 0
    toPass = Math.ceil(size / block) * block
  }
  const take = (chunk: Uint8Array) => {
    total += chunk.length
    if (total > most) throw new Error('too large')
    pending = pending.length === 0 ? Buffer.from(chunk) : Buffer.concat([pending, chunk])
    for (;;) {
      if (toPass === 0) {
        if (pending.length < block) return
        takeHeader(pending.subarray(0, block))
        pending = pending.subarray(block)
        continue
      }
      const passed = pending.subarray(0, toPass)
      if (passed.length === 0) return
      const kept = passed.subarray(0, toKeep)
      if (kept.length > 0) content.push(Buffer.from(kept))
      toKeep -= kept.length
      toPass -= passed.length
      pending = pending.subarray(passed.length)
    }
  }
  return {
    async read(chunks) {
      for await (const chunk of chunks) take(chunk)
      if (toPass > 0) throw new Error('the tar is cut off')
    },
    content: () => (isFound ? Buffer.concat(content).toString('utf8') : undefined),
  }
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '')
}

function octal(header: Buffer, at: number, length: number): number {
  const value = Number.parseInt(text(header, at, length).trim() || '0', 8)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('not a tar')
  return value
}

/** The sum of the header's bytes, its own place counted as blanks. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0)
}
