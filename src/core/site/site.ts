import type { Reading } from '../../../hal/types.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { type Millis, seconds, type Watts } from '../../base/units.ts'
import type { EvseDescription, GridPort } from '../../safety/port.ts'
import type { Store } from '../../store/store.ts'
import { attempted } from '../../store/store-error.ts'
import { carWatch } from '../charging/car-watch.ts'
import { claimOf, type LimitedPlace, siteLimit, solarLimit } from '../charging/claim.ts'
import type { ProfileShelf } from '../charging/profiles.ts'
import type { Settings } from '../settings.ts'
import { drawnBy, type Flow, flowOf, isRising, meteredAmps, wattsOf } from './flow.ts'
import { type FuseKeeper, fuseKeeper, type Scene } from './fuse.ts'
import type { SiteDesk } from './picture.ts'
import { type Rail, railSharing } from './rails.ts'
import { type SiteMode, type SiteSettings, siteModes } from './settings.ts'
import { type SolarDesk, solarDesk } from './solar.ts'
import { stuckWatch } from './stuck.ts'
import { type Wiring, wiringOf } from './wiring.ts'

export interface SiteParts {
  readonly outlets: readonly EvseDescription[]
  readonly places: () => readonly LimitedPlace[]
  readonly profiles: Pick<ProfileShelf, 'chargingAt' | 'changed'>
  /** Undefined: there is no grid meter. */
  readonly grid: GridPort | undefined
  readonly values: Settings
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/** Load management on the spot: a limit more in the offer of each outlet. */
export interface Site extends SiteDesk {
  /** An EVSE changed, or was reported again. */
  follow(view: LimitedPlace['view']): void
  close(): void
}

const lookEvery: Millis = 1_000
/** A car's own meter is waited for no longer, so that the offer is reduced within 1 s of the reading. */
const waitsFor: Millis = 900

export function site(settings: SiteSettings, parts: SiteParts): Site {
  const { outlets, places, profiles, grid, clock, log } = parts
  const { fuseA, limitA, solar } = settings
  const kept = parts.store.documents<SiteMode>('site')
  const cars = carWatch(clock)
  const wiring: Wiring = wiringOf(outlets, () => parts.values.get('phaseRotation'))
  for (const { view } of places()) {
    cars.follow(view)
    wiring.follow(view.report)
  }
  const priceOf = (evse: number) => {
    const outlet = outlets.find((each) => each.evse === evse)
    return outlet?.dc === undefined ? 1 : 1 / (outlet.phases * outlet.nominalVoltageV)
  }
  /** What each may draw still: what it is offered, or was until a moment ago. */
  const drawable = () =>
    new Map(
      pairs().map(([place, outlet]) => {
        const { report } = place.view
        const drawn = Math.max(...drawnBy(report, outlet, clock.monotonic())) / priceOf(outlet.evse)
        return [outlet.evse, Math.max(drawn, report.offeredWatts ?? report.offered)]
      }),
    )
  const pairs = (): readonly (readonly [LimitedPlace, EvseDescription])[] =>
    places().flatMap((place) => {
      const outlet = outlets.find(({ evse }) => evse === place.view.evse)
      return outlet === undefined ? [] : [[place, outlet] as const]
    })
  const fuse: FuseKeeper | undefined = fuseA === undefined ? undefined : fuseKeeper(fuseA, settings, clock.monotonic(), drawable)
  const flat = limitA === undefined ? undefined : railSharing(0, drawable)
  let sun: SolarDesk | undefined
  let mode: SiteMode | undefined = solar === undefined ? undefined : (siteModes.find((each) => each === kept.get('mode')) ?? solar.mode)
  /** The newest reading, and the one that is gone by: between them the meter of a car is waited for. */
  let heard: Flow | undefined
  let flow: Flow | undefined
  let measured: { readonly outlets: Scene['outlets']; readonly watts: Watts } = { outlets: [], watts: 0 }
  let surplus: Watts | undefined
  let set: ReadonlyMap<number, { readonly site: number | undefined; readonly solar: number | undefined }> = new Map()
  let waiting: Timer | undefined
  let isLooking = false
  let isDue = false
  let seen = ''
  let said = ''

  /** What the cars draw belongs to the reading that it is taken off: between two readings neither changes. */
  const measure = () => {
    waiting?.stop()
    waiting = undefined
    flow = heard
    const now = clock.monotonic()
    measured = {
      outlets: pairs().map(([{ view }, outlet]) => wiring.of(view.report, outlet, now)),
      watts: pairs().reduce((sum, [{ view }, outlet]) => sum + wattsOf(view.report, outlet, now), 0),
    }
    review()
  }
  /** A fuse is nothing that the power of all phases together could keep, and none that one phase could where a car uses three. */
  const tellsEach = ({ amps }: Flow) => amps.length > 0 && outlets.every(({ phases }) => phases <= amps.length)
  const sceneNow = (): Scene => ({
    now: clock.monotonic(),
    flow: flow !== undefined && tellsEach(flow) ? flow : undefined,
    outlets: measured.outlets,
    claims: pairs().flatMap(([place, outlet]) => claimOf(place, outlet, { price: priceOf(outlet.evse), profiles, cars })),
    priceOf,
  })
  const isStale = (now: Millis) => flow === undefined || now - flow.at > seconds(settings.staleAfterS)
  /** Of the site: by the fuse, and by what is set for all outlets. */
  const siteShares = (scene: Scene): ReadonlyMap<number, number> | undefined => {
    const byFuse = fuse?.grants(scene)
    const rails: readonly Rail[] = [{ name: 'worst', amps: limitA ?? 0, evses: outlets.map(({ evse }) => evse) }]
    const byLimit = flat?.share(rails, scene.claims, priceOf, scene.now)
    if (byFuse === undefined || byLimit === undefined) return byFuse ?? byLimit
    return new Map(outlets.map(({ evse }) => [evse, Math.min(byFuse.get(evse) ?? 0, byLimit.get(evse) ?? 0)]))
  }
  const solarShares = ({ now, claims }: Scene): ReadonlyMap<number, number> | undefined => {
    if (solar === undefined || mode === undefined) return undefined
    surplus = flow === undefined || isStale(now) ? undefined : measured.watts - flow.watts
    if (mode === 'fast') {
      sun = undefined
      return undefined
    }
    sun ??= solarDesk(solar)
    const own = claims.map((claim) => ({ ...claim, price: wattsPer(claim.evse), session: profiles.chargingAt(claim.evse)?.id ?? '' }))
    return sun.share(surplus ?? 0, own, mode, now)
  }
  const wattsPer = (evse: number) => {
    const outlet = outlets.find((each) => each.evse === evse)
    if (outlet === undefined || outlet.dc !== undefined) return 1
    return outlet.nominalVoltageV * (cars.phases(evse) || outlet.phases)
  }
  const apply = (site: ReadonlyMap<number, number> | undefined, sunny: ReadonlyMap<number, number> | undefined) => {
    const before = set
    set = new Map(outlets.map(({ evse }) => [evse, { site: site && (site.get(evse) ?? 0), solar: sunny && (sunny.get(evse) ?? 0) }]))
    for (const [place, { evse, dc }] of pairs()) {
      const sized = (size: number | undefined) => (size === undefined || dc === undefined ? size : { watts: size })
      const [was, is] = [before.get(evse), set.get(evse)]
      if (is?.site !== was?.site) place.limit(siteLimit, sized(is?.site))
      if (is?.solar !== was?.solar) place.limit(solarLimit, sized(is?.solar))
    }
  }
  const look = () => {
    const scene = sceneNow()
    apply(siteShares(scene), solarShares(scene))
    const state = fuse?.isStale === true ? 'stale' : fuse?.isRelieved === true ? 'relieved' : 'kept'
    if (state !== said && said !== '') tell(state)
    said = state
  }
  const tell = (state: 'stale' | 'relieved' | 'kept') => {
    if (state === 'stale') log.warn({ staleAfterS: settings.staleAfterS, safeA: settings.safeA }, 'the grid meter is silent: the safe current holds')
    else if (state === 'relieved')
      log.error(
        { fuseA, amps: flow?.amps },
        'the main fuse carries too much although the cars were told: every car is paused, and what was said of their phases is not believed any more',
      )
    else log.info({ fuseA }, 'the main fuse is kept by the grid meter again')
  }
  /** Looks until nothing changes: what is set here comes back as a change of its outlet. */
  const review = () => {
    isDue = true
    if (isLooking) return
    isLooking = true
    for (let round = 0; isDue && round < 5; round++) {
      isDue = false
      look()
    }
    seen = wishes()
    isLooking = false
  }
  /** What the outlets bring to it beside their meters. */
  const wishes = () =>
    places()
      .map(({ view: { evse, report }, transaction }) =>
        [evse, transaction?.isStopping, profiles.chargingAt(evse)?.id, report.isOffering, cars.isIdle(evse)].join(' '),
      )
      .join()
  const anyRises = () => {
    const now = clock.monotonic()
    return pairs().some(([{ view }, outlet]) => heard !== undefined && isRising(view.report, outlet, heard, now))
  }
  const isBelieved = stuckWatch()
  const warnOnce = (words: string) => {
    let was = false
    return (is: boolean) => {
      if (is && !was) log.warn({}, words)
      was = is
    }
  }
  const warnLacking = warnOnce('the grid meter does not tell what each phase carries: it cannot keep the main fuse')
  const warnStuck = warnOnce('the grid meter shows the same to the last digit though the cars draw another current: it is not believed')
  /** False: it says nothing new, and what the cars draw now does not belong to what it said before. */
  const hear = (reading: Reading): boolean => {
    const now = clock.monotonic()
    const told = flowOf(reading)
    warnLacking(fuse !== undefined && (told === undefined || !tellsEach(told)))
    if (told === undefined) return false
    const carsA = pairs().reduce((sum, [{ view }, outlet]) => sum + meteredAmps(view.report, outlet, now), 0)
    const isStuck = !isBelieved(told, carsA)
    warnStuck(isStuck)
    if (isStuck) return false
    // One from the future would never be old.
    heard = { ...told, at: Math.min(told.at, now) }
    return true
  }
  const gridOff = grid?.read.on((reading) => {
    if (!hear(reading)) return
    const wait = heard === undefined ? 0 : heard.at + waitsFor - clock.monotonic()
    if (wait <= 0 || !anyRises()) return measure()
    waiting ??= clock.after('meter of a car', wait, measure)
  })
  const profilesOff = profiles.changed.on(review)
  const timer = clock.every('site', lookEvery, review)
  if (grid?.newest !== undefined) hear(grid.newest)
  measure()

  return {
    get mode() {
      return mode
    },
    setMode(next) {
      if (solar === undefined) return false
      mode = next
      log.info({ mode }, 'the site has another mode')
      attempted(
        () => kept.put('mode', next),
        (error) => log.error({ mode, error: error.message }, 'the mode of the site holds, but would not survive a restart'),
      )
      review()
      return true
    },
    follow(view) {
      cars.follow(view)
      wiring.follow(view.report)
      if (isLooking) return
      if (waiting !== undefined && !anyRises()) measure()
      else if (wishes() !== seen) review()
    },
    picture: () => {
      const now = clock.monotonic()
      return {
        ...{ mode, fuseA, limitA },
        meter: fuse === undefined && solar === undefined ? 'none' : (fuse?.isStale ?? isStale(now)) ? 'stale' : 'fresh',
        gridA: flow?.amps ?? [],
        gridW: flow?.watts,
        ageS: flow === undefined ? undefined : (now - flow.at) / 1_000,
        surplusW: surplus,
        isRelieved: fuse?.isRelieved ?? false,
        outlets: outlets.map(({ evse }) => ({ evse, site: set.get(evse)?.site, solar: set.get(evse)?.solar })),
      }
    },
    close() {
      gridOff?.()
      profilesOff()
      timer.stop()
      waiting?.stop()
    },
  }
}
