import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { settledMoments } from '../../src/core/moments.ts'
import { openStore } from '../../src/store/open.ts'

const trueTime = Date.UTC(2026, 5, 1, 12)
const documents = () => openStore({ directory: undefined, log: silentLog }).documents<number>('clock-origins')
const before: Moment = { bootMs: 5_000, boot: 'first', epochMs: 5_000, trusted: false }

test('a moment of this boot gets the time that the boot learnt later, and keeps it when the clock is corrected', async () => {
  const clock = simulatedClock({ epochMs: 0, boot: 'first' })
  const settled = settledMoments(documents(), clock)
  await clock.advance(10_000)
  expect(settled(before)).toEqual(before)
  clock.synchronise(trueTime + 10_000)
  expect(settled(before)).toEqual({ ...before, epochMs: trueTime + 5_000, trusted: true })
  clock.synchronise(trueTime + 60_000)
  expect(settled(before).epochMs).toBe(trueTime + 5_000)
})

test('a later program of the same boot knows it, another boot does not', async () => {
  const origins = documents()
  const clock = simulatedClock({ epochMs: 0, boot: 'first' })
  clock.synchronise(trueTime)
  settledMoments(origins, clock)(before)
  const next = settledMoments(origins, simulatedClock({ epochMs: trueTime + 1e9, boot: 'second' }))
  expect(next(before).epochMs).toBe(trueTime + 5_000)
  const unknown = { ...before, boot: 'zeroth' }
  expect(next(unknown)).toEqual(unknown)
})

test('a clock that stood behind is put right, one that differs by little or stood ahead is left alone', () => {
  const clock = simulatedClock({ boot: 'first' })
  clock.synchronise(trueTime)
  const settled = settledMoments(documents(), clock)
  const noted = (byMs: number) => settled({ ...before, epochMs: trueTime + 5_000 + byMs }).epochMs - trueTime - 5_000
  expect([noted(-3_600_000), noted(-900), noted(900), noted(3_600_000)]).toEqual([0, -900, 900, 3_600_000])
})

test('a moment that was sure of its time stays as it is', () => {
  const clock = simulatedClock({ boot: 'first' })
  const sure = { ...before, epochMs: trueTime, trusted: true }
  expect(settledMoments(documents(), clock)(sure)).toEqual(sure)
})
