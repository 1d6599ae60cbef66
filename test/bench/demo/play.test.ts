import { expect, test } from 'vitest'
import { day } from '../../../bench/demo/day.ts'
import { type Pace, paced } from '../../../bench/demo/pace.ts'
import { playDay, timeOf } from '../../../bench/demo/play.ts'
import type { DayWorld, Step } from '../../../bench/demo/step.ts'
import { steppedClock } from '../../../bench/desk/passing.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { hours, millis, minutes, seconds } from '../../../src/base/units.ts'

const midnight = Date.UTC(2026, 2, 1)

/** A day of these steps at full speed: nothing is waited for. */
async function played(steps: readonly Step[], ended = new AbortController()) {
  const clock = steppedClock(midnight)
  const told: string[] = []
  const world = {
    stations: [{ id: 'CP-1', status: 'available', watts: 0 }],
    get now() {
      return clock.now().epochMs
    },
  } as unknown as DayWorld
  const narrator = {
    begins: ({ at, words }: Step, number: number) => told.push(`${at} ${number}. ${words}`),
    cameAbout: (words: string) => told.push(`came about: ${words}`),
    didNot: (words: string) => told.push(`did not: ${words}`),
  }
  const pace = paced(clock, clock, 1e9, ended.signal)
  const outcome = await playDay({ cards: [], stations: [], steps }, world, pace, midnight, narrator)
  return { told, outcome: outcome.map(({ failure }) => failure), clock }
}

const fine = { isSo: () => true, words: () => 'fine' }

test('what does not come about is told with how things stand, and the day goes on', async () => {
  const { told, outcome, clock } = await played([
    { at: '00:10', words: 'one', acts: [], outcome: { isSo: () => false, words: () => '' }, withinMin: 3 },
    { at: '00:20', words: 'two', acts: [() => Promise.reject(new Error('CP-1 answered error'))], outcome: fine },
    { at: '00:30', words: 'three', acts: [], outcome: { ...fine, isKept: async () => false } },
    { at: '23:00', words: 'four', acts: [], outcome: fine },
  ])
  expect(told).toEqual([
    ...['00:10 1. one', 'did not: it did not come about within 3 min: CP-1 available 0 W'],
    ...['00:20 2. two', 'did not: CP-1 answered error'],
    ...['00:30 3. three', 'did not: the database says otherwise'],
    ...['23:00 4. four', 'came about: fine'],
  ])
  expect(outcome.map((each) => each === undefined)).toEqual([false, false, false, true])
  expect(clock.now().epochMs).toBe(midnight + hours(24))
})

test('a day that is ended goes no further', async () => {
  const ended = new AbortController()
  const end = async () => ended.abort()
  const { told, outcome, clock } = await played(
    [
      { at: '00:01', words: 'one', acts: [], outcome: fine },
      { at: '00:02', words: 'two', acts: [end], outcome: fine },
      { at: '00:03', words: 'three', acts: [], outcome: fine },
    ],
    ended,
  )
  expect([told.at(-1), outcome.length]).toEqual(['00:02 2. two', 1])
  expect(clock.now().epochMs).toBe(midnight + minutes(2))
})

test('time passes so many times as fast as the real one', async () => {
  const real = simulatedClock()
  const pace: Pace = paced(steppedClock(midnight), real, 60, new AbortController().signal)
  let isDone = false
  void pace
    .until(() => false, midnight + minutes(2))
    .then(() => {
      isDone = true
    })
  while (!isDone) await real.advance(millis(1))
  expect(real.monotonic()).toBeGreaterThanOrEqual(seconds(2))
  expect(real.monotonic()).toBeLessThan(seconds(2.1))
})

test('an answer that does not come is an error', async () => {
  const clock = steppedClock(midnight)
  const pace = paced(clock, clock, 1e9, new AbortController().signal)
  await expect(pace.during(new Promise(() => {}), minutes(2))).rejects.toThrow('no answer within 120 s')
  expect(clock.now().epochMs).toBe(midnight + minutes(2))
})

test('the day is in order, each step leaves time for the one before, and every trouble has its remedy', () => {
  const ends = day.steps.map(({ at, withinMin = 5 }) => ({ at: timeOf(at), end: timeOf(at) + minutes(withinMin) }))
  for (const [at, { end }] of ends.entries()) expect(ends[at + 1]?.at ?? hours(24)).toBeGreaterThanOrEqual(end)
  expect(day.steps.filter(({ trouble }) => trouble !== undefined).length).toBeGreaterThanOrEqual(6)
})
