import type { ChargingProfile, CompositeSchedule } from '../../../src/core/charging/profile.ts'

/** The composite schedule by brute force: what is allowed in one second, asked anew for each, straight from the words of the specification
 *  and without a line of the program's own arithmetic. Slow on purpose. */

export interface Station {
  readonly evses: readonly {
    readonly evse: number
    readonly phases: 1 | 3
    readonly nominalVoltageV: number
    readonly maxAmps: number
    readonly dc?: { readonly maxWatts: number; readonly leastWatts: number; readonly nominalVoltageV: number }
    readonly charging?: { readonly id: string; readonly start: number }
  }[]
}
type Evse = Station['evses'][number]

interface Said {
  readonly limit: number
  readonly unit: 'A' | 'W'
  readonly phases: number
}

const day = 86_400_000

/** `now`: the moment that is asked about; `begun`: where schedules without a start of their own begin. */
function saidBy(profile: ChargingProfile, begun: number, now: number): Said | undefined {
  if (profile.validFrom !== undefined && profile.validFrom > now) return undefined
  if (profile.validTo !== undefined && profile.validTo <= now) return undefined
  const { schedule } = profile
  let elapsed: number
  if (profile.kind === 'recurring') {
    if (schedule.start === undefined || now < schedule.start) return undefined
    elapsed = (now - schedule.start) % (profile.recurrence === 'weekly' ? 7 * day : day)
  } else if (profile.kind === 'absolute' && schedule.start !== undefined) elapsed = now - schedule.start
  // For all EVSEs there is no transaction to count from, but the moment at which it was set.
  else elapsed = Math.max(0, now - (profile.purpose === 'stationMax' && schedule.start !== undefined ? schedule.start : begun))
  if (elapsed < 0) return undefined
  if (schedule.durationS !== undefined && elapsed >= schedule.durationS * 1_000) return undefined
  let said: Said | undefined
  for (const { from, limit, phases } of schedule.periods) if (from * 1_000 <= elapsed) said = { limit, unit: schedule.unit, phases: phases ?? 3 }
  return said
}

function highest(profiles: readonly ChargingProfile[], begun: number, now: number): Said | undefined {
  let best: { level: number; said: Said } | undefined
  for (const profile of profiles) {
    if (best !== undefined && best.level >= profile.stackLevel) continue
    const said = saidBy(profile, begun, now)
    if (said !== undefined) best = { level: profile.stackLevel, said }
  }
  return best?.said
}

function ofTransaction(all: readonly ChargingProfile[], { evse, charging }: Evse, start: number, now: number): Said | undefined {
  const begun = charging?.start ?? start
  const own = charging && all.filter((each) => each.purpose === 'tx' && each.evse === evse && each.transaction === charging.id)
  const first = own && highest(own, begun, now)
  if (first !== undefined) return first
  const usual = all.filter(({ purpose, evse: of, stackLevel }) => {
    if (purpose !== 'txDefault' || (of !== 0 && of !== evse)) return false
    return of === evse || all.every((other) => other.purpose !== 'txDefault' || other.evse !== evse || other.stackLevel !== stackLevel)
  })
  return highest(usual, begun, now)
}

interface Both {
  readonly a: number
  readonly w: number
  readonly phases: number
}

/** A = W / (V x phases); more phases than there are do not matter. Watts for the station go by the outlet's phases. */
function both({ limit, unit, phases }: Said, volts: number, outletPhases: number, isForAll: boolean): Both {
  const counted = isForAll && unit === 'W' ? outletPhases : phases > outletPhases ? outletPhases : phases
  return unit === 'A' ? { a: limit, w: limit * volts * counted, phases: counted } : { a: limit / (volts * counted), w: limit, phases: counted }
}

function ofOutlet({ dc, maxAmps, nominalVoltageV, phases }: Evse): Both {
  if (dc === undefined) return { a: maxAmps, w: maxAmps * nominalVoltageV * phases, phases }
  return { a: dc.maxWatts / (nominalVoltageV * phases), w: dc.maxWatts, phases }
}

const less = (one: Both, other: Both, isDc: boolean) => (isDc ? one.w < other.w : one.a < other.a)

/** What is allowed in the second that begins at `now`, of a schedule that is asked for at `start`. */
export function allowedAt(all: readonly ChargingProfile[], station: Station, evse: number, start: number, now: number): Both {
  const max = highest(
    all.filter(({ purpose }) => purpose === 'stationMax'),
    start,
    now,
  )
  const alone = (each: Evse): Both => {
    const said = ofTransaction(all, each, start, now)
    const own = ofOutlet(each)
    if (said === undefined) return own
    const limit = both(said, each.nominalVoltageV, each.phases, false)
    return less(own, limit, each.dc !== undefined) ? own : limit
  }
  if (evse !== 0) {
    const one = station.evses.find((each) => each.evse === evse) as Evse
    const limit = alone(one)
    const most = max && both(max, one.nominalVoltageV, one.phases, true)
    return most !== undefined && less(most, limit, one.dc !== undefined) ? most : limit
  }
  const phases = station.evses.some((each) => each.phases === 3) ? 3 : 1
  const sum = station.evses.map(alone).reduce((so, each) => ({ a: so.a + each.a, w: so.w + each.w, phases }), { a: 0, w: 0, phases })
  if (max === undefined) return sum
  const most = both(max, (station.evses[0] as Evse).nominalVoltageV, phases, true)
  return (max.unit === 'A' ? most.a < sum.a : most.w < sum.w) ? most : sum
}

/** What a schedule says of a second. */
export function saidOf({ periods }: CompositeSchedule, second: number): { readonly limit: number; readonly phases: number | undefined } | undefined {
  let said: { limit: number; phases: number | undefined } | undefined
  for (const { from, limit, phases } of periods) if (from <= second) said = { limit, phases }
  return said
}

export const rounded = (value: number): number => Number((Math.floor(Math.round(value * 1e7) / 1e6) / 10).toFixed(1))
