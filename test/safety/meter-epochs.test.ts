import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOf, follow, type MeterCount, totalWh } from '../../src/safety/meter-epochs.ts'

const wh = (count: MeterCount | undefined) => (count === undefined ? Number.NaN : totalWh(count.total))
/** The totals after each of these registers. */
const totals = (registers: readonly (number | { importWh: number; serial?: string; epoch?: number })[], from?: MeterCount) => {
  let count = from
  return registers.map((each) => {
    count = follow(count, typeof each === 'number' ? { importWh: each } : each)
    return wh(count)
  })
}

test('the first register is the total', () => {
  expect(totals([1_234, 1_240])).toEqual([1_234, 1_240])
})

test('another serial continues the total at once, whatever its register shows', () => {
  for (const register of [0, 1_000, 99_999]) {
    expect(
      totals([
        { importWh: 1_000, serial: 'A' },
        { importWh: register, serial: 'B' },
        { importWh: register + 7, serial: 'B' },
      ]),
    ).toEqual([1_000, 1_000, 1_007])
  }
})

test('a serial that was not known before, or is left out of a reading, is no other meter', () => {
  expect(totals([1_000, { importWh: 1_001, serial: 'A' }, 1_002, { importWh: 1_003, serial: 'A' }])).toEqual([1_000, 1_001, 1_002, 1_003])
})

test("the driver's epoch continues the total, and its count means nothing over a restart", () => {
  const first = follow(undefined, { importWh: 500, epoch: 3 })
  expect(
    totals(
      [
        { importWh: 2, epoch: 4 },
        { importWh: 5, epoch: 4 },
      ],
      first,
    ),
  ).toEqual([500, 503])
  expect(totals([{ importWh: 501, epoch: 0 }], countOf(first.total))).toEqual([501])
})

test('a register that drops and stays there begins an epoch with the third reading; what it counted meanwhile is counted', () => {
  expect(totals([1_000, 10, 12, 15, 18])).toEqual([1_000, 1_000, 1_000, 1_005, 1_008])
})

test('one low reading changes nothing', () => {
  expect(totals([1_000, 0, 1_001, 0, 3, 1_004])).toEqual([1_000, 1_000, 1_001, 1_001, 1_001, 1_004])
})

test('a meter exchanged while the power was off continues where the one before ended', () => {
  const kept = follow(undefined, { importWh: 7_000, serial: 'A' }).total
  expect(
    totals(
      [
        { importWh: 3, serial: 'B' },
        { importWh: 8, serial: 'B' },
      ],
      countOf(kept),
    ),
  ).toEqual([7_000, 7_005])
  const unnamed = follow(undefined, { importWh: 7_000 }).total
  expect(totals([3, 3, 4, 8], countOf(unnamed))).toEqual([7_000, 7_000, 7_001, 7_005])
})

test('over any life of meters, glitches and restarts the total never falls, and counts exactly what each meter counted', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('count' as const), by: fc.integer({ min: 0, max: 5_000 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('exchange' as const), register: fc.integer({ min: 1, max: 1_000_000 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('glitch' as const), times: fc.integer({ min: 1, max: 2 }) }) },
  )
  let epochs = 0
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), fc.array(step, { maxLength: 60 }), (begin, steps) => {
      let [register, meter, counted] = [begin, 0, begin]
      let count: MeterCount | undefined = follow(undefined, { importWh: register, serial: 'm0' })
      const read = (importWh: number) => {
        const before = wh(count)
        count = follow(count, { importWh, serial: `m${meter}` })
        expect(wh(count)).toBeGreaterThanOrEqual(before)
      }
      for (const each of steps) {
        if (each.do === 'restart') count = countOf(count?.total)
        else if (each.do === 'glitch') for (let n = 0; n < each.times; n++) read(n)
        else if (each.do === 'exchange') {
          meter++
          register = each.register
        } else {
          register += each.by
          counted += each.by
        }
        if (each.do === 'count' || each.do === 'exchange') read(register)
        if (each.do === 'glitch') read(register)
        expect(wh(count)).toBe(counted)
      }
      epochs += count?.total.epoch ?? 0
    }),
  )
  expect(epochs).toBeGreaterThan(20)
})
