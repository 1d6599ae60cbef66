import { open } from 'node:fs/promises'

/** One file in a zip. */
export interface ZipEntry {
  readonly name: string
  /** Without line breaks. */
  readonly lines: AsyncIterable<string>
}

/** Characters that are packed in one turn: a few milliseconds, for a guard may tick in the same process. */
const atOnce = 32_768
/** What a zip can say: it begins in 1980. */
const firstDay = Date.UTC(1980, 0, 2)

/** Writes a zip as its lines come, in bounded memory. Durable when it resolves. @param turn lets everything else run */
export async function writeZip(path: string, entries: readonly ZipEntry[], at: number, turn: () => Promise<void>): Promise<void> {
  const { Zip, ZipDeflate } = await import('fflate')
  const handle = await open(path, 'w', 0o600)
  try {
    const packed: Uint8Array[] = []
    let failure: Error | undefined
    const zip = new Zip((error, data) => {
      failure ??= error ?? undefined
      packed.push(data)
    })
    const drain = async () => {
      if (failure !== undefined) throw failure
      for (const each of packed.splice(0)) await handle.writeFile(each)
      await turn()
    }
    for (const { name, lines } of entries) {
      const file = new ZipDeflate(name, { level: 6 })
      file.mtime = Math.max(firstDay, at)
      zip.add(file)
      let text = ''
      for await (const line of lines) {
        text += `${line}\n`
        if (text.length < atOnce) continue
        file.push(Buffer.from(text), false)
        text = ''
        await drain()
      }
      file.push(Buffer.from(text), true)
      await drain()
    }
    zip.end()
    await drain()
    await handle.sync()
  } finally {
    await handle.close()
  }
}
