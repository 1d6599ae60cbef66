import type { StoreError } from '../store/store-error.ts'
import type { SecurityLog } from './security.ts'

/** Less than this is "getting full" (whitepaper ed. 3, ch. 8 MemoryExhaustion), bytes: room for some days of facts. */
const leastFree = 10_000_000

/** Notes when the disk of the state directory runs short, once each time: while there is still room to write it down. */
export interface MemoryWatch {
  /** To be called now and then. */
  check(): void
  /** The store refused a write. */
  refused(error: StoreError): void
}

/** @param freeBytes what the disk has left for this program; undefined: it cannot be told */
export function memoryWatch(freeBytes: () => number | undefined, security: SecurityLog): MemoryWatch {
  let isNoted = false
  let wasFull = false
  return {
    check() {
      const free = freeBytes()
      if (isNoted && free !== undefined && free > 2 * leastFree) isNoted = wasFull = false
      if (isNoted || !(wasFull || (free ?? leastFree) < leastFree)) return
      // A disk that is full takes no note of it either: it is tried again.
      isNoted = security.note('memoryExhaustion', wasFull ? 'the state directory took no more' : `${Math.floor((free ?? 0) / 1_000)} kB left`)
      if (isNoted) wasFull = false
    },
    refused({ problem }) {
      if (problem === 'full') wasFull = true
    },
  }
}
