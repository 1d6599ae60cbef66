import type { Clock, Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Contactor } from '../types.ts'

/** The guard believes that the car left C after 20 ms; its next tick comes after 20 more. */
const afterThePilot: Millis = 60

export interface FollowedContactor extends Contactor {
  /** A poll of the controller begins, and has brought its answer. */
  pollBegins(): void
  pollEnded(): void
}

/** The contactor in series with a controller that opens by itself when the car leaves C. Its mirror contact is seen at once, the pilot only with
 *  the next poll: told at once, each end of charging would look like a contactor that does not hold. So an opening that the guard did not ask for
 *  is told after a poll that began when the contacts were open already, or after `staleAfter`. All else is told as it is. */
export function followed(inner: Contactor, clock: Clock, staleAfter: Millis, changed: () => void): FollowedContactor {
  let isWanted = false
  let wasClosed = false
  let droppedAt: Millis | undefined
  let beganAt: Millis = Number.NEGATIVE_INFINITY
  let isDue = false
  let isTold = false
  let timer: Timer | undefined
  const forget = () => {
    timer?.stop()
    wasClosed = false
    droppedAt = undefined
    isDue = false
    isTold = false
  }
  const tellIn = (delay: Millis) => {
    timer?.stop()
    timer = clock.after('mirror contact', delay, () => {
      isTold = true
      changed()
    })
  }
  const look = (): boolean | undefined => {
    const isClosed = inner.isClosed
    if (isClosed === true) {
      if (droppedAt !== undefined) forget()
      wasClosed = true
    }
    if (isClosed !== false || !isWanted || !wasClosed) return isClosed
    if (droppedAt === undefined) {
      droppedAt = clock.monotonic()
      tellIn(staleAfter)
    }
    return !isTold
  }
  return {
    close() {
      forget()
      isWanted = true
      inner.close()
    },
    open() {
      forget()
      isWanted = false
      inner.open()
    },
    get isClosed() {
      return look()
    },
    pollBegins() {
      look()
      beganAt = clock.monotonic()
    },
    pollEnded() {
      if (droppedAt === undefined || isDue || beganAt < droppedAt) return
      isDue = true
      tellIn(afterThePilot)
    },
  }
}
