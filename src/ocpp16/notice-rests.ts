import type { Clock, Timer } from '../base/clock.ts'
import { hours } from '../base/units.ts'
import type { CallOutcome } from '../ocpp/peer.ts'

/** Drops in a row under a notice, after which notices rest. */
const mostDrops = 5
const restFor = hours(1)

/** A central system that closes the connection at a notice would take the station off the air at each new try: cards could not be
 *  authorized, and transactions came through one message at a time. After some drops notices are tried once an hour; none is lost. */
export interface NoticeRests {
  readonly mayTry: boolean
  /** What became of a notice. */
  ended(outcome: CallOutcome): void
  stop(): void
}

/** @param again a rest is over */
export function noticeRests(clock: Clock, again: () => void): NoticeRests {
  let drops = 0
  let rest: Timer | undefined
  return {
    get mayTry() {
      return rest === undefined
    },
    ended(outcome) {
      if (outcome.kind !== 'disconnected') drops = 0
      else if (outcome.wasSent && ++drops >= mostDrops) {
        rest?.stop()
        rest = clock.after('notices rest', restFor, () => {
          rest = undefined
          again()
        })
      }
    },
    stop: () => rest?.stop(),
  }
}
