import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { SimulatedEvseSpec } from '../../hal/simulated/spec.ts'
import type { EvseHardware } from '../../hal/types.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { closing } from '../../src/safety/closing.ts'
import { type Inputs, readInputs } from '../../src/safety/inputs.ts'
import type { Scene } from '../../src/safety/interlocks.ts'
import { settingsOf } from '../../src/safety/limits.ts'
import { mayUnlock } from '../../src/safety/locking.ts'
import { reviewPhases } from '../../src/safety/phase-switching.ts'
import { initialState, type State } from '../../src/safety/state.ts'
import { timing } from '../../src/safety/timing.ts'

/** A socket outlet at which all is well, with what a test changes about it. */
function scene(changes: { state?: Partial<State>; inputs?: Partial<Inputs>; isStale?: boolean; evse?: Partial<SimulatedEvseSpec> } = {}): Scene {
  const clock = simulatedClock()
  const { board } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket', ...changes.evse }] }, clock)
  const hardware = board.evses[0] as EvseHardware
  const time = timing()
  time.begin(100_000)
  return {
    hardware,
    settings: settingsOf({ phaseSwitching: 'on' }),
    timing: time,
    market: 'eu',
    sampledAt: 100_000,
    lag: 0,
    isStale: changes.isStale ?? false,
    inputs: { ...readInputs(board, hardware), mirror: false, lock: 'locked', ...changes.inputs },
    state: {
      ...initialState(0, 32),
      pilot: 'C',
      isPlugged: true,
      cableAmps: 32,
      drive: 'pwm',
      phase: 'offering',
      phaseSince: 90_000,
      selfTest: 'passed',
      ...changes.state,
    },
  }
}
const reading = (...amps: number[]) => ({ at: 99_000, importWh: 0, phases: amps.map((currentA) => ({ currentA })) })

describe('rule 9: the contactor closes', () => {
  const closes = (changes?: Parameters<typeof scene>[0]) => {
    const present = scene(changes)
    return closing.every((each) => each.holds(present))
  }
  test('when all is well, also 5 s after it opened', () => {
    expect(closes()).toBe(true)
    expect(closes({ state: { openedAt: 95_000 } })).toBe(true)
  })
  test.each<[string, Parameters<typeof scene>[0]]>([
    ['the EV is in B', { state: { pilot: 'B' } }],
    ['the EV wants ventilation that is not there', { state: { pilot: 'D' } }],
    ['the sample is old', { isStale: true }],
    ['the pilot is steady', { state: { drive: 'steady' } }],
    ['PWM runs since this very tick', { state: { phaseSince: 100_000 } }],
    ['the self-test runs', { state: { selfTest: 'running' } }],
    ['the self-test failed', { state: { selfTest: 'failed' } }],
    ['the cable has no rating', { state: { cableAmps: 0 } }],
    ['the lock is open', { inputs: { lock: 'unlocked' } }],
    ['the lock is under way', { inputs: { lock: 'unknown' } }],
    ['the mirror contact says closed already', { inputs: { mirror: true } }],
    ['it opened less than 5 s ago', { state: { openedAt: 95_001 } }],
  ])('not when %s', (_name, changes) => {
    expect(closes(changes)).toBe(false)
  })
})

describe('rule 11: the plug is let go', () => {
  test('when the contacts are open and no current flows', () => {
    expect(mayUnlock(scene(), false)).toBe(true)
    expect(mayUnlock(scene({ inputs: { reading: reading(0.5, 0, 0.2) } }), false)).toBe(true)
    expect(mayUnlock(scene({ inputs: { reading: undefined } }), false)).toBe(true)
  })
  test.each<[string, Parameters<typeof scene>[0], boolean]>([
    ['the mirror contact says closed', { inputs: { mirror: true } }, false],
    ['the contactor is told to be closed', { state: { isCommanded: true } }, false],
    ['a weld is latched', {}, true],
    ['more than 0.5 A flow on any phase', { inputs: { reading: reading(0, 0.51, 0) } }, false],
  ])('never while %s, whatever the pilot says', (_name, changes, hasWeld) => {
    for (const pilot of ['A', 'B', 'C', 'E', 'F'] as const) expect(mayUnlock(scene({ ...changes, state: { ...changes?.state, pilot } }), hasWeld)).toBe(false)
  })
})

describe('rule 17: the phases are switched', () => {
  const wanted: Partial<State> = { hasOffer: true, offerPhases: 1, phases: 3, drive: 'steady', phase: 'idle', unloadedSince: 90_000 }
  const review = ({ state, inputs }: Parameters<typeof scene>[0] & object = {}, hasWeld = false) => {
    const present = scene({ evse: { has: ['phaseSwitch'] }, state: { ...wanted, ...state }, ...(inputs === undefined ? {} : { inputs }) })
    const mayOffer = reviewPhases(present, hasWeld)
    return { mayOffer, phases: present.hardware.controller.phaseSwitch?.phases, state: present.state }
  }
  test('10 s after the last load, and nothing is offered for 10 s more', () => {
    expect(review()).toMatchObject({ mayOffer: false, phases: 1, state: { phases: 1, switching: 'after' } })
    const after: Partial<State> = { phases: 1, switching: 'after', switchedAt: 90_001 }
    expect(review({ state: after, inputs: { phases: 1 } }).mayOffer).toBe(false)
    expect(review({ state: { ...after, switchedAt: 90_000 }, inputs: { phases: 1 } }).mayOffer).toBe(true)
  })
  test('not for what is in force already, nor without an offer', () => {
    expect(review({ state: { offerPhases: 3 } })).toMatchObject({ mayOffer: true, phases: 3 })
    expect(review({ state: { hasOffer: false } })).toMatchObject({ mayOffer: true, phases: 3 })
    expect(review({ state: { hasSwitchFailed: true } })).toMatchObject({ mayOffer: true, phases: 3 })
  })
  test('where the switch does not say how it stands', () => {
    expect(review({ state: { phases: undefined } })).toMatchObject({ mayOffer: false, phases: 1 })
  })
  test.each<[string, Parameters<typeof scene>[0] & object, boolean?]>([
    ['PWM runs', { state: { drive: 'pwm' } }],
    ['the contactor is told to be closed', { state: { isCommanded: true } }],
    ['the contactor is opening', { state: { phase: 'opening' } }],
    ['the mirror contact says closed', { inputs: { mirror: true } }],
    ['current flows', { inputs: { reading: reading(0, 0.6, 0) } }],
    ['a weld is latched', {}, true],
    ['nothing has flowed for less than 10 s', { state: { unloadedSince: 90_001 } }],
  ])('never while %s', (_name, changes, hasWeld) => {
    expect(review(changes, hasWeld)).toMatchObject({ mayOffer: false, phases: 3, state: { switching: 'before' } })
  })
})
