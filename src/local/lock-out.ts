import type { Clock } from '../base/clock.ts'
import { forgetOldest } from '../base/forget-oldest.ts'
import { hours, type Millis, minutes, seconds } from '../base/units.ts'

/** Wrong passwords make the next ones wait: per address, and all of them together for addresses that were never right. */
export interface LockOut {
  /** How long this address has to wait, ms; 0: it may try. */
  waitMs(address: string): Millis
  failed(address: string): void
  succeeded(address: string): void
}

/** Failures of one address that cost nothing. */
const freeOfOne = 5
/** Failures of everybody that cost nothing: somebody who changes his address at each try is slowed down here. */
const freeOfAll = 50
const firstWait = seconds(30)
const longestOfOne = hours(1)
const longestOfAll = minutes(1)
/** After so long without a failure it begins anew. */
const forgottenAfter = hours(2)
const mostAddresses = 1_000

interface Tries {
  failures: number
  lastAt: Millis
}

/** Each failure after the free ones doubles the wait. */
export function lockOut(clock: Clock): LockOut {
  const byAddress = new Map<string, Tries>()
  const known = new Set<string>()
  const all: Tries = { failures: 0, lastAt: 0 }
  const restOf = (tries: Tries | undefined, free: number, longest: Millis) => {
    if (tries === undefined || tries.failures < free) return 0
    const wait = Math.min(longest, firstWait * 2 ** Math.min(20, tries.failures - free))
    return Math.max(0, tries.lastAt + wait - clock.monotonic())
  }
  const count = (tries: Tries) => {
    const now = clock.monotonic()
    tries.failures = now - tries.lastAt > forgottenAfter ? 1 : tries.failures + 1
    tries.lastAt = now
  }
  return {
    waitMs(address) {
      const own = restOf(byAddress.get(address), freeOfOne, longestOfOne)
      // Whoever was right before is not kept out by what strangers do.
      return known.has(address) ? own : Math.max(own, restOf(all, freeOfAll, longestOfAll))
    },
    failed(address) {
      const tries = byAddress.get(address) ?? { failures: 0, lastAt: clock.monotonic() }
      count(tries)
      count(all)
      // The one that failed last goes last when room is needed.
      byAddress.delete(address)
      byAddress.set(address, tries)
      forgetOldest(byAddress, mostAddresses)
    },
    succeeded(address) {
      byAddress.delete(address)
      known.delete(address)
      known.add(address)
      forgetOldest(known, mostAddresses)
    },
  }
}
