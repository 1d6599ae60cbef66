import { expect, test } from 'vitest'
import { dutyCurrent } from '../../hal/simulated/ev.ts'
import { cableAmpsFor, debounce, debounceFor, dutyFor, hasDiode, isShort, pilotStateOf } from '../../src/safety/pilot.ts'
import type { PilotState } from '../../src/safety/port.ts'

// biome-ignore format: a table
test.each([[6, 10], [10, 16.667], [16, 26.667], [30, 50], [32, 53.333], [51, 85], [63, 89.2], [80, 96]])('%d A are said by a duty cycle of %d %%', (amps, duty) => {
  expect(dutyFor(amps)).toBeCloseTo(duty, 3)
  expect(dutyCurrent({ kind: 'pwm', duty: dutyFor(amps) })).toBeCloseTo(amps, 9)
})

test.each([5.99, 0, -1, 80.01, Number.NaN, Number.POSITIVE_INFINITY])('%d A have no duty cycle', (amps) => {
  expect(() => dutyFor(amps)).toThrow(RangeError)
})

// biome-ignore format: a table
test.each([[0, 0], [2.9, 0], [5, 0], [7.9, 0], [8, 6], [9.99, 6], [10, 6], [85, 51], [96, 80], [97, 80], [97.1, 0], [100, 0], [Number.NaN, 0]])('a car reads %d %% as %d A', (duty, amps) => {
  expect(dutyCurrent({ kind: 'pwm', duty })).toBeCloseTo(amps, 9)
})

// biome-ignore format: a table
test.each<[number, PilotState | undefined]>([
  [13, 'A'], [12, 'A'], [11, 'A'], [10, 'B'], [9, 'B'], [8, 'B'], [7, 'C'], [6, 'C'], [5, 'C'], [4, 'D'], [3, 'D'], [2, 'D'], [1.5, 'E'], [0, 'E'], [-1, 'E'], [-11, 'F'], [-12, 'F'], [-13, 'F'],
  [-6, undefined], [20, undefined], [Number.NaN, undefined],
])('%d V are state %s', (highV, state) => {
  expect(pilotStateOf({ highV, lowV: -12, at: 0 }, 'F')).toBe(state)
})

test('a voltage in the gap stays what it was while the edge is near, and goes to the nearest beyond', () => {
  expect(pilotStateOf({ highV: 7.5, lowV: -12, at: 0 }, 'C')).toBe('C')
  expect(pilotStateOf({ highV: 7.5, lowV: -12, at: 0 }, 'B')).toBe('B')
  expect(pilotStateOf({ highV: 7.7, lowV: -12, at: 0 }, 'C')).toBe('B')
  expect(pilotStateOf({ highV: 7.3, lowV: -12, at: 0 }, 'B')).toBe('C')
})

test('the diode is there when the negative half arrives at -12 V', () => {
  expect(hasDiode({ highV: 6, lowV: -12, at: 0 })).toBe(true)
  expect(hasDiode({ highV: 6, lowV: -6, at: 0 })).toBe(false)
  expect(hasDiode({ highV: 6, lowV: 0, at: 0 })).toBe(false)
})

test('both halves near 0 V are a short, unless the pilot is off', () => {
  expect(isShort({ highV: 0.4, lowV: -0.4, at: 0 }, { kind: 'steady' })).toBe(true)
  expect(isShort({ highV: 0.4, lowV: -12, at: 0 }, { kind: 'pwm', duty: 20 })).toBe(false)
  expect(isShort({ highV: 0, lowV: 0, at: 0 }, { kind: 'off' })).toBe(false)
})

test('leaving C is believed within 20 ms, entering C after 500 ms', () => {
  for (const to of ['A', 'B', 'E', 'F'] as const) expect(debounceFor('C', to)).toBeLessThanOrEqual(20)
  for (const from of ['A', 'B', 'E', 'F'] as const) expect(debounceFor(from, 'C')).toBe(500)
  expect(debounceFor('B', 'A')).toBe(debounce.toA)
})

// biome-ignore format: a table
test.each([
  [79.9, undefined], [80, 63], [100, 63], [139.9, 63], [140, 32], [220, 32], [307.9, 32], [308, 20], [680, 20], [935.9, 20], [936, 13], [1500, 13], [2459.9, 13],
  [2460, undefined], [0, undefined], [Number.POSITIVE_INFINITY, undefined], [Number.NaN, undefined], [undefined, undefined],
])('a cable of %s ohms may carry %s A', (ohms, amps) => {
  expect(cableAmpsFor(ohms)).toBe(amps)
})
