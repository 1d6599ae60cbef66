import { describe, expect, test } from 'vitest'
import { nextArrival, type TimeOfDay, visitAt } from '../../../bench/fleet/arrivals.ts'
import { boardMix } from '../../../bench/fleet/config.ts'
import { latencies, percentileOf, within } from '../../../bench/fleet/latencies.ts'
import { numbered } from '../../../bench/fleet/numbered.ts'
import type { Pattern } from '../../../bench/fleet/pattern.ts'
import { drawn, seeded } from '../../../bench/fleet/seeded.ts'
import { turnsOf } from '../../../bench/fleet/share.ts'
import { allCalls, errorsOf, tally } from '../../../bench/fleet/tally.ts'

/** The calendar of Greenwich. */
const utc: TimeOfDay = (epochMs) => epochMs % 86_400_000
const midnight = Date.UTC(2026, 2, 2)
const evs = [{ batteryKwh: 77 }]
const hour = 3_600_000

describe('identities', () => {
  test('a number stands where the template has it, with as many digits as it says', () => {
    const id = numbered('CP-{n:4}/{n}', '--id', true)
    expect([id(1), id(12_345)]).toEqual(['CP-0001/1', 'CP-12345/12345'])
  })

  test('a template without a number is one station only', () => {
    expect(numbered('DESK', '--id', false)(7)).toBe('DESK')
    expect(() => numbered('DESK', '--id', true)).toThrow('--id: "DESK" has no number, and every station needs a name of its own. Write DESK{n}')
    expect(() => numbered('CP-{m}', '--id', true)).toThrow('{n:4} for four digits')
  })
})

describe('chance', () => {
  test('the same seed and name give the same sequence, another name another one', () => {
    const four = (of: () => number) => [of(), of(), of(), of()]
    expect(four(seeded(1, 'a'))).toEqual(four(seeded(1, 'a')))
    expect(four(seeded(1, 'a'))).not.toEqual(four(seeded(1, 'b')))
    expect(four(seeded(1, 'a'))).not.toEqual(four(seeded(2, 'a')))
  })

  test('it is uniform', () => {
    const chance = seeded(5)
    const tenths = new Array<number>(10).fill(0)
    for (let n = 0; n < 10_000; n++) {
      const tenth = Math.floor(chance() * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    expect(Math.min(...tenths)).toBeGreaterThan(900)
    expect(Math.max(...tenths)).toBeLessThan(1_100)
  })

  test('shares are kept, and a share of 0 never comes', () => {
    const chance = seeded(5)
    const kinds = [
      { name: 'often', share: 3 },
      { name: 'seldom', share: 1 },
      { name: 'never', share: 0 },
    ]
    const names = Array.from({ length: 1_000 }, () => drawn(chance, kinds).name)
    expect(names.filter((each) => each === 'often').length).toBeGreaterThan(700)
    expect(names.filter((each) => each === 'often').length).toBeLessThan(800)
    expect(names).not.toContain('never')
  })
})

describe('latencies', () => {
  test('percentiles are right to three percent, and the largest exactly', () => {
    const some = latencies()
    for (let ms = 1; ms <= 1_000; ms++) some.add(ms)
    for (const share of [0.5, 0.9, 0.99]) {
      const found = percentileOf(some.counts, share) ?? 0
      expect(found).toBeGreaterThanOrEqual(share * 1_000)
      expect(found).toBeLessThan(share * 1_031)
    }
    expect(percentileOf(some.counts, 1)).toBe(1_000)
    expect(percentileOf(latencies().counts, 0.5)).toBeUndefined()
  })

  test('those of two processes add up to those of one', () => {
    const [one, two, both] = [latencies(), latencies(), latencies()]
    for (const ms of [0, 0.01, 3, 250]) one.add(ms)
    for (const ms of [7, 8_000]) two.add(ms)
    for (const ms of [0, 0.01, 3, 250, 7, 8_000]) both.add(ms)
    one.merge(JSON.parse(JSON.stringify(two.counts)))
    expect(one.counts).toEqual(both.counts)
    expect([within(one.counts, 10), within(one.counts, 10_000)]).toEqual([4, 6])
  })
})

describe('the tally', () => {
  test('parts add up, and names that a hostile peer thinks of are bounded', () => {
    const [one, two] = [tally(), tally()]
    one.frame('in')
    one.answered('Heartbeat', 2)
    two.answered('Authorize', 4)
    two.failed('connection lost')
    for (let n = 0; n < 1_000; n++) two.failed(`CALLERROR ${n}`)
    one.merge(two.counts)
    expect(one.counts.framesIn).toBe(1)
    expect(allCalls(one.counts)).toMatchObject({ count: 2, sumMs: 6, maxMs: 4 })
    expect(errorsOf(one.counts)).toBe(1_001)
    expect(Object.keys(one.counts.errors).length).toBeLessThanOrEqual(201)
  })
})

describe('arrivals', () => {
  const arrivalsOf = (pattern: Pattern, days: number, name: string) => {
    const chance = seeded(1, name)
    const found: number[] = []
    for (let at: number | undefined = midnight; ; ) {
      at = nextArrival(pattern, at, chance, utc)
      if (at === undefined || at > midnight + days * 24 * hour) return found
      found.push(at)
    }
  }

  test('as many a day as the pattern says, one by one, the same for the same seed', () => {
    const pattern: Pattern = { about: 'x', arrivals: { perDay: 8 }, evs }
    const found = arrivalsOf(pattern, 200, 'a')
    expect(found.length / 200).toBeGreaterThan(7.4)
    expect(found.length / 200).toBeLessThan(8.6)
    expect(arrivalsOf(pattern, 200, 'a')).toEqual(found)
    expect(arrivalsOf(pattern, 200, 'b')).not.toEqual(found)
    // Of a Poisson process the distances are exponential: as many below the mean as 1 - 1/e.
    const gaps = found.map((at, n) => at - (found[n - 1] ?? midnight))
    const below = gaps.filter((gap) => gap < 3 * hour).length / gaps.length
    expect(Math.abs(below - (1 - 1 / Math.E))).toBeLessThan(0.04)
  })

  test('hours have their share, and nobody comes in an hour with none', () => {
    const byHour = new Array<number>(24).fill(0)
    byHour[7] = 3
    byHour[17] = 1
    const hours = arrivalsOf({ about: 'x', arrivals: { perDay: 4, byHour }, evs }, 200, 'a').map((at) => Math.floor(utc(at) / hour))
    expect(new Set(hours)).toEqual(new Set([7, 17]))
    const mornings = hours.filter((each) => each === 7).length / hours.length
    expect(mornings).toBeGreaterThan(0.68)
    expect(mornings).toBeLessThan(0.82)
    expect(hours.length / 200).toBeGreaterThan(3.5)
  })

  test('steady is at once, and none a day is never', () => {
    expect(nextArrival({ about: 'x', arrivals: { steady: true }, evs }, 5, () => 0.5, utc)).toBe(5)
    expect(nextArrival({ about: 'x', arrivals: { perDay: 0 }, evs }, 5, () => 0.5, utc)).toBeUndefined()
  })
})

describe('visits', () => {
  const at = midnight + 19 * hour
  test('a car leaves in the early morning when the pattern says so, also one that came after midnight', () => {
    const pattern: Pattern = { about: 'x', arrivals: { perDay: 1 }, stay: { until: ['04:45', '06:30'] }, evs }
    for (let n = 0; n < 50; n++) {
      const { leavesMs = 0 } = visitAt(pattern, at, seeded(n), utc)
      expect(leavesMs).toBeGreaterThanOrEqual(midnight + (24 + 4.75) * hour)
      expect(leavesMs).toBeLessThanOrEqual(midnight + (24 + 6.5) * hour)
    }
    expect(visitAt(pattern, midnight + hour, () => 0.5, utc).leavesMs).toBeLessThan(midnight + 7 * hour)
    expect(visitAt({ ...pattern, stay: { until: ['23:00', '01:00'] } }, at, () => 0.75, utc).leavesMs).toBe(midnight + 24.5 * hour)
  })

  test('cards come from the list or the template, and a share of them is unknown', () => {
    const cardsOf = (cards: Pattern['cards']) =>
      Array.from({ length: 300 }, (_, n) => visitAt({ about: 'x', arrivals: { perDay: 1 }, evs, ...(cards && { cards }) }, at, seeded(n), utc))
    expect(new Set(cardsOf({ list: ['A', 'B'] }).map(({ card }) => card))).toEqual(new Set(['A', 'B']))
    expect(cardsOf({ template: 'D-{n:3}', count: 5 }).every(({ card }) => /^D-00[1-5]$/.test(card))).toBe(true)
    const unknown = cardsOf({ unknownShare: 0.5 }).filter(({ card, isUnknown }) => isUnknown && card.startsWith('UNKNOWN-')).length
    expect(unknown).toBeGreaterThan(110)
    expect(unknown).toBeLessThan(190)
  })
})

describe('boards', () => {
  test('they come in turns, and DC outlets have the power that was asked for', async () => {
    const board = await boardMix('simulated:2,simulated-dc@100')
    expect([1, 2, 3, 4].map((n) => board(n).name)).toEqual(['simulated', 'simulated', 'simulated-dc', 'simulated'])
    expect(board(3).evses[0]).toMatchObject({ dc: { maxWatts: 100_000, maxAmps: 250, voltageV: 400 } })
  })

  test('what is none is refused in words', async () => {
    await expect(boardMix('simulated@5')).rejects.toThrow('has AC outlets, whose power is their current')
    await expect(boardMix('simulated-dc@900')).rejects.toThrow('Write 1 to 400')
    await expect(boardMix('simulated,,')).rejects.toThrow('"" is no board')
    await expect(boardMix('evse-wb-din')).rejects.toThrow('drives real hardware')
  })
})

test('processes get their numbers in turns', () => {
  expect(turnsOf(5, 2)).toEqual([
    [1, 3, 5],
    [2, 4],
  ])
})
