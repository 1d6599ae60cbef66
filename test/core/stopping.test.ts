import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { stopping } from '../../src/core/stopping.ts'
import type { Report } from '../../src/safety/port.ts'

/** A transaction that stops at 0 ms, and when its register was taken (ms). */
function stop() {
  const clock = simulatedClock()
  const from = clock.monotonic()
  const measuredAt: number[] = []
  const warnings: unknown[] = []
  const log = { ...silentLog, warn: (...said: unknown[]) => warnings.push(said) }
  const way = stopping({ evse: 1, reason: 'local', token: undefined, clock, log, measured: () => measuredAt.push(clock.monotonic() - from) })
  return {
    measuredAt,
    warnings,
    wait: (ms: number) => clock.advance(ms),
    finish: way.finish,
    /** What the guard says now: contacts open since then, and a reading of then (ms); undefined: closed, no reading. */
    follow: (openSince: number | undefined, readAt: number | undefined) =>
      way.follow(
        { reading: readAt === undefined ? undefined : { at: from + readAt, importWh: 0, phases: [] } } as Partial<Report> as Report,
        openSince === undefined ? undefined : from + openSince,
      ),
  }
}

test('the register is the first one that was read after the contacts opened, once', async () => {
  const s = stop()
  await s.wait(300)
  s.follow(300, 299)
  expect(s.measuredAt).toEqual([])
  await s.wait(700)
  s.follow(300, 1_000)
  s.follow(300, 2_000)
  await s.wait(60_000)
  expect(s.measuredAt).toEqual([1_000])
  expect(s.warnings).toEqual([])
})

test('a meter that says nothing is waited for 1.5 s after the contacts opened', async () => {
  const s = stop()
  await s.wait(300)
  s.follow(300, 200)
  await s.wait(60_000)
  expect(s.measuredAt).toEqual([1_800])
})

test('contacts that stay closed are waited for 8 s, with a warning', async () => {
  const s = stop()
  s.follow(undefined, 500)
  await s.wait(60_000)
  expect(s.measuredAt).toEqual([8_000])
  expect(s.warnings).toHaveLength(1)
})

test('contacts that were on their way when the stop came are waited for anew', async () => {
  const s = stop()
  s.follow(0, -500)
  await s.wait(1_000)
  s.follow(undefined, 900)
  await s.wait(5_000)
  expect(s.measuredAt).toEqual([])
  s.follow(6_000, 5_900)
  await s.wait(500)
  s.follow(6_000, 6_100)
  expect(s.measuredAt).toEqual([6_500])
})

test('finished before its time, it takes the register as it is, and says no more', async () => {
  const s = stop()
  await s.wait(100)
  s.finish()
  await s.wait(60_000)
  expect(s.measuredAt).toEqual([100])
  expect(s.warnings).toEqual([])
})
