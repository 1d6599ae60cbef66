import type { Clock, Timer } from '../base/clock.ts'
import { isPlausible } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import type { ChargePoint } from './charge-point.ts'

/** One named setting: charge off-peak, and never all at the same second. */
export interface OffPeak {
  /** Minutes of the local day; a window may go over midnight. Empty: the whole day, only the delay counts. */
  readonly windows: readonly { readonly from: number; readonly to: number }[]
  /** A start, or the beginning of a window, waits a random time up to this, 0 to 1800 s: a street of chargers must not switch at once. */
  readonly randomDelayS: number
}

export interface OffPeakDesk {
  /** Charges at once until the car is unplugged: the driver's own wish. */
  chargeNow(evse: number): void
  close(): void
}

const limitName = 'off-peak'
/** Wall clocks step, and summer time comes: the window is asked for anew each minute, and no moment is computed ahead. */
const lookEvery = minutes(1)

interface Wait {
  readonly transaction: string
  isFree: boolean
  timer: Timer | undefined
}

/** Holds the current of each transaction at 0 A outside the windows, and until its random delay is over. */
export function offPeak({ windows, randomDelayS }: OffPeak, core: ChargePoint, clock: Clock, chance: () => number, log: Log): OffPeakDesk {
  const waits = new Map<number, Wait>()
  const wishes = new Set<number>()
  const forget = (evse: number) => {
    const wait = waits.get(evse)
    if (wait === undefined) return
    wait.timer?.stop()
    // First: lifting the limit is a change, which comes back here.
    waits.delete(evse)
    core.limit(evse, limitName, undefined)
  }
  const isInside = () => {
    const { epochMs } = clock.now()
    // A clock that was never set knows no night: charging goes on, only the delay counts.
    return windows.length === 0 || !isPlausible(epochMs) || windows.some((each) => covers(each, minuteOfDay(epochMs)))
  }
  const hold = (evse: number, wait: Wait) => {
    wait.isFree = false
    wait.timer?.stop()
    wait.timer = undefined
    core.limit(evse, limitName, 0)
  }
  const look = (evse: number) => {
    const wait = waits.get(evse)
    if (wait === undefined || wishes.has(evse)) return
    if (!isInside()) {
      if (wait.isFree || wait.timer !== undefined) log.info({ evse }, 'the off-peak window ends: charging pauses')
      return hold(evse, wait)
    }
    if (wait.isFree || wait.timer !== undefined) return
    const delay: Millis = chance() * seconds(randomDelayS)
    log.info({ evse, delayS: Math.round(delay / 1_000) }, 'charging waits its random delay')
    wait.timer = clock.after(`off-peak ${evse}`, delay, () => {
      wait.timer = undefined
      wait.isFree = true
      core.limit(evse, limitName, undefined)
    })
  }
  const follow = (evse: number, isUnderWay = false) => {
    const { transaction, report } = core.view(evse)
    if (!report.isPlugged) wishes.delete(evse)
    if (transaction?.id === waits.get(evse)?.transaction) return
    forget(evse)
    if (transaction === undefined || wishes.has(evse)) return
    const wait: Wait = { transaction: transaction.id, isFree: isUnderWay, timer: undefined }
    waits.set(evse, wait)
    if (!isUnderWay) hold(evse, wait)
    look(evse)
  }
  const changeOff = core.changed.on(({ evse }) => follow(evse))
  const timer = clock.every('off-peak', lookEvery, () => {
    for (const evse of waits.keys()) look(evse)
  })
  // What charges already has waited its delay under the core before this one.
  for (const evse of core.evses) follow(evse, core.view(evse).report.contactor === 'closed')
  return {
    chargeNow(evse) {
      wishes.add(evse)
      forget(evse)
    },
    close() {
      changeOff()
      timer.stop()
      for (const evse of [...waits.keys()]) forget(evse)
    },
  }
}

/** `from` belongs to the window, `to` does not; equal ends are the whole day. */
function covers({ from, to }: { readonly from: number; readonly to: number }, minute: number): boolean {
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** Of the machine's own time zone. */
function minuteOfDay(epochMs: number): number {
  const at = new Date(epochMs)
  return at.getHours() * 60 + at.getMinutes()
}

/** `23:00-06:00`; undefined when it is not that. */
export function windowFrom(text: string): { readonly from: number; readonly to: number } | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text)?.slice(1).map(Number)
  if (found === undefined) return undefined
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = found
  return { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute }
}
