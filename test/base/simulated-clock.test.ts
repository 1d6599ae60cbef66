import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, seconds } from '../../src/base/units.ts'

test('timers run in order of time, then of starting', async () => {
  const clock = simulatedClock()
  const seen: string[] = []
  clock.after('late', 20, () => seen.push('late'))
  clock.after('first', 10, () => seen.push('first'))
  clock.after('second', 10, () => seen.push('second'))
  await clock.advance(20)
  expect(seen).toEqual(['first', 'second', 'late'])
})

test('any timers run in that order, each at its own moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 60 }), async (delays) => {
      const clock = simulatedClock({ bootMs: 1_000 })
      const seen: (readonly [at: number, index: number])[] = []
      for (const [index, delay] of delays.entries()) clock.after(`timer ${index}`, delay, () => seen.push([clock.monotonic() - 1_000, index]))
      await clock.advance(50)
      const expected = delays.map((delay, index) => [delay, index] as const).sort(([a, i], [b, j]) => a - b || i - j)
      expect(seen).toEqual(expected)
      expect(clock.untilNext()).toBeUndefined()
    }),
    { numRuns: 50 },
  )
})

test('a period repeats from its own due time until it is stopped, by itself too', async () => {
  const clock = simulatedClock()
  const seen: number[] = []
  const timer = clock.every('tick', 30, () => {
    seen.push(clock.monotonic())
    if (seen.length === 3) timer.stop()
  })
  await clock.advance(45)
  expect(clock.untilNext()).toBe(15)
  await clock.advance(1_000)
  expect(seen).toEqual([30, 60, 90])
  expect(clock.monotonic()).toBe(1_045)
})

test('a timer that is started while others run gets its turn within the same advance', async () => {
  const clock = simulatedClock()
  const seen: string[] = []
  clock.after('a', 10, () => {
    clock.after('c', 0, () => seen.push('c'))
    clock.after('d', 5, () => seen.push(`d at ${clock.monotonic()}`))
  })
  clock.after('b', 10, () => seen.push('b'))
  await clock.advance(15)
  expect(seen).toEqual(['b', 'c', 'd at 15'])
})

test('a timer that is stopped by another of the same moment does not run', async () => {
  const clock = simulatedClock()
  let ran = false
  clock.after('a', 10, () => victim.stop())
  const victim = clock.after('b', 10, () => {
    ran = true
  })
  await clock.advance(10)
  expect(ran).toBe(false)
})

test('promises settle after each moment, before the next one', async () => {
  const clock = simulatedClock()
  const seen: string[] = []
  clock.after('a', 10, () => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => seen.push(`settled at ${clock.monotonic()}`))
  })
  clock.after('b', 20, () => seen.push('b'))
  await clock.advance(20)
  expect(seen).toEqual(['settled at 10', 'b'])
})

test('what was begun before the advance settles first and may start timers', async () => {
  const clock = simulatedClock()
  const seen: number[] = []
  void Promise.resolve().then(() => clock.after('a', 10, () => seen.push(clock.monotonic())))
  await clock.advance(10)
  expect(seen).toEqual([10])
})

test('wall time moves with the count; synchronising and shifting leave the count alone', async () => {
  const clock = simulatedClock({ epochMs: 0, bootMs: 500, boot: 'b' })
  await clock.advance(seconds(1))
  expect(clock.now()).toEqual({ bootMs: 1_500, boot: 'b', epochMs: 1_000, trusted: false })
  clock.synchronise(Date.UTC(2026, 0, 1))
  clock.shift(hours(1))
  await clock.advance(seconds(1))
  expect(clock.now()).toEqual({ bootMs: 2_500, boot: 'b', epochMs: Date.UTC(2026, 0, 1, 1, 0, 1), trusted: true })
})

test('a night at a tick of 20 ms is quick and exact', async () => {
  const clock = simulatedClock()
  let ticks = 0
  const timer = clock.every('tick', 20, () => ticks++)
  await clock.advance(seconds(600))
  timer.stop()
  expect(ticks).toBe(30_000)
})

test('timers that are stopped long before they are due are put away, and the others stay in order', async () => {
  const clock = simulatedClock()
  const ran: string[] = []
  for (let n = 0; n < 5_000; n++) {
    const timer = clock.after('never', seconds(3_600), () => ran.push('never'))
    clock.after('soon', n, () => ran.push(String(n)))
    timer.stop()
    timer.stop()
  }
  await clock.advance(seconds(3_601))
  expect(ran).toEqual(Array.from({ length: 5_000 }, (_, n) => String(n)))
})
