import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Millis, millis, seconds } from '../base/units.ts'
import type { Report } from '../safety/port.ts'
import type { StopReason } from './facts.ts'

/** A normal stop takes the guard 6 s at the most (safety rule 5); a contactor that is still closed then is welded. */
const stopTime = seconds(8)
/** How long the last register may be waited for, once the contacts are open: meters are read each second. */
const lastReadingTime = millis(1_500)

/** A transaction on its way to its end: from the withdrawn offer to the last register. */
export interface Stopping {
  readonly reason: StopReason
  readonly token: string | undefined
  /** The register is taken. */
  readonly isMeasured: boolean
  /** `openSince`: when the contacts were first seen open, monotonic ms; undefined while they are closed. */
  follow(report: Report, openSince: Millis | undefined): void
  /** Takes the register as it is, without waiting any longer. */
  finish(): void
}

/** Waits until the contacts are open and the meter was read after that, so that nothing that flowed is left out;
 *  then, or when it takes too long, runs `measured`, once. */
export function stopping(parts: {
  readonly evse: number
  readonly reason: StopReason
  readonly token: string | undefined
  readonly clock: Clock
  readonly log: Log
  readonly measured: () => void
}): Stopping {
  const { evse, reason, token, clock, log } = parts
  let isMeasured = false
  let isOpen = false
  const finish = () => {
    if (isMeasured) return
    isMeasured = true
    timer.stop()
    parts.measured()
  }
  const waitForContacts = (): Timer =>
    clock.after(`stop ${evse}`, stopTime, () => {
      log.warn({ evse }, 'the contactor did not open in time; the transaction ends with the register as it is')
      finish()
    })
  let timer = waitForContacts()
  return {
    reason,
    token,
    get isMeasured() {
      return isMeasured
    },
    finish,
    follow(now, openSince) {
      if (isMeasured) return
      // They may have been on their way when the stop came: seen open, closed a moment later.
      if (isOpen !== (openSince !== undefined)) {
        isOpen = !isOpen
        timer.stop()
        timer = isOpen ? clock.after(`last reading ${evse}`, lastReadingTime, finish) : waitForContacts()
      }
      if (openSince === undefined) return
      // A reading without current says nothing of what flowed since: only a later one does.
      if (now.reading === undefined || now.reading.at >= openSince) finish()
    },
  }
}
