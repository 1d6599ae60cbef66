import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { patternOf, shippedPatterns } from '../../../bench/fleet/read-pattern.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-pattern-'))
const written = (text: string) => {
  const path = join(directory, 'mine.yaml')
  writeFileSync(path, text)
  return patternOf(path)
}
const evs = 'evs: [{ batteryKwh: 60 }]'

test('every pattern that comes with Pilotwire can be read by its name', async () => {
  const { names } = shippedPatterns()
  expect(names).toEqual(['commuter', 'depot-night', 'poisson', 'steady'])
  for (const name of names) expect((await patternOf(name)).about).not.toBe('')
})

test('an unknown name is answered by the nearest one', async () => {
  await expect(patternOf('comuter')).rejects.toThrow('--pattern: no pattern comuter comes with Pilotwire. Did you mean commuter?')
})

test.each([
  [`about: x\narrivals: {}\n${evs}`, 'arrivals: says not once when cars come (line 2). Write steady: true, or perDay'],
  [`about: x\narrivals: { perDay: 3 }\n${evs}`, 'stay: does not say when cars leave'],
  [`about: x\narrivals: { steady: true, perDay: 3 }\n${evs}`, 'arrivals: says not once when cars come'],
  [
    'about: x\narrivals: { steady: true }\nevs:\n  - batteryKwh: 60\n    arrivesWith: [60, 20]',
    'evs.0.arrivesWith: has the larger number first (line 5). Write [20, 60]',
  ],
  ['about: x\narrivals: { steady: true }\nevs:\n  - batteryKwh: 60\n    maxAmp: 16', 'evs.0.maxAmp'],
  [`about: x\narrivals: { perDay: 3, byHour: [1, 2] }\nstay: { minutes: [1, 2] }\n${evs}`, 'arrivals.byHour'],
  [`about: x\narrivals: { steady: true }\ncards: { list: [A], count: 3 }\n${evs}`, 'cards.list: does not go with template and count'],
  ['about: x\narrivals: { steady: true }\nevs: [{ batteryKwh: 60, share: 0 }]', 'evs: has no car that comes'],
  [`about: x\narrivals: { perDay: 1 }\nstay: { until: ["5:3", "06:00"] }\n${evs}`, 'stay.until.0'],
])('a pattern that is none names file, field and remedy: %s', async (text, words) => {
  await expect(written(text)).rejects.toThrow(`${join(directory, 'mine.yaml')}: ${words}`)
})
