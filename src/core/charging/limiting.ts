import { type Clock, type Timer, toleranceMs } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { type Millis, minutes } from '../../base/units.ts'
import type { EvseDescription } from '../../safety/port.ts'
import type { Limit } from '../offer.ts'
import { type Cap, capOf, type Outlet, sizeOf, usualPhases } from './cap.ts'
import { type CarWatch, carWatch } from './car-watch.ts'
import { claimOf, type LimitedPlace, sharedLimits, stationLimit } from './claim.ts'
import type { ChargingProfile } from './profile.ts'
import type { ProfileShelf } from './profiles.ts'
import { type Sharing, sharing } from './sharing.ts'
import { type Ruling, stationStack, transactionStack } from './stack.ts'
import { isDated } from './undated.ts'

/** Name of the limit, as `heldBy` shows it. */
export const profileLimit = 'charging profile'

/** Wall clocks step: what goes by dates is looked at again at least this often, and at each report of an EVSE after a step. */
const lookEvery = minutes(1)
/** Others may set limits of their own when they see the ones that are set here. */
const mostRounds = 5

export interface Limiting {
  /** An EVSE changed, or was reported again. */
  follow(view: LimitedPlace['view']): void
  close(): void
}

export interface LimitingParts {
  readonly profiles: ProfileShelf
  readonly outlets: readonly EvseDescription[]
  readonly places: () => readonly LimitedPlace[]
  readonly clock: Clock
  readonly log: Log
}

/** Carries the installed profiles to the offers: sets each EVSE's limits now, and again when they change next. */
export function limiting({ profiles, outlets, places, clock, log }: LimitingParts): Limiting {
  /** What was set, by name and EVSE. */
  const set = new Map<string, { readonly size: number; readonly phases: 1 | 3 | undefined }>()
  const cars = carWatch(clock)
  for (const { view } of places()) cars.follow(view)
  let shares: Sharing | undefined
  let timer: Timer | undefined
  let isReviewing = false
  let isDue = false
  let seen = ''
  /** Of the wall clock over the count since boot, as it was looked at. */
  let origin = 0
  const originNow = () => clock.now().epochMs - clock.monotonic()

  const apply = (place: LimitedPlace, name: string, size: number | undefined, outlet: EvseDescription, phases?: 1 | 3) => {
    const key = `${name} ${outlet.evse}`
    const known = set.get(key)
    if (known?.size === size && known?.phases === phases) return
    const { evse, dc } = outlet
    if (size === undefined) log.info({ evse, by: name }, 'a charging profile limits no more')
    else log.info({ evse, by: name, limit: size, unit: dc === undefined ? 'A' : 'W' }, 'a charging profile limits')
    if (size === undefined) set.delete(key)
    else set.set(key, { size, phases })
    place.limit(name, size === undefined ? undefined : limitOf(size, outlet, phases))
  }

  /** What each transaction may take by itself. Returns the moment of the next change. */
  const limitEach = (all: readonly ChargingProfile[], now: number): number => {
    let until = Number.POSITIVE_INFINITY
    for (const [place, outlet] of pairs()) {
      const charging = profiles.chargingAt(outlet.evse)
      const ruling = charging && transactionStack(all, outlet.evse, charging, now)(now)
      if (ruling !== undefined) until = Math.min(until, ruling.until)
      const { size, phases } = sizeNow(ruling, outlet, place, cars)
      apply(place, profileLimit, size, outlet, phases)
    }
    return until
  }

  /** What all may take together, and each of them of it. Returns the moment (monotonic) at which a postponed increase may follow. */
  const limitAll = (max: Ruling): Millis => {
    const { period, unit } = max
    if (period === undefined) {
      shares = undefined
      for (const [place, outlet] of pairs()) apply(place, stationLimit, undefined, outlet)
      return Number.POSITIVE_INFINITY
    }
    const priceAt = (outlet: Outlet) => 1 / sizeOf(capOf({ ...period, limit: 1 }, unit, 'stationMax', outlet), outlet)
    const prices = new Map(outlets.map((outlet) => [outlet.evse, priceAt(outlet)]))
    shares ??= sharing(new Map(places().map(({ view: { evse, report } }) => [evse, report.offeredWatts ?? report.offered])))
    const claims = pairs().flatMap(([place, outlet]) => claimOf(place, outlet, { price: prices.get(outlet.evse) ?? 1, profiles, cars }))
    const { granted, until } = shares.share(period.limit, claims, (evse) => prices.get(evse) ?? 1, clock.monotonic())
    // In any order: a raise waits until what was reduced for it is surely drawn no more.
    for (const [place, outlet] of pairs()) apply(place, stationLimit, granted.get(outlet.evse) ?? 0, outlet)
    return until
  }
  const pairs = (): readonly (readonly [LimitedPlace, EvseDescription])[] =>
    places().flatMap((place) => {
      const outlet = outlets.find(({ evse }) => evse === place.view.evse)
      return outlet === undefined ? [] : [[place, outlet] as const]
    })

  const look = () => {
    const all = profiles.valid
    origin = originNow()
    timer?.stop()
    timer = undefined
    if (all.length === 0 && set.size === 0) return
    const now = clock.now().epochMs
    const next = limitEach(all, now)
    const max = stationStack(all, now)(now)
    let later = Number.POSITIVE_INFINITY
    for (let round = 0, before = ''; round < mostRounds && before !== picture(); round++) {
      before = picture()
      later = limitAll(max)
    }
    const goesByDates = Math.min(next, max.until) < Number.POSITIVE_INFINITY || profiles.all.some(isDated)
    const waits = [
      Math.min(next, max.until) - now,
      later - clock.monotonic(),
      cars.until - clock.monotonic(),
      goesByDates ? lookEvery : Number.POSITIVE_INFINITY,
    ]
    const wait = Math.min(...waits)
    if (wait < Number.POSITIVE_INFINITY) timer = clock.after('charging profiles', Math.max(1, wait), review)
  }
  const review = () => {
    isDue = true
    // What is set here comes back as a change, and may let a transaction begin or end: it is looked at once this is done.
    if (isReviewing) return
    isReviewing = true
    while (isDue) {
      isDue = false
      look()
    }
    seen = picture()
    isReviewing = false
  }
  /** Everything that an EVSE itself brings to the limits. */
  const picture = () =>
    places()
      .map((place) => {
        const { evse, report } = place.view
        const shown = [report.isOffering, report.phases, cars.isIdle(evse), cars.phases(evse)]
        return [place.sizeWithout(...sharedLimits), place.transaction?.isStopping, ...shown]
      })
      .join()
  const off = profiles.changed.on(review)
  return {
    follow(view) {
      const hadTurn = cars.until
      cars.follow(view)
      if (isReviewing || (profiles.all.length === 0 && set.size === 0)) return
      if (cars.until !== hadTurn || picture() !== seen || Math.abs(originNow() - origin) > toleranceMs) review()
    },
    close() {
      off()
      timer?.stop()
    },
  }
}

/** What a transaction's own profiles leave it, in what the outlet goes by. Watts are the total (errata 3.69): a car that is seen to use more
 *  phases than the profile names gets less on each. Where phases are switched, watts are counted on those in force: the offer names those that
 *  are wanted, and counts them once the switch has moved. */
function sizeNow(
  ruling: Ruling | undefined,
  outlet: EvseDescription,
  place: LimitedPlace,
  cars: CarWatch,
): { readonly size?: number; readonly phases?: 1 | 3 } {
  if (ruling?.period === undefined) return {}
  if (!outlet.switchesPhases) {
    const phases = Math.max(ruling.period.phases ?? usualPhases, cars.phases(outlet.evse))
    return { size: sizeOf(capOf({ ...ruling.period, phases }, ruling.unit, 'tx', outlet), outlet) }
  }
  const inForce = place.view.report.phases
  const cap: Cap = capOf({ ...ruling.period, phases: inForce }, ruling.unit, 'tx', { ...outlet, phases: inForce })
  return { size: sizeOf(cap, outlet), phases: (ruling.period.phases ?? 3) < outlet.phases ? 1 : outlet.phases }
}

function limitOf(size: number, { dc }: EvseDescription, phases: 1 | 3 | undefined): Limit {
  if (dc !== undefined) return { watts: size }
  return phases === undefined ? size : { amps: size, phases }
}
