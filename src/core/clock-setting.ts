import { type Clock, isPlausible, toleranceMs } from '../base/clock.ts'
import { isoOf } from '../base/moment.ts'
import type { SecurityLog } from './security.ts'

/** Tells the clock the time of a central system. A step of the wall clock is a security event, with the time before and after; one within
 *  the tolerance is none. @param epochMs ms since 1970 */
export function setClock(clock: Clock, security: SecurityLog, epochMs: number): void {
  const before = clock.now()
  clock.synchronise(epochMs)
  const after = clock.now()
  if (Math.abs(after.epochMs - before.epochMs) > toleranceMs)
    security.note('settingSystemTime', `from ${isPlausible(before.epochMs) ? isoOf(before) : 'no time'} to ${isoOf(after)}`)
}
