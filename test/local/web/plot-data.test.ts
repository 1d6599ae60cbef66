import { expect, test } from 'vitest'
import { createTrail } from '../../../src/local/web/plot-data.ts'

test('points come back in columns, a missing figure as a gap', () => {
  const trail = createTrail(2, 10, 1)
  trail.add({ atS: 1, figures: [7, 16] })
  trail.add({ atS: 2, figures: [null] })
  expect(trail.data()).toEqual([
    [1, 2],
    [7, null],
    [16, null],
  ])
})

test('a point that is too near replaces the one before, and older ones are not taken back', () => {
  const trail = createTrail(1, 10, 10)
  for (const atS of [0, 4, 8, 12, 3]) trail.add({ atS, figures: [atS] })
  expect(trail.data()[0]).toEqual([0, 12])
})

test('a week of seconds stays bounded, even, and complete from its beginning to its newest point', () => {
  const most = 2_000
  const trail = createTrail(1, most, 1)
  const last = 7 * 86_400
  for (let atS = 0; atS <= last; atS += 1) trail.add({ atS, figures: [atS] })
  const [times] = trail.data()
  expect(times.length).toBeGreaterThan(most / 2 - 2)
  expect(times.length).toBeLessThanOrEqual(most)
  expect(times.at(-1)).toBe(last)
  const gaps = times.slice(1).map((atS, index) => atS - (times[index] ?? 0))
  expect(times[0]).toBeLessThanOrEqual(1_024)
  // All gaps alike, but for the last, which still grows.
  expect(new Set(gaps.slice(0, -1)).size).toBeLessThanOrEqual(2)
})
