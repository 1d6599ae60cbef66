import { describe, expect, test } from 'vitest'
import { type Clock, plausibleSinceMs } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes } from '../../src/base/units.ts'
import { bootDocuments, noteBoot, settledMoments } from '../../src/core/moments.ts'
import { openStore } from '../../src/store/open.ts'

const trueTime = Date.UTC(2026, 5, 1, 12)
const before: Moment = { bootMs: 5_000, boot: 'first', epochMs: 5_000, trusted: false }

/** A ledger with these moments in it, and the origins that are kept beside it. */
function bench(...noted: readonly Moment[]) {
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<{ kind: 'noted' }>()
  const note = (at: Moment) => ledger.append(at, { kind: 'noted' }, { durability: 'grouped' })
  for (const at of noted) note(at)
  const documents = bootDocuments(store)
  return { documents, note, settledBy: (clock: Clock) => settledMoments(documents, ledger, clock) }
}

test('a moment of this boot gets the time that the boot learnt later, and keeps it when the clock is corrected', async () => {
  const clock = simulatedClock({ epochMs: 0, boot: 'first' })
  await clock.advance(10_000)
  const settled = bench(before).settledBy(clock)
  clock.synchronise(trueTime + 10_000)
  expect(settled(before)).toEqual({ ...before, epochMs: trueTime + 5_000, trusted: true })
  clock.synchronise(trueTime + 60_000)
  expect(settled(before).epochMs).toBe(trueTime + 5_000)
})

test('a later program of the same boot, and of the next one, tells the same', async () => {
  const b = bench(before)
  const clock = simulatedClock({ epochMs: 0, boot: 'first' })
  clock.synchronise(trueTime)
  expect(b.settledBy(clock)(before).epochMs).toBe(trueTime + 5_000)
  const next = b.settledBy(simulatedClock({ epochMs: trueTime + 1e9, boot: 'second' }))
  expect(next(before).epochMs).toBe(trueTime + 5_000)
})

test('a clock that stood behind is put right, one that differs by little or slept is left alone, and none lies ahead', () => {
  const clock = simulatedClock({ boot: 'first', bootMs: hours(10) })
  clock.synchronise(trueTime + hours(10))
  const settled = bench(before).settledBy(clock)
  const noted = (byMs: number) => settled({ ...before, epochMs: trueTime + 5_000 + byMs }).epochMs - trueTime - 5_000
  expect([noted(-hours(1)), noted(-900), noted(900), noted(hours(1)), noted(hours(11))]).toEqual([0, -900, 900, hours(1), 0])
})

test('a moment that was sure of its time stays as it is', () => {
  const clock = simulatedClock({ boot: 'first' })
  const sure = { ...before, epochMs: trueTime, trusted: true }
  expect(bench(sure).settledBy(clock)(sure)).toEqual(sure)
})

describe('a boot that never learnt the time', () => {
  const unknown = (boot: string, bootMs: number): Moment => ({ boot, bootMs, epochMs: bootMs, trusted: false })
  const known = (boot: string, bootMs: number, originMs: number): Moment => ({ boot, bootMs, epochMs: originMs + bootMs, trusted: true })
  const nowIn = (boot: string) => {
    const clock = simulatedClock({ boot, epochMs: 0 })
    clock.synchronise(trueTime)
    return clock
  }
  test('ended just before the next one that knows it, and so did those before it', () => {
    const facts = [unknown('a', minutes(1)), unknown('a', minutes(30)), unknown('b', minutes(2)), unknown('b', hours(1))]
    const settled = bench(...facts).settledBy(nowIn('c'))
    const [b, a] = [trueTime - hours(1), trueTime - hours(1) - minutes(30)]
    expect(facts.map((each) => settled(each).epochMs)).toEqual([a + minutes(1), a + minutes(30), b + minutes(2), b + hours(1)])
  })
  test('lasted longer than to its last fact, where it was noted that it was alive', async () => {
    const b = bench(unknown('a', minutes(1)))
    const clock = simulatedClock({ boot: 'a', epochMs: 0 })
    await clock.advance(hours(2))
    noteBoot(b.documents, clock)
    const settled = b.settledBy(nowIn('b'))
    expect(settled(unknown('a', minutes(1))).epochMs).toBe(trueTime - hours(2) + minutes(1))
  })
  test('began after the last fact whose time is known', () => {
    const last = known('a', minutes(5), trueTime - hours(2))
    const facts = [last, unknown('b', minutes(1)), unknown('b', hours(3))]
    const settled = bench(...facts).settledBy(nowIn('c'))
    expect(facts.map((each) => settled(each).epochMs)).toEqual([last.epochMs, last.epochMs + minutes(1), last.epochMs + hours(3)])
  })
  test('is told at the same time again by a later boot whose clock says something else', () => {
    const fact = unknown('a', minutes(1))
    const b = bench(fact)
    const first = b.settledBy(nowIn('b'))(fact)
    const clock = simulatedClock({ boot: 'c' })
    clock.synchronise(trueTime + hours(50))
    expect(b.settledBy(clock)(fact)).toEqual(first)
  })
  test('is believed where the clock of its computer fits between those that are known, and not where it does not', () => {
    const computer = (originMs: number): Moment => ({ boot: 'b', bootMs: minutes(3), epochMs: originMs + minutes(3), trusted: false })
    const told = (originMs: number) => bench(known('a', 0, trueTime - hours(9)), computer(originMs)).settledBy(nowIn('c'))(computer(originMs)).epochMs
    expect(told(trueTime - hours(5))).toBe(trueTime - hours(5) + minutes(3))
    // A battery that ran out, and one that somebody set to next year.
    for (const origin of [trueTime - hours(500), trueTime + hours(9_000)]) expect(told(origin)).toBe(trueTime)
  })
  test('is told after 2024 and in order where the central system does not know the time either', () => {
    const facts = [unknown('a', minutes(1)), unknown('a', minutes(9)), unknown('b', minutes(2)), unknown('c', minutes(1))]
    const clock = simulatedClock({ boot: 'c', epochMs: 0 })
    clock.synchronise(0)
    const b = bench(...facts)
    const settled = b.settledBy(clock)
    const times = facts.map((each) => settled(each).epochMs - plausibleSinceMs)
    expect(times).toEqual([minutes(1), minutes(9), minutes(11), minutes(12)])
    // A time that this boot learns later is better than such a guess, and counts for a program that comes after this one.
    expect(b.documents.origins.get('c')).toBeUndefined()
  })
})
