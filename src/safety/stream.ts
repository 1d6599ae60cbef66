import type { Listenable } from '../base/signal.ts'

/** Bytes both ways: a Unix socket, a pair of pipes, or two ends in memory. */
export interface ByteStream {
  readonly received: Listenable<Uint8Array>
  /** There is room again after a `write` that said false. */
  readonly drained: Listenable<void>
  /** The stream is no more, once; with what was wrong, if anything was. */
  readonly closed: Listenable<string | undefined>
  /** False: the other end does not read. What was written is kept; who goes on writing all the same fills the memory. */
  write(text: string): boolean
  /** Closes: after what was written has gone, or at once. */
  close(how: 'after writing' | 'now'): void
}

/** Cuts bytes into lines. Never keeps more than one line of `longest` bytes.
 *  @param take a line without its break; no line follows once it says false */
export function lines(longest: number, take: (line: string) => boolean, tooLong: () => void): (bytes: Uint8Array) => void {
  let kept: Uint8Array[] = []
  let keptLength = 0
  let isOver = false
  const finish = (last: Uint8Array) => {
    const line = Buffer.concat([...kept, last]).toString('utf8')
    kept = []
    keptLength = 0
    isOver = !take(line)
  }
  return (bytes) => {
    for (let from = 0; !isOver && from < bytes.length; ) {
      const end = bytes.indexOf(10, from)
      const piece = bytes.subarray(from, end === -1 ? undefined : end)
      if (keptLength + piece.length > longest) {
        isOver = true
        return tooLong()
      }
      if (end === -1) {
        // A copy: a few bytes must not hold on to the whole chunk that they came in.
        kept.push(Uint8Array.from(piece))
        keptLength += piece.length
        // Single bytes, each in an object of its own, would weigh a hundred times as much.
        if (kept.length > 64) kept = [Buffer.concat(kept)]
        return
      }
      finish(piece)
      from = end + 1
    }
  }
}
