import { describe, expect, test } from 'vitest'
import { plausibility, type Verdict } from '../../../hal/meters/plausible.ts'
import type { Reading } from '../../../hal/types.ts'

const reading = (at: number, importWh: number, more: Partial<Reading> = {}): Reading => ({ at: at * 1_000, importWh, phases: [], ...more })
const isRefused = (verdict: Verdict) => 'refused' in verdict
const epochOf = (verdict: Verdict) => ('reading' in verdict ? (verdict.reading.epoch ?? 0) : 'refused')

describe('energy', () => {
  test('follows as fast as the outlet can deliver it, and not faster', () => {
    const at = (wh: number) => {
      const { judge } = plausibility({ phases: 3 })
      judge(reading(0, 50_000))
      return isRefused(judge(reading(60, 50_000 + wh)))
    }
    // 66.5 kW for a minute: 1108 Wh, and 20 % and three seconds more.
    expect(at(1_108)).toBe(false)
    expect(at(1_500)).toBe(true)
    expect(at(0)).toBe(false)
    expect(at(-1)).toBe(true)
  })

  test('a single phase delivers a third of it', () => {
    const { judge } = plausibility({ phases: 1 })
    judge(reading(0, 50_000))
    expect(isRefused(judge(reading(60, 51_108)))).toBe(true)
  })

  test('may jump by one step of a coarse register', () => {
    const { judge } = plausibility({ phases: 1, stepWh: 100 })
    judge(reading(0, 50_000))
    expect(isRefused(judge(reading(0.2, 50_100)))).toBe(false)
  })

  test('a refused value leaves no trace: the next true one is taken', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000))
    expect(isRefused(judge(reading(1, 9_000_000)))).toBe(true)
    expect(isRefused(judge(reading(2, 0)))).toBe(true)
    expect(judge(reading(3, 50_010))).toEqual({ reading: reading(3, 50_010) })
  })

  test('after a long silence it may have grown by much', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000))
    expect(isRefused(judge(reading(7_200, 150_000)))).toBe(false)
  })

  test('what flows back is held to the same', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000, { exportWh: 100 }))
    expect(isRefused(judge(reading(1, 50_000, { exportWh: 99 })))).toBe(true)
    expect(isRefused(judge(reading(2, 50_000, { exportWh: 105 })))).toBe(false)
  })
})

describe('an exchanged meter', () => {
  test('without a serial number: a lower register that runs on for 5 readings and 10 s begins an epoch', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000))
    for (let at = 1; at <= 10; at++) expect(epochOf(judge(reading(at, 10 + at)))).toBe('refused')
    expect(judge(reading(11, 21))).toEqual({ reading: reading(11, 21, { epoch: 1 }) })
    expect(epochOf(judge(reading(12, 22)))).toBe(1)
  })

  test('five readings are not enough when they come fast, nor ten seconds when they are few', () => {
    const fast = plausibility({ phases: 3 })
    fast.judge(reading(0, 50_000))
    for (let at = 1; at <= 40; at++) expect(epochOf(fast.judge(reading(0.2 * at, 10)))).toBe('refused')
    const slow = plausibility({ phases: 3 })
    slow.judge(reading(0, 50_000))
    for (let at = 1; at <= 4; at++) expect(epochOf(slow.judge(reading(10 * at, 10)))).toBe('refused')
    expect(epochOf(slow.judge(reading(50, 10)))).toBe(1)
  })

  test('a register that jumps about is not another meter', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000))
    for (let at = 1; at <= 60; at++) expect(epochOf(judge(reading(at, at % 2 === 0 ? 10 : 9_000_000)))).toBe('refused')
    expect(epochOf(judge(reading(61, 50_020)))).toBe(0)
  })

  test('a register that is higher than it can be, and stays there, begins an epoch too: nobody pays for the jump', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000))
    for (let at = 1; at <= 10; at++) expect(epochOf(judge(reading(at, 9_000_000)))).toBe('refused')
    expect(epochOf(judge(reading(11, 9_000_000)))).toBe(1)
  })

  test('another serial number begins an epoch at once, even where the register could have grown so', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000, { serial: 'A' }))
    expect(epochOf(judge(reading(1, 50_010, { serial: 'A' })))).toBe(0)
    expect(judge(reading(100, 50_020, { serial: 'B' }))).toEqual({ reading: reading(100, 50_020, { serial: 'B', epoch: 1 }) })
  })

  test('a serial number that cannot be read for once is that of the last reading', () => {
    const { judge } = plausibility({ phases: 3 })
    judge(reading(0, 50_000, { serial: 'A' }))
    expect(judge(reading(1, 50_001))).toEqual({ reading: reading(1, 50_001, { serial: 'A' }) })
    expect(epochOf(judge(reading(2, 50_002, { serial: 'B' })))).toBe(1)
  })
})

test.each<[string, Partial<Reading>, boolean]>([
  ['0 V', { phases: [{ voltageV: 0 }] }, false],
  ['300 V', { phases: [{ voltageV: 300 }] }, false],
  ['301 V', { phases: [{ voltageV: 301 }] }, true],
  ['a negative voltage', { phases: [{ voltageV: 230 }, { voltageV: -1 }] }, true],
  ['200 A', { phases: [{ currentA: 200 }] }, false],
  ['201 A', { phases: [{ currentA: 201 }] }, true],
  ['45 Hz', { frequencyHz: 45 }, false],
  ['44.9 Hz', { frequencyHz: 44.9 }, true],
  ['65.1 Hz', { frequencyHz: 65.1 }, true],
  ['a phase of 61 kW', { phases: [{ powerW: 61_000 }] }, true],
  ['181 kW', { powerW: 181_000 }, true],
  ['-20 kW', { powerW: -20_000 }, false],
  ['no number', { powerW: Number.NaN }, true],
  ['no energy', { importWh: Number.NaN }, true],
  ['infinite energy', { importWh: Number.POSITIVE_INFINITY }, true],
  ['negative energy', { importWh: -1 }, true],
])('%s: refused %#', (_, more, refused) => {
  const verdict = plausibility({ phases: 3 }).judge(reading(0, 1, more))
  expect(isRefused(verdict)).toBe(refused)
})
