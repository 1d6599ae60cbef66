import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvseHardware, Lock } from '../../hal/types.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { Millis } from '../../src/base/units.ts'
import { readInputs } from '../../src/safety/inputs.ts'
import type { Scene } from '../../src/safety/interlocks.ts'
import { settingsOf } from '../../src/safety/limits.ts'
import { moveLock, unlockOutcome } from '../../src/safety/locking.ts'
import { initialState, type State } from '../../src/safety/state.ts'
import { timing } from '../../src/safety/timing.ts'

/** A lock that notes its pulses (s since the beginning) and moves only when a test says so. */
function bench(changes: Partial<State> = {}) {
  const clock = simulatedClock()
  const { board } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket' }] }, clock)
  const [evse] = board.evses as [EvseHardware]
  const time = timing()
  const state: State = { ...initialState(0, 32), isPlugged: true, ...changes }
  const begin = 100_000
  let now: Millis = begin
  let position: Lock['position'] = 'unlocked'
  const pulses: [seconds: number, to: string][] = []
  const lock: Lock = {
    get position() {
      return position
    },
    lock: () => pulses.push([(now - begin) / 1_000, 'locked']),
    unlock: () => pulses.push([(now - begin) / 1_000, 'unlocked']),
  }
  const hardware: EvseHardware = { ...evse, controller: { ...evse.controller, lock } }
  const scene = (): Scene => {
    time.begin(now)
    return {
      hardware,
      settings: settingsOf({}),
      market: 'eu',
      sampledAt: now,
      state,
      timing: time,
      lag: 0,
      isStale: false,
      inputs: { ...readInputs(board, hardware), mirror: false },
    }
  }
  return {
    state,
    pulses,
    stands: (at: Lock['position']) => {
      position = at
    },
    wait(by: Millis, hasWeld = false) {
      for (const end = now + by; now < end; now += 20) moveLock(scene(), hasWeld)
    },
    outcome: (hasWeld: boolean) => unlockOutcome(scene(), hasWeld),
  }
}

describe('rule 17: the lock is moved', () => {
  test('again each 5 s when it does not move, ten times a minute at the most', () => {
    const b = bench({ isLockHeld: true })
    b.wait(71_000)
    expect(b.pulses.map(([at]) => at)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 60, 65, 70])
    expect(b.state.lockFailures).toBe(3)
  })
  test('with failures that are forgotten once it stands where it should', () => {
    const b = bench({ isLockHeld: true })
    b.wait(10_020)
    expect(b.state.lockFailures).toBe(2)
    b.stands('locked')
    b.wait(20)
    expect(b.state.lockFailures).toBe(0)
  })
  test('never back before its pulse is over', () => {
    const b = bench({ isLockHeld: true })
    b.wait(200)
    b.stands('unknown')
    b.state.isLockHeld = false
    b.wait(2_000)
    expect(b.pulses).toEqual([
      [0, 'locked'],
      [1, 'unlocked'],
    ])
  })
  test('ten times in any 60 s, whatever the core wants and whenever it began', () => {
    const b = bench()
    const toggle = () => {
      b.state.isLockHeld = !b.state.isLockHeld
      b.wait(20)
      b.stands(b.state.isLockHeld ? 'locked' : 'unlocked')
      b.wait(1_000)
    }
    // One move, a long rest, then whatever can be had.
    toggle()
    b.wait(50_000)
    for (let turn = 0; turn < 100; turn++) toggle()
    const at = b.pulses.map(([second]) => second)
    expect(at.length).toBeGreaterThan(15)
    for (const [index, second] of at.entries()) expect((at[index + 10] ?? Number.POSITIVE_INFINITY) - second).toBeGreaterThanOrEqual(60)
  })
  test('never open with a weld', () => {
    const b = bench()
    b.stands('locked')
    b.wait(20_000, true)
    expect(b.pulses).toEqual([])
    b.wait(20)
    expect(b.pulses).toEqual([[20, 'unlocked']])
  })
})

test.each<[string, 'unlocked' | 'failed' | undefined, Lock['position'], Partial<State>, boolean?]>([
  ['while it moves', undefined, 'unknown', { unlockAskedAt: 93_001 }],
  ['when it has moved', 'unlocked', 'unlocked', { unlockAskedAt: 99_000 }],
  ['7 s after the question', 'failed', 'unknown', { unlockAskedAt: 93_000 }],
  ['while an offer is valid', 'failed', 'unlocked', { unlockAskedAt: 100_000, hasOffer: true }],
  ['with a weld', 'failed', 'locked', { unlockAskedAt: 100_000 }, true],
])('what is said of an unlock %s: %s', (_when, outcome, position, state, hasWeld = false) => {
  const b = bench(state)
  b.stands(position)
  expect(b.outcome(hasWeld)).toBe(outcome)
})
