import { describe, expect, test } from 'vitest'
import type { Outlet } from '../../../src/core/charging/cap.ts'
import { compositeOf, type Place, stationComposite } from '../../../src/core/charging/composite.ts'
import { type ChargingProfile, type CompositeSchedule, mostPeriods } from '../../../src/core/charging/profile.ts'
import { undated } from '../../../src/core/charging/undated.ts'

const hour = 3_600
const day = 24 * hour
/** A Sunday, so that a week turns in these tests as well. */
const midnight = Date.UTC(2026, 2, 1)
const outlet = { evse: 1, phases: 3, nominalVoltageV: 230, maxAmps: 32 } as const
const place: Place = { outlet, charging: { id: 'tx-1', start: midnight } }
type Given = Partial<Omit<ChargingProfile, 'schedule'>> & { readonly schedule?: Partial<ChargingProfile['schedule']> }
const profile = ({ schedule, ...given }: Given = {}): ChargingProfile => ({
  ...{ id: 1, evse: 1, stackLevel: 0, purpose: 'tx', kind: 'absolute', transaction: 'tx-1' },
  ...given,
  schedule: { unit: 'A', start: midnight, periods: [{ from: 0, limit: 10 }], ...schedule },
})
/** From and limit of each period. */
const steps = ({ periods }: CompositeSchedule) => periods.map(({ from, limit }) => [from, limit])
const span = (durationS: number, start = midnight) => ({ start, durationS })
const composite = (profiles: readonly ChargingProfile[], durationS: number, start = midnight) => steps(compositeOf(profiles, place, span(durationS, start)))

describe('a composite schedule', () => {
  test('without any profile says what the outlet can do, and is never empty', () => {
    expect(compositeOf([], place, span(600))).toEqual({ start: midnight, durationS: 600, unit: 'A', periods: [{ from: 0, limit: 32, phases: 3 }] })
    expect(compositeOf([], place, span(0))).toEqual({ start: midnight, durationS: 0, unit: 'A', periods: [{ from: 0, limit: 32, phases: 3 }] })
    expect(compositeOf([], { outlet: { ...outlet, phases: 1 }, charging: undefined }, span(1), 'W').periods).toEqual([{ from: 0, limit: 7360, phases: 1 }])
  })
  test('falls back to the lower level when the duration of the higher one ends, and to no limit after the lowest', () => {
    const high = profile({ stackLevel: 3, schedule: { durationS: 100, periods: [{ from: 0, limit: 8 }] } })
    const low = profile({ id: 2, stackLevel: 0, schedule: { durationS: 300 } })
    expect(composite([low, high], 600)).toEqual([
      [0, 8],
      [100, 10],
      [300, 32],
    ])
    // Without a duration the highest level never lets a lower one speak (§3.13.2).
    expect(composite([low, profile({ stackLevel: 3, schedule: { periods: [{ from: 0, limit: 8 }] } })], 100_000)).toEqual([[0, 8]])
  })
  test('ignores periods at or after the duration, and holds the last one until then', () => {
    const periods = [0, 60, 120, 180].map((from, at) => ({ from, limit: 8 + at }))
    expect(composite([profile({ schedule: { durationS: 120, periods } })], 600)).toEqual([
      [0, 8],
      [60, 9],
      [120, 32],
    ])
    expect(composite([profile({ schedule: { durationS: 500, periods } })], 600).slice(-2)).toEqual([
      [180, 11],
      [500, 32],
    ])
  })
  test('merges neighbours that are equal, whatever profile says them', () => {
    const high = profile({ stackLevel: 1, schedule: { durationS: 100, periods: [0, 50].map((from) => ({ from, limit: 10 })) } })
    expect(composite([high, profile({ id: 2 })], 600)).toEqual([[0, 10]])
  })
  test('recurs each day over midnight, and cuts what is longer than a day', () => {
    const night = profile({
      purpose: 'txDefault',
      evse: 0,
      kind: 'recurring',
      recurrence: 'daily',
      schedule: { start: midnight - 26 * hour * 1_000, durationS: 8 * hour, periods: [{ from: 0, limit: 16 }] },
    })
    // 22:00 to 06:00, seen from noon.
    expect(composite([night], 2 * day, midnight + 12 * hour * 1_000)).toEqual([
      [0, 32],
      [10 * hour, 16],
      [18 * hour, 32],
      [34 * hour, 16],
      [42 * hour, 32],
    ])
    const long = profile({
      kind: 'recurring',
      recurrence: 'daily',
      schedule: { periods: [0, 20 * hour, 30 * hour].map((from, at) => ({ from, limit: 6 + at })) },
    })
    expect(composite([long], 2 * day)).toEqual([
      [0, 6],
      [20 * hour, 7],
      [day, 6],
      [day + 20 * hour, 7],
    ])
  })
  test('recurs each week, and says nothing before its first start', () => {
    const weekly = profile({
      kind: 'recurring',
      recurrence: 'weekly',
      schedule: { start: midnight + day * 1_000, durationS: hour, periods: [{ from: 0, limit: 9 }] },
    })
    expect(composite([weekly], 9 * day)).toEqual([
      [0, 32],
      [day, 9],
      [day + hour, 32],
      [8 * day, 9],
      [8 * day + hour, 32],
    ])
  })
  test('counts relative schedules, and absolute ones without a start, from the start of the transaction', () => {
    const periods = [0, 600].map((from, at) => ({ from, limit: 8 + at }))
    const relative = profile({ kind: 'relative', schedule: { start: 1, periods } })
    expect(composite([relative], 900, midnight + 200_000)).toEqual([
      [0, 8],
      [400, 9],
    ])
    const { start: _start, ...schedule } = relative.schedule
    expect(composite([{ ...relative, kind: 'absolute', schedule }], 900, midnight + 200_000)).toHaveLength(2)
    const usual = { ...relative, purpose: 'txDefault' as const }
    expect(steps(compositeOf([usual], { outlet, charging: undefined }, span(900, midnight + 200_000)))).toEqual([
      [0, 8],
      [600, 9],
    ])
  })
  test('of a transaction that begins now has begun, however its moment is rounded', () => {
    const relative = profile({ kind: 'relative', schedule: { periods: [{ from: 0, limit: 8 }] } })
    const begins: Place = { outlet, charging: { id: 'tx-1', start: midnight + 0.5 } }
    expect(steps(compositeOf([relative], begins, span(60)))).toEqual([[0, 8]])
  })
  test('respects validity: from belongs to it, to does not', () => {
    const valid = profile({ validFrom: midnight + 60_000, validTo: midnight + 120_000 })
    expect(composite([valid], 600)).toEqual([
      [0, 32],
      [60, 10],
      [120, 32],
    ])
  })
  test("takes a transaction's own profiles where they have a value, the default ones elsewhere, and the station's maximum at all times", () => {
    const own = profile({ schedule: { durationS: 60, periods: [{ from: 0, limit: 20 }] } })
    const usual = profile({ id: 2, purpose: 'txDefault', evse: 0, schedule: { periods: [{ from: 0, limit: 12 }] } })
    const max = profile({ id: 3, purpose: 'stationMax', evse: 0, schedule: { periods: [0, 30].map((from) => ({ from, limit: 16 - from / 5 })) } })
    expect(composite([own, usual, max], 600)).toEqual([
      [0, 16],
      [30, 10],
    ])
    expect(composite([own, usual], 600)).toEqual([
      [0, 20],
      [60, 12],
    ])
    const other = profile({ transaction: 'tx-0' })
    expect(composite([other, usual], 600)).toEqual([[0, 12]])
  })
  test("an EVSE's own default profile replaces the station's of the same level, for it alone and while it has no value itself", () => {
    const all = profile({ purpose: 'txDefault', evse: 0, stackLevel: 1, schedule: { periods: [{ from: 0, limit: 9 }] } })
    const below = profile({ id: 2, purpose: 'txDefault', evse: 0, stackLevel: 0, schedule: { periods: [{ from: 0, limit: 7 }] } })
    const own = profile({ id: 3, purpose: 'txDefault', evse: 1, stackLevel: 1, schedule: { durationS: 60, periods: [{ from: 0, limit: 20 }] } })
    expect(composite([all, below, own], 600)).toEqual([
      [0, 20],
      [60, 7],
    ])
    const second: Place = { outlet: { ...outlet, evse: 2 }, charging: undefined }
    expect(steps(compositeOf([all, below, own], second, span(600)))).toEqual([[0, 9]])
  })
  test.each([
    { unit: 'W', limit: 11_040, phases: undefined, on: 3, expected: [16, 11_040] },
    { unit: 'W', limit: 3_680, phases: 1, on: 3, expected: [16, 3_680] },
    // Errata 3.34: the limit as it is, for the phases that there are.
    { unit: 'W', limit: 3_680, phases: undefined, on: 1, expected: [16, 3_680] },
    { unit: 'A', limit: 10, phases: 3, on: 1, expected: [10, 2_300] },
    { unit: 'A', limit: 10, phases: 1, on: 3, expected: [10, 2_300] },
  ] as const)('$limit $unit on $phases of $on phases are $expected A and W', ({ unit, limit, phases, on, expected }) => {
    const one = profile({ schedule: { unit, periods: [{ from: 0, limit, ...(phases && { phases }) }] } })
    const at: Place = { ...place, outlet: { ...outlet, phases: on } }
    expect((['A', 'W'] as const).map((asked) => compositeOf([one], at, span(60), asked).periods[0]?.limit)).toEqual(expected)
  })
  test('for the station adds what its EVSEs may take, up to the maximum for all', () => {
    const places = [1, 2].map((evse) => ({ outlet: { ...outlet, evse }, charging: undefined }))
    const usual = profile({ purpose: 'txDefault', evse: 2, schedule: { periods: [{ from: 0, limit: 12 }] } })
    const max = profile({ id: 2, purpose: 'stationMax', evse: 0, schedule: { unit: 'W', durationS: 60, periods: [{ from: 0, limit: 20_000 }] } })
    expect(steps(stationComposite([usual, max], places, span(600), 'W'))).toEqual([
      [0, 20_000],
      [60, 44 * 690],
    ])
    expect(steps(stationComposite([usual], places, span(600)))).toEqual([[0, 44]])
  })
  test('that would be endless is cut, and says where', () => {
    const hourly = profile({
      kind: 'recurring',
      recurrence: 'daily',
      schedule: { periods: Array.from({ length: 24 }, (_, at) => ({ from: at * hour, limit: 6 + (at % 2) })) },
    })
    const { periods, durationS } = compositeOf([hourly], place, span(2_147_483_647))
    expect([periods.length, durationS]).toEqual([mostPeriods, mostPeriods * hour])
  })
})

test('a schedule that changes each second costs no more for a station of many outlets: it is cut the sooner', () => {
  // Unseen, for the outlets can do no more than 32 A.
  const periods = Array.from({ length: mostPeriods }, (_, at) => ({ from: at, limit: 40 + (at % 2) }))
  const restless = profile({ purpose: 'txDefault', evse: 0, kind: 'recurring', recurrence: 'daily', schedule: { periods } })
  const places = Array.from({ length: 8 }, (_, at) => ({ outlet: { ...outlet, evse: at + 1 }, charging: undefined }))
  expect(stationComposite([restless], places, span(2_147_483_647))).toMatchObject({ durationS: 625, periods: [{ from: 0, limit: 256 }] })
  expect(compositeOf([restless], place, span(5_000))).toMatchObject({ durationS: 5_000, periods: [{ from: 0, limit: 32 }] })
})

describe('a clock that was never set', () => {
  const limits = (...profiles: readonly ChargingProfile[]) => undated(profiles, outlet).map(({ schedule: { unit, periods } }) => [unit, ...periods])
  test('makes each dated profile as strict as its strictest period before its duration, all the time', () => {
    const periods = [
      { from: 0, limit: 12 },
      { from: 50, limit: 7 },
      { from: 100, limit: 1 },
    ]
    const dated = profile({ schedule: { durationS: 100, periods } })
    const never = { outlet, charging: { id: 'tx-1', start: 0 } }
    expect(steps(compositeOf(undated([dated], outlet), never, span(600, 0)))).toEqual([[0, 7]])
    expect(steps(compositeOf(undated([profile({ validTo: 1, schedule: { durationS: 0 } })], outlet), never, span(600, 0)))).toEqual([[0, 32]])
  })
  test('leaves those that count from the start of the transaction as they are', () => {
    const relative = profile({ kind: 'relative', schedule: { periods: [0, 50].map((from) => ({ from, limit: 20 - from / 10 })) } })
    expect(undated([relative], outlet)).toEqual([relative])
  })
  test('does not know whether a profile or one below it speaks: the stricter one counts', () => {
    const high = profile({ stackLevel: 2, schedule: { periods: [{ from: 0, limit: 20 }] } })
    const low = profile({ id: 2, kind: 'relative', schedule: { periods: [{ from: 0, limit: 15 }] } })
    const usual = profile({ id: 3, purpose: 'txDefault', evse: 0, schedule: { unit: 'W', periods: [{ from: 0, limit: 2_300, phases: 1 }] } })
    expect(limits(high, low)[0]).toEqual(['A', { from: 0, limit: 15 }])
    expect(limits(high, usual)).toEqual([
      ['W', { from: 0, limit: 2_300, phases: 1 }],
      ['W', { from: 0, limit: 2_300, phases: 1 }],
    ])
    expect(limits(high, { ...low, evse: 2 })[0]).toEqual(['A', { from: 0, limit: 20 }])
    expect(limits({ ...low, kind: 'absolute' }, { ...high, kind: 'relative', schedule: { ...high.schedule, periods: [{ from: 0, limit: 6 }] } })[0]).toEqual([
      'A',
      { from: 0, limit: 15 },
    ])
    // The one for all may hide a lower one that an EVSE has of its own.
    expect(limits({ ...high, purpose: 'txDefault', evse: 0 }, { ...low, purpose: 'txDefault' })[0]).toEqual(['A', { from: 0, limit: 15 }])
  })
  test('holds watts against amperes with the phases that there are', () => {
    const one: Outlet = { ...outlet, phases: 1 }
    const inWatts = profile({ schedule: { unit: 'W', periods: [{ from: 0, limit: 3_680 }] } })
    const low = profile({ id: 2, purpose: 'txDefault', kind: 'relative', schedule: { periods: [{ from: 0, limit: 10 }] } })
    expect(undated([inWatts, low], one)[0]?.schedule.periods).toEqual([{ from: 0, limit: 10 }])
  })
})
