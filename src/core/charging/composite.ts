import { type Cap, capOf, lower, type Outlet, ownCap, tenths } from './cap.ts'
import { type ChargingProfile, type CompositeSchedule, mostPeriods, type Period } from './profile.ts'
import { type Charging, type Stack, stationStack, transactionStack } from './stack.ts'

/** Beyond so many looks at an EVSE a schedule is cut, whether or not anything is seen to change: a duration is any number of seconds, profiles
 *  may change each second, and the guard of a station that is one process waits meanwhile. A week of quarters of an hour is 672. */
const mostLooks = 5_000

export interface Span {
  /** ms since 1970. */
  readonly start: number
  readonly durationS: number
}

/** What an outlet does now. */
export interface Place {
  readonly outlet: Outlet
  readonly charging: Charging | undefined
}

interface At {
  readonly cap: Cap
  readonly until: number
}

/** The composite schedule of one EVSE (OCPP 1.6 §3.13.3, §5.7): at each whole second since `start` the lowest of what its transaction may
 *  take, the whole station's maximum, and what the outlet itself can do. Without a transaction one is taken to begin at `start`. */
export function compositeOf(profiles: readonly ChargingProfile[], { outlet, charging }: Place, span: Span, unit?: 'A' | 'W'): CompositeSchedule {
  const session = transactionStack(profiles, outlet.evse, charging, span.start)
  const station = stationStack(profiles, span.start)
  const own = ownCap(outlet)
  const at = (moment: number): At => {
    const tx = ceiling(session, outlet, own, moment)
    const max = station(moment)
    const cap = max.period === undefined ? tx.cap : lower(tx.cap, capOf(max.period, max.unit, 'stationMax', outlet), outlet)
    return { cap, until: Math.min(tx.until, max.until) }
  }
  return scheduleOf(at, span, unit ?? (outlet.dc === undefined ? 'A' : 'W'), mostLooks)
}

/** What the station may take from the grid (connector 0 of §5.7): the sum over its EVSEs, at most the station's maximum. In A the sum is as if
 *  all outlets hung on the same phases. */
export function stationComposite(profiles: readonly ChargingProfile[], places: readonly Place[], span: Span, unit?: 'A' | 'W'): CompositeSchedule {
  const sessions = places.map(({ outlet, charging }) => ({
    outlet,
    own: ownCap(outlet),
    stack: transactionStack(profiles, outlet.evse, charging, span.start),
  }))
  const station = stationStack(profiles, span.start)
  const whole = wholeOf(places.map(({ outlet }) => outlet))
  const said = unit ?? (whole.dc === undefined ? 'A' : 'W')
  const at = (moment: number): At => {
    let [amps, watts, until] = [0, 0, Number.POSITIVE_INFINITY]
    for (const { outlet, own, stack } of sessions) {
      const each = ceiling(stack, outlet, own, moment)
      amps += each.cap.amps
      watts += each.cap.watts
      until = Math.min(until, each.until)
    }
    const max = station(moment)
    const sum: Cap = { amps, watts, phases: whole.phases }
    const most = max.period && capOf(max.period, max.unit, 'stationMax', whole)
    const isBound = most !== undefined && (max.unit === 'A' ? most.amps < amps : most.watts < watts)
    return { cap: isBound ? most : sum, until: Math.min(until, max.until) }
  }
  return scheduleOf(at, span, said, mostLooks / places.length)
}

/** The outlets as one: what a maximum for all of them is counted with. */
export function wholeOf(outlets: readonly Outlet[]): Outlet {
  const [first] = outlets
  if (first === undefined) throw new RangeError('a station without outlets')
  const { dc, ...alternating } = first
  const phases = outlets.some((each) => each.phases === 3) ? 3 : 1
  return { ...alternating, evse: 0, phases, ...(dc !== undefined && outlets.every((each) => each.dc !== undefined) ? { dc } : {}) }
}

/** What a transaction may take, its outlet's own bounds included. */
function ceiling(stack: Stack, outlet: Outlet, own: Cap, moment: number): At {
  const { period, unit, until } = stack(moment)
  return { cap: period === undefined ? own : lower(capOf(period, unit, 'tx', outlet), own, outlet), until }
}

/** From change to change, neighbours that are equal as one (reference §1.4). A change between two seconds counts from the later one. */
function scheduleOf(at: (moment: number) => At, { start, durationS }: Span, unit: 'A' | 'W', mostChanges: number): CompositeSchedule {
  const periods: Period[] = []
  let second = 0
  for (let changes = 0; changes === 0 || (second < durationS && changes < mostChanges); changes++) {
    const { cap, until } = at(start + second * 1_000)
    const limit = tenths(unit === 'A' ? cap.amps : cap.watts)
    const last = periods.at(-1)
    if (last === undefined || last.limit !== limit || last.phases !== cap.phases) {
      if (periods.length === mostPeriods) break
      periods.push({ from: second, limit, phases: cap.phases })
    }
    second = Math.max(second + 1, Math.ceil((until - start) / 1_000))
  }
  return { start, durationS: Math.min(durationS, second), unit, periods }
}
