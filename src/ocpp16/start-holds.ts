import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'

/** StatusNotification(Charging) waits for StartTransaction's first try, but not behind a long queue. */
const longestHold = seconds(10)

/** Which transactions' statuses wait for their StartTransaction (reference rule 26). */
export interface StartHolds {
  /** Its start has had no try yet, and was not waited for long enough. */
  isPending(transaction: string): boolean
  /** Its start was tried, whatever came of it. */
  tried(transaction: string): void
  /** It is over: nobody asks about it any more. */
  forget(transaction: string): void
}

export function startHolds(parts: {
  readonly clock: Clock
  /** The central system has answered the start, in this life of the program or before. */
  readonly isKnown: (transaction: string) => boolean
  readonly isRunning: (transaction: string) => boolean
  /** What waited may be reported. */
  readonly released: () => void
}): StartHolds {
  const { clock } = parts
  const over = new Set<string>()
  const held = new Set<string>()
  const tried = (transaction: string) => {
    if (parts.isRunning(transaction)) over.add(transaction)
    parts.released()
  }
  return {
    tried,
    isPending(transaction) {
      if (over.has(transaction) || parts.isKnown(transaction)) return false
      if (!held.has(transaction)) {
        held.add(transaction)
        clock.after('status waits for start', longestHold, () => tried(transaction))
      }
      return true
    },
    forget(transaction) {
      over.delete(transaction)
      held.delete(transaction)
    },
  }
}
