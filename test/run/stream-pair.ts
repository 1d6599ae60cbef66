import { signal } from '../../src/base/signal.ts'
import type { ByteStream } from '../../src/safety/stream.ts'

/** One end of a pair in memory, and what a test may do to it. */
export interface StreamEnd extends ByteStream {
  /** Everything that was written here. */
  readonly written: string
  /** The other end reads no more: this one has room for `bytes` until it does again. */
  stall(bytes: number): void
  flow(): void
  readonly isClosed: boolean
}

/** Two ends of a stream. What is written at one comes out at the other at once, in the order in which it was written. */
export function streamPair(): readonly [StreamEnd, StreamEnd] {
  const ends = [end(), end()] as const
  ends[0].join(ends[1])
  ends[1].join(ends[0])
  return ends
}

interface Half extends StreamEnd {
  join(its: Half): void
  arrive(text: string): void
  shut(): void
}

function end(): Half {
  const received = signal<Uint8Array>()
  const drained = signal<void>()
  const closed = signal<string | undefined>()
  let other: Half | undefined
  let written = ''
  let waiting = ''
  let room: number | undefined
  let isClosed = false
  const shut = () => {
    if (isClosed) return
    isClosed = true
    closed.emit(undefined)
  }
  return {
    received,
    drained,
    closed,
    join(its) {
      other = its
    },
    arrive: (text) => void (isClosed || received.emit(Buffer.from(text))),
    shut,
    write(text) {
      if (isClosed) return true
      written += text
      if (room === undefined) other?.arrive(text)
      else waiting += text
      return room === undefined || waiting.length < room
    },
    close() {
      shut()
      other?.shut()
    },
    stall(bytes) {
      room = bytes
    },
    flow() {
      room = undefined
      const text = waiting
      waiting = ''
      if (text !== '') other?.arrive(text)
      drained.emit()
    },
    get written() {
      return written
    },
    get isClosed() {
      return isClosed
    },
  }
}
