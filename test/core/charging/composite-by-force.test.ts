import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compositeOf, type Place, stationComposite } from '../../../src/core/charging/composite.ts'
import type { ChargingProfile, CompositeSchedule } from '../../../src/core/charging/profile.ts'
import { allowedAt, rounded, type Station, saidOf } from './each-second.ts'

const hour = 3_600
const day = 24 * hour
/** A Sunday, so that a week turns in these tests as well. */
const midnight = Date.UTC(2026, 2, 1)

describe('equals what brute force finds second by second', () => {
  const pick = fc.constantFrom
  const periods = (from: fc.Arbitrary<number>) =>
    fc
      .uniqueArray(from, { maxLength: 4 })
      .chain((froms) => {
        const sorted = [...new Set([0, ...froms])].toSorted((a, b) => a - b)
        return fc.tuple(...sorted.map((at) => fc.record({ from: fc.constant(at), limit: fc.nat(320), phases: pick(undefined, undefined, 1, 2, 3) })))
      })
      .map((all) => all.map(({ from, limit, phases }) => ({ from, limit, ...(phases === undefined ? {} : { phases }) })))
  /** Around midnight, in seconds for short spans and in hours for long ones. */
  const profiles = (unitS: number, reach: number) => {
    const moment = fc.integer({ min: -reach, max: 2 * reach }).map((at) => midnight + at * unitS * 1_000)
    const from = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: reach }) }, fc.integer({ min: day / unitS - reach, max: day / unitS + reach }))
    const one = fc.record({
      evse: fc.nat(2),
      stackLevel: fc.nat(3),
      purpose: pick('stationMax', 'txDefault', 'txDefault', 'tx', 'tx'),
      kind: pick('absolute', 'recurring', 'recurring', 'relative'),
      recurrence: pick('daily', 'weekly'),
      validFrom: fc.option(moment, { nil: undefined, freq: 3 }),
      validTo: fc.option(moment, { nil: undefined, freq: 3 }),
      transaction: pick('tx', 'tx', 'tx', 'gone'),
      start: moment,
      /** Days or weeks in which it has recurred already. */
      age: fc.nat(2),
      durationS: fc.option(
        fc.integer({ min: 0, max: 2 * reach }).map((lasts) => lasts * unitS),
        { nil: undefined, freq: 4 },
      ),
      unit: pick('A', 'W'),
      periods: periods(from),
    })
    return fc.array(one, { minLength: 6, maxLength: 14 }).map((all) => installed(all, unitS))
  }
  /** As they can stand together: one of a purpose, level and EVSE, in ids that differ. */
  const installed = (all: readonly Drawn[], unitS: number): readonly ChargingProfile[] => {
    const seen = new Set<string>()
    return all.flatMap(({ start, age, durationS, unit, periods: given, validFrom, validTo, transaction, ...each }, id) => {
      const evse = each.purpose === 'stationMax' ? 0 : each.purpose === 'tx' ? Math.max(1, each.evse) : each.evse
      const key = `${each.purpose} ${each.stackLevel} ${evse}`
      if (seen.has(key)) return []
      seen.add(key)
      const since = start - (each.kind === 'recurring' ? age * (each.recurrence === 'daily' ? 1 : 7) * day * 1_000 : 0)
      // Some 0 to 32 A, or what they are in W on three phases, with one decimal.
      const scaled = given.map(({ from, limit, ...rest }) => ({ from: from * unitS, limit: unit === 'A' ? limit / 10 : Math.round(limit * 690) / 10, ...rest }))
      const hasStart = each.purpose === 'stationMax' || each.kind === 'recurring' || id % 3 > 0
      return {
        ...each,
        id,
        evse,
        ...(each.purpose === 'stationMax' && each.kind === 'relative' ? { kind: 'absolute' as const } : {}),
        ...(validFrom === undefined ? {} : { validFrom }),
        ...(validTo === undefined ? {} : { validTo }),
        ...(each.purpose === 'tx' ? { transaction } : {}),
        schedule: { unit, periods: scaled, ...(hasStart ? { start: since } : {}), ...(durationS === undefined ? {} : { durationS }) },
      }
    })
  }
  type Drawn = {
    readonly evse: number
    readonly stackLevel: number
    readonly purpose: ChargingProfile['purpose']
    readonly kind: ChargingProfile['kind']
    readonly recurrence: 'daily' | 'weekly'
    readonly validFrom: number | undefined
    readonly validTo: number | undefined
    readonly transaction: string
    readonly start: number
    readonly age: number
    readonly durationS: number | undefined
    readonly unit: 'A' | 'W'
    readonly periods: readonly { readonly from: number; readonly limit: number; readonly phases?: number }[]
  }
  const evse = (number: number) =>
    fc.record({
      evse: fc.constant(number),
      phases: pick(1, 3),
      nominalVoltageV: fc.constant(230),
      maxAmps: pick(16, 32),
      dc: pick(undefined, undefined, undefined, { maxWatts: 50_000, leastWatts: 1_000, nominalVoltageV: 400 }),
      began: fc.option(fc.integer({ min: -400_000, max: 400_000 }), { nil: undefined, freq: 4 }),
    })
  const stations = fc.tuple(fc.integer({ min: 1, max: 3 }), evse(1), evse(2), evse(3)).map(
    ([count, ...all]): Station => ({
      evses: all.slice(0, count).map(({ dc, began, ...each }) => ({
        ...each,
        ...(dc && { dc }),
        ...(began === undefined ? {} : { charging: { id: 'tx', start: midnight + began } }),
      })) as Station['evses'],
    }),
  )
  const asked = (reach: number) => fc.record({ evse: fc.nat(2), unit: pick('A', 'W'), offset: fc.integer({ min: -reach, max: reach }) })

  const scheduleFor = (all: readonly ChargingProfile[], { evses }: Station, number: number, at: { start: number; durationS: number }, unit: 'A' | 'W') => {
    const places: Place[] = evses.map(({ charging, ...rest }) => ({ outlet: rest, charging }))
    const one = places.find(({ outlet: { evse: of } }) => of === number)
    return one === undefined ? stationComposite(all, places, at, unit) : compositeOf(all, one, at, unit)
  }
  const expectSecond = (schedule: CompositeSchedule, all: readonly ChargingProfile[], station: Station, number: number, second: number) => {
    const truth = allowedAt(all, station, number, schedule.start, schedule.start + second * 1_000)
    const said = saidOf(schedule, second)
    const expected = rounded(schedule.unit === 'A' ? truth.a : truth.w)
    if (said?.limit !== expected || said.phases !== truth.phases)
      throw new Error(`second ${second}: ${JSON.stringify(said)} instead of ${expected} on ${truth.phases} phases`)
  }
  const expectSound = ({ periods: found, durationS }: CompositeSchedule, asked_: number) => {
    if (durationS !== asked_ || found[0]?.from !== 0) throw new Error(`it does not cover ${asked_} s`)
    found.slice(1).forEach((each, at) => {
      const before = found[at]
      if (before === undefined || each.from <= before.from || (each.limit === before.limit && each.phases === before.phases))
        throw new Error(`period ${at + 1} is none`)
    })
  }
  let [sets, changing] = [0, 0]
  const note = ({ periods: found }: CompositeSchedule) => {
    sets++
    if (found.length > 1) changing++
  }

  test('each second of spans around midnight', () => {
    fc.assert(
      fc.property(profiles(1, 150), stations, asked(150), fc.integer({ min: 100, max: 300 }), (all, station, { evse: number, unit, offset }, durationS) => {
        const which = station.evses.some((each) => each.evse === number) ? number : 0
        const schedule = scheduleFor(all, station, which, { start: midnight + offset * 1_000, durationS }, unit)
        expectSound(schedule, durationS)
        for (let second = 0; second < durationS; second++) expectSecond(schedule, all, station, which, second)
        note(schedule)
      }),
      { numRuns: 9_000 },
    )
    expect(changing / sets).toBeGreaterThan(0.5)
  }, 60_000)
  test('each change, the seconds beside it, and each quarter of an hour of spans over weeks', () => {
    const hours = fc.integer({ min: 20, max: 240 })
    fc.assert(
      fc.property(profiles(hour, 30), stations, asked(30), hours, (all, station, { evse: number, unit, offset }, lasts) => {
        const durationS = lasts * hour
        const which = station.evses.some((each) => each.evse === number) ? number : 0
        const schedule = scheduleFor(all, station, which, { start: midnight + offset * hour * 1_000 + 17_000, durationS }, unit)
        expectSound(schedule, durationS)
        const seconds = new Set<number>()
        for (const { from } of schedule.periods) for (const beside of [-1, 0, 1]) seconds.add(from + beside)
        for (let second = 0; second < durationS; second += 900) for (const at of [second, second - 17, second - 18]) seconds.add(at)
        for (const second of seconds) if (second >= 0 && second < durationS) expectSecond(schedule, all, station, which, second)
        note(schedule)
      }),
      { numRuns: 1_500 },
    )
    expect(sets).toBeGreaterThanOrEqual(10_000)
  }, 60_000)
})
