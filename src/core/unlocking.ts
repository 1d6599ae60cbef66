import type { Clock } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import type { GuardPort } from '../safety/port.ts'
import type { UnlockOutcome } from './charge-point.ts'
import type { Evse } from './outlet.ts'

/** A stop takes the guard and the meter some 10 s at the most. */
const longestStop = seconds(12)

/** Ends the transaction of a place, then unlocks its plug: once that is safe, which the guard decides (safety rule 11). */
export function unlocking(guard: GuardPort, clock: Clock, places: ReadonlyMap<number, Evse>): (evse: number) => Promise<UnlockOutcome> {
  return async (number) => {
    const place = places.get(number)
    if (place === undefined) return 'unknownEvse'
    if (guard.evses.find((each) => each.evse === number)?.cable === 'fixed') return 'none'
    place.stop('unlockCommand')
    await new Promise<void>((resolve) => {
      // A full disk can keep a transaction open: the car is not held for it.
      const timer = clock.after(`unlock ${number}`, longestStop, resolve)
      place.whenIdle(() => {
        timer.stop()
        resolve()
      })
    })
    return place.unlock()
  }
}
