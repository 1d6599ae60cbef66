import type { Clock } from '../base/clock.ts'
import { type Millis, seconds } from '../base/units.ts'
import type { Report } from '../safety/port.ts'

/** Within this the pilot is debounced and a car that was there before the program is seen. */
const firstLook = seconds(5)

/** Two attempts of the guard to lock the plug, after which it says that the lock is broken, and a little more. */
const lockTime = seconds(15)

/** The stay of a car at an outlet, from its plug-in to the pulled plug: what is known of it beside its transaction. */
export interface Visit {
  /** What the present plug-in was for is over, or may be. */
  readonly isDone: boolean
  /** A transaction was cut off here, and it is not known yet whether its car still hangs on the cable: Finishing (reference rule 35). */
  readonly isUncertain: boolean
  /** Whose transaction has ended while this car was plugged in. */
  readonly doneFor: string | undefined
  /** A plug that has just come is locked before its transaction begins, so that a lock that fails leaves none behind. Later it may have
   *  been unlocked on purpose: the guard locks it with the offer. */
  mayBegin(report: Report): boolean
  /** True: a car came, and what it is for is open. */
  follow(report: Report, hasTransaction: boolean): boolean
  /** A transaction begins, or goes on under a new core. */
  begun(token: string): void
  /** The transaction is over, or the time to begin one. @param isHere the car, or at least its cable, is still in place */
  over(isHere: boolean): void
  /** A transaction was cut off here before this start. */
  wasCutOff(token: string): void
}

export function visit(evse: number, report: () => Report, clock: Clock, changed: () => void): Visit {
  let isDone = false
  let wasCut = false
  /** The last card that charged here. */
  let lastToken: string | undefined
  let lastPlugIn = report().plugIn
  let pluggedAt: Millis = Number.NEGATIVE_INFINITY
  return {
    get isDone() {
      return isDone || wasCut
    },
    get isUncertain() {
      return wasCut
    },
    get doneFor() {
      return isDone ? lastToken : undefined
    },
    mayBegin: ({ lock, isPlugged }) => isPlugged && (lock === 'locked' || lock === 'none' || isDone || clock.monotonic() - pluggedAt > lockTime),
    follow(now, hasTransaction) {
      const isNew = now.plugIn !== lastPlugIn
      lastPlugIn = now.plugIn
      if (isNew && now.isPlugged) pluggedAt = clock.monotonic()
      if (isNew || !now.hasCable) isDone = false
      if (hasTransaction || !isNew || !now.isPlugged) return false
      isDone = wasCut
      wasCut = false
      return !isDone
    },
    begun(token) {
      isDone = false
      lastToken = token
    },
    over(isHere) {
      isDone = isHere
    },
    wasCutOff(token) {
      wasCut = true
      lastToken = token
      // A car that hangs on the cable is seen by then; one that comes later is a new one.
      clock.after(`cut off ${evse}`, firstLook, () => {
        wasCut = false
        changed()
      })
      if (report().isPlugged) isDone = true
    },
  }
}
