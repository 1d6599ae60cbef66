import { describe, expect, test } from 'vitest'
import { isPlausible, plausibleSinceMs, plausibleUntilMs, systemClock, wallClock } from '../../src/base/clock.ts'
import { hours } from '../../src/base/units.ts'

const truth = Date.UTC(2026, 2, 1, 8, 0, 0)

/** A machine whose wall clock reads `systemMs` when it boots. */
function machine(systemMs: number) {
  const state = { elapsedMs: 0, systemMs }
  const wall = wallClock(
    () => state.elapsedMs,
    () => state.systemMs + state.elapsedMs,
    'boot-1',
  )
  return { wall, state }
}

describe('the wall clock', () => {
  test('of a board without a real-time clock is not trusted until somebody tells the time', () => {
    const { wall, state } = machine(0)
    state.elapsedMs = 5_000
    expect(wall.now()).toEqual({ bootMs: 5_000, boot: 'boot-1', epochMs: 5_000, trusted: false })
    expect(wall.synchronise(truth)).toBe(true)
    state.elapsedMs = 6_000
    expect(wall.now()).toEqual({ bootMs: 6_000, boot: 'boot-1', epochMs: truth + 1_000, trusted: true })
  })

  test('that is plausible may be that of the last shut-down: it is not trusted before somebody agrees with it', () => {
    const { wall } = machine(truth)
    expect(wall.now().trusted).toBe(false)
    wall.synchronise(truth)
    expect(wall.now()).toMatchObject({ epochMs: truth, trusted: true })
  })

  test('is not moved by the delay of the network', () => {
    const { wall } = machine(truth)
    wall.synchronise(truth + 900)
    expect(wall.now().epochMs).toBe(truth)
    wall.synchronise(truth - 1_100)
    expect(wall.now().epochMs).toBe(truth - 1_100)
  })

  test.each([0, Number.NaN, plausibleSinceMs - 1, plausibleUntilMs, Number.POSITIVE_INFINITY])('refuses to be set to %d', (epochMs) => {
    const { wall } = machine(0)
    expect(wall.synchronise(epochMs)).toBe(false)
    expect(wall.now()).toMatchObject({ epochMs: 0, trusted: false })
  })

  test('stays right when the system sets its own clock after us', () => {
    const { wall, state } = machine(0)
    wall.synchronise(truth)
    state.systemMs = truth
    expect(wall.now().epochMs).toBe(truth)
    state.elapsedMs = 10_000
    wall.synchronise(truth + 10_000)
    expect(wall.now().epochMs).toBe(truth + 10_000)
  })

  test('can be shifted for a bench; shifts add up and the count is untouched', () => {
    const { wall } = machine(truth)
    wall.shift(hours(2))
    wall.shift(-hours(1))
    expect(wall.now()).toMatchObject({ bootMs: 0, epochMs: truth + hours(1) })
    wall.synchronise(truth)
    expect(wall.now().epochMs).toBe(truth + hours(1))
  })
})

test('plausible is from 2025 to 2099', () => {
  expect([plausibleSinceMs - 1, plausibleSinceMs, plausibleUntilMs - 1, plausibleUntilMs].map(isPlausible)).toEqual([false, true, true, false])
})

describe('the clock of the machine', () => {
  test('counts up, keeps its boot and fires its timers', async () => {
    const clock = systemClock()
    const before = clock.now()
    await new Promise<void>((resolve) => {
      const timer = clock.every('tick', 1, () => {
        timer.stop()
        clock.after('once', 1, resolve)
      })
    })
    const after = clock.now()
    expect(after.boot).toBe(before.boot)
    expect(after.bootMs).toBeGreaterThan(before.bootMs)
  })

  test('a timer that was stopped does not fire, nor one whose time has not come, however long its delay', async () => {
    const clock = systemClock()
    let fired = 0
    clock.after('short', 0, () => fired++).stop()
    // Beyond the 32 bits of setTimeout, which would fire at once.
    const long = clock.after('long', hours(24 * 60), () => fired++)
    const rare = clock.every('rare', hours(24 * 60), () => fired++)
    await new Promise<void>((resolve) => clock.after('later', 5, resolve))
    long.stop()
    rare.stop()
    expect(fired).toBe(0)
  })
})
