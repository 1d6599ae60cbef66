import { expect, test } from 'vitest'
import { stuckWatch } from '../../../src/core/site/stuck.ts'

/** Readings each second: what the grid shows on L1, and what the cars draw. */
function believed(course: readonly (readonly [grid: number, cars: number])[]): readonly boolean[] {
  const watch = stuckWatch()
  return course.map(([grid, cars], second) => watch({ at: second * 1_000, amps: [grid, 3, 0], watts: 230 * grid }, cars))
}
const quiet = Array.from({ length: 5 }, () => [9, 6] as const)

test('a quiet house is believed as long as it is quiet', () => expect(believed([...quiet, ...quiet, ...quiet])).not.toContain(false))

test('what shows the same while the cars draw another current is stuck, until it shows something else', () =>
  expect(believed([...quiet, [9, 7.9], [9, 8.1], [9, 6], [9.1, 6], [9.1, 20]])).toEqual([...quiet.map(() => true), true, false, false, true, true]))

test('the meter of a car may be later than that of the grid', () =>
  expect(
    believed([
      [9, 16],
      [9, 3],
      [9, 0],
      [9, 0],
      [9, 0],
    ]),
  ).not.toContain(false))
