import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Millis, seconds } from '../base/units.ts'
import type { Accepted, Evse } from './outlet.ts'
import type { ReservationDesk } from './reserving.ts'
import type { Settings } from './settings.ts'

/** Between two tries to begin on a disk that takes nothing. */
const tryAgain = seconds(10)

/** Charging without a card: a car that is plugged in at a free place begins at once, under `freeVendToken`. Nobody is asked; what the
 *  central system says of that token in its answer to the start counts as for any other. */
export interface FreeVend {
  /** Something changed at a place, or it was reported again. */
  look(): void
  close(): void
}

export function freeVend(parts: {
  readonly all: readonly Evse[]
  readonly settings: Settings
  readonly reservations: Pick<ReservationDesk, 'isKeptFrom'>
  readonly clock: Clock
  readonly log: Log
  readonly mayCharge: () => boolean
}): FreeVend {
  const { all, settings, reservations, clock, log } = parts
  const refusedAt = new Map<Evse, Millis>()
  const waitsForDisk = (one: Evse) => clock.monotonic() - (refusedAt.get(one) ?? Number.NEGATIVE_INFINITY) < tryAgain
  /** What a place was given until its plug is locked: for the car that is there, and no other. */
  const given = new Map<Evse, Accepted>()
  const takeBack = (isOn: boolean) => {
    for (const [one, accepted] of given) {
      const isOpen = one.waiting === accepted
      if (isOpen && isOn && one.isPlugged) continue
      given.delete(one)
      if (isOpen) one.cancel()
    }
  }
  const look = () => {
    const token = settings.get('freeVendToken')
    const isOn = settings.get('freeVend') && token !== ''
    takeBack(isOn)
    if (!isOn) return
    for (const one of all) {
      // Preparing: a car that nobody has had yet, at a place that is neither reserved nor out of use.
      if (!one.isPlugged || !one.isFree || one.view.status !== 'preparing' || !parts.mayCharge() || waitsForDisk(one)) continue
      const free = all.filter((each) => each.isFree).map((each) => each.view.evse)
      if (reservations.isKeptFrom(one.view.evse, { token, group: undefined }, free)) continue
      // Noted before: whatever the start makes known comes back here.
      refusedAt.set(one, clock.monotonic())
      log.info({ evse: one.view.evse }, 'a car charges without a card')
      const accepted: Accepted = { token, group: undefined, source: 'local', isMovable: false }
      given.set(one, accepted)
      if (one.take(accepted) !== 'refused') refusedAt.delete(one)
    }
  }
  const off = settings.changed.on((name) => {
    if (name === 'freeVend' || name === 'freeVendToken' || name === 'preBootTransactions') look()
  })
  return { look, close: off }
}
