import type { Millis } from '../base/units.ts'

/** The present of one tick. It notes every comparison with time that is not yet true: when a tick has changed nothing, the same
 *  tick would do the same again until the first of them turns true, and that moment is the deadline. */
export interface Timing {
  readonly now: Millis
  /** True when `duration` has passed since `since`; never for undefined. */
  passed(since: Millis | undefined, duration: Millis): boolean
  /** The first moment at which a comparison of this tick would turn true; Infinity when there is none. */
  readonly deadline: Millis
}

export interface TickTiming extends Timing {
  begin(now: Millis): void
}

export function timing(): TickTiming {
  let now = 0
  let deadline = Number.POSITIVE_INFINITY
  return {
    get now() {
      return now
    },
    get deadline() {
      return deadline
    },
    begin(at) {
      now = at
      deadline = Number.POSITIVE_INFINITY
    },
    passed(since, duration) {
      if (since === undefined) return false
      if (now - since >= duration) return true
      deadline = Math.min(deadline, since + duration)
      return false
    },
  }
}
