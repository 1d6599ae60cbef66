import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { alignedTimetable } from '../../src/core/timetables.ts'
import { keptLog } from '../store/directories.ts'

const noon = Date.UTC(2026, 2, 1, 12)

function bench(log = silentLog) {
  const clock = simulatedClock({ epochMs: 0 })
  const runs: number[] = []
  const table = alignedTimetable(clock, log, 'aligned', (at) => void runs.push(at.epochMs))
  return { clock, table, runs, minutesTold: () => runs.map((ms) => (ms - noon) / 60_000) }
}

test('a boundary comes once, also where the clock is set back over it, and the log says what is left out', async () => {
  const log = keptLog()
  const b = bench(log)
  b.clock.synchronise(noon - 1_000)
  b.table.set(minutes(15))
  await b.clock.advance(minutes(50))
  b.clock.synchronise(noon + minutes(20))
  await b.clock.advance(minutes(45))
  expect(b.minutesTold()).toEqual([0, 15, 30, 45, 60])
  expect(log.lines.map(({ event, fields }) => [event, fields.boundary])).toEqual([
    ['a clock-aligned sample is left out: the clock was set back, and there was one at this time', '2026-03-01T12:30:00.000Z'],
  ])
})

test('nothing comes while the time is not known, and the log says so once', async () => {
  const log = keptLog()
  const b = bench(log)
  b.table.set(minutes(15))
  await b.clock.advance(hours(5))
  b.clock.synchronise(noon + minutes(1))
  await b.clock.advance(minutes(30))
  expect(b.minutesTold()).toEqual([15, 30])
  expect(log.lines.map(({ event }) => event)).toEqual(['a clock-aligned sample is left out: the time is not known'])
})

test('one that passes before it is noticed that the clock was set is left out, and the log says so', async () => {
  const log = keptLog()
  const b = bench(log)
  b.clock.synchronise(noon + hours(5) + 1)
  b.table.set(minutes(15))
  await b.clock.advance(minutes(1))
  b.clock.synchronise(noon - seconds(10))
  await b.clock.advance(minutes(20))
  expect(b.minutesTold()).toEqual([15])
  expect(log.lines.map(({ event }) => event)).toEqual(['a clock-aligned sample is left out: the clock was set just before it'])
})

test('however the clock steps: each boundary at most once, exactly on it, and each that the clock went over without a step', async () => {
  const acts = fc.array(
    fc.oneof(
      fc.integer({ min: -hours(3), max: hours(3) }).map((by) => ({ what: 'step', by }) as const),
      fc.integer({ min: 1, max: hours(2) }).map((by) => ({ what: 'wait', by }) as const),
    ),
    { maxLength: 25 },
  )
  await fc.assert(
    fc.asyncProperty(acts, fc.constantFrom(minutes(1), minutes(15), seconds(7_000)), async (all, interval) => {
      const b = bench()
      b.clock.synchronise(noon)
      b.table.set(interval)
      const owed = new Set<number>()
      for (const { what, by } of all) {
        if (what === 'step') {
          b.clock.synchronise(b.clock.now().epochMs + by)
          // It is noticed within a minute.
          await b.clock.advance(minutes(1))
          continue
        }
        const from = b.clock.now().epochMs
        await b.clock.advance(by)
        for (let at = from + 1; at <= b.clock.now().epochMs; at = nextBoundary(at, interval) + 1) {
          const boundary = nextBoundary(at, interval)
          if (boundary <= b.clock.now().epochMs) owed.add(boundary)
        }
      }
      expect(new Set(b.runs).size).toBe(b.runs.length)
      expect(b.runs.every((at) => nextBoundary(at, interval) === at)).toBe(true)
      expect([...owed].filter((at) => !b.runs.includes(at))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

/** The first boundary at or after a moment: multiples of the interval from midnight, and midnight. */
function nextBoundary(at: number, interval: number): number {
  const day = hours(24)
  const midnight = Math.floor(at / day) * day
  return midnight + Math.min(Math.ceil((at - midnight) / interval) * interval, day)
}
