import { statfs } from 'node:fs/promises'
import { Transform } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import { hours, type Millis, seconds } from '../base/units.ts'
import { TransferError } from '../core/transfer.ts'

/** How long and how much a transfer may be. */
export interface Bounds {
  /** A connection that brings nothing for so long is broken. */
  readonly stall: Millis
  /** The whole transfer, ms: one that trickles does not go on for ever. */
  readonly longest: Millis
  /** Bytes of a download. */
  readonly largest: number
  /** Bytes of the disk that a download leaves free. */
  readonly spare: number
}

const mebibyte = 1_048_576
/** Bytes that wait for the disk: a connection that breaks takes nothing of them away. */
const buffered = mebibyte / 4
export const usualBounds: Bounds = { stall: seconds(60), longest: hours(12), largest: 512 * mebibyte, spare: 32 * mebibyte }

/** One connection under watch: its signal ends it when the caller does, when nothing moves any more, and when it takes too long. */
export interface Flow {
  readonly signal: AbortSignal
  /** Bytes moved. */
  alive(): void
  /** Lets the bytes through, and sees that they come. @throws TransferError `tooLarge` by the stream, beyond `limit` bytes */
  meter(limit?: number): Transform
  end(): void
}

export function flow(clock: Clock, { stall, longest }: Bounds, caller: AbortSignal): Flow {
  const own = new AbortController()
  let aliveAt = clock.monotonic()
  const watch = clock.every('transfer stalls', stall / 4, () => {
    if (clock.monotonic() - aliveAt >= stall) own.abort(new TransferError('unreachable', `nothing moved for ${stall / 1_000} s`))
  })
  const patience = clock.after('transfer takes too long', longest, () => own.abort(new TransferError('unreachable', `not done within ${longest / 1_000} s`)))
  const stop = () => own.abort(new TransferError('local', 'it was called off'))
  caller.addEventListener('abort', stop)
  if (caller.aborted) stop()
  const alive = () => {
    aliveAt = clock.monotonic()
  }
  return {
    signal: own.signal,
    alive,
    meter(limit = Number.POSITIVE_INFINITY) {
      let bytes = 0
      return new Transform({
        highWaterMark: buffered,
        transform(chunk: Uint8Array, _encoding, done) {
          alive()
          bytes += chunk.length
          if (bytes > limit) done(tooLarge(limit))
          else done(null, chunk)
        },
      })
    },
    end() {
      watch.stop()
      patience.stop()
      caller.removeEventListener('abort', stop)
    },
  }
}

export function tooLarge(limit: number): TransferError {
  return new TransferError('tooLarge', `it is larger than the ${Math.max(0, limit)} bytes that there is room for`)
}

/** Bytes that may come into a directory. */
export async function roomIn(directory: string, { largest, spare }: Bounds): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return Math.min(largest, bavail * bsize - spare)
}
