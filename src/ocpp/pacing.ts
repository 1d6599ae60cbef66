import type { Clock, Timer } from '../base/clock.ts'
import { type Millis, seconds } from '../base/units.ts'

/** A CALL of the other end that is answered later than this holds ours up no longer. */
const longestCourtesy = seconds(15)

/** When our next CALL may leave, for central systems that lose the second of two quick messages or refuse ours while theirs is open. */
export interface Pacing {
  readonly mayLeave: boolean
  /** A CALL of ours has ended. */
  ended(): void
  /** A CALL of the other end is unanswered, or none is any more. */
  theirs(isOpen: boolean): void
  /** A new connection waits for nothing. */
  reset(): void
}

/** @param gap rest after a CALL of either end, ms; 0: ours leave at any time
 *  @param over runs when the next CALL may leave */
export function pacing(clock: Clock, gap: Millis, over: () => void): Pacing {
  let rest: Timer | undefined
  let isTheirsOpen = false
  /** For theirs, which is open. */
  let isCourtesy = false
  const restFor = (time: Millis) => {
    rest?.stop()
    rest = clock.after('gap between calls', time, () => {
      rest = undefined
      isCourtesy = false
      over()
    })
  }
  return {
    get mayLeave() {
      return rest === undefined
    },
    ended() {
      if (gap > 0 && !isCourtesy) restFor(gap)
    },
    theirs(isOpen) {
      if (gap === 0 || isOpen === isTheirsOpen) return
      isTheirsOpen = isOpen
      isCourtesy = isOpen
      restFor(isOpen ? longestCourtesy : gap)
    },
    reset() {
      rest?.stop()
      rest = undefined
      isTheirsOpen = false
      isCourtesy = false
    },
  }
}
