import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { EvseHardware, Reading, SafetySettings } from '../../hal/types.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import type { Millis } from '../../src/base/units.ts'
import { faultBook } from '../../src/safety/fault-book.ts'
import { type Inputs, readInputs } from '../../src/safety/inputs.ts'
import { volatileLatch } from '../../src/safety/latch.ts'
import { settingsOf } from '../../src/safety/limits.ts'
import type { Fault } from '../../src/safety/port.ts'
import { initialState, type State } from '../../src/safety/state.ts'
import { timing } from '../../src/safety/timing.ts'
import { serviceBook } from '../../src/safety/wear.ts'

/** What a tick sees beside an outlet at which all is well. */
interface Sight {
  readonly state?: Partial<State>
  readonly inputs?: Partial<Inputs>
  readonly isStale?: boolean
  readonly lag?: Millis
}

/** The faults of a socket outlet that is looked at each 20 ms. */
function bookOf(options: { settings?: Partial<SafetySettings>; nominalVoltageV?: number; hasVentilation?: boolean } = {}) {
  const clock = simulatedClock()
  const { nominalVoltageV = 230, hasVentilation = false } = options
  const evse = { maxAmps: 32, phases: 3, cable: 'socket', nominalVoltageV, hasVentilation } as const
  const { board } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [evse] }, clock)
  const hardware = board.evses[0] as EvseHardware
  const settings = settingsOf(options.settings ?? {})
  const time = timing()
  const book = faultBook(serviceBook(volatileLatch()).of(1).weld)
  let now: Millis = 100_000
  const well: Inputs = { ...readInputs(board, hardware), mirror: false, pilot: { highV: 9, lowV: -12, at: 0 }, celsius: 25 }
  const look = ({ state = {}, inputs = {}, isStale = false, lag = 0 }: Sight) => {
    now += 20
    time.begin(now)
    const reading: Reading = { at: now, importWh: 0, phases: [0, 1, 2].map(() => ({ voltageV: nominalVoltageV, currentA: 0 })) }
    const present: State = { ...initialState(0, 32), drive: 'steady', cableAmps: 32, ...state }
    book.review({ hardware, settings, market: 'eu', sampledAt: now, timing: time, lag, isStale, inputs: { ...well, reading, ...inputs }, state: present })
    return book.active
  }
  /** For how long `sight` must last until the fault is there, or gone; Infinity: more than a minute. */
  const lasts = (isDone: (active: readonly Fault[]) => boolean, sight: () => Sight): Millis => {
    const from = now + 20
    while (!isDone(look(sight()))) if (now - from > 60_000) return Number.POSITIVE_INFINITY
    return now - from
  }
  return {
    book,
    look,
    now: () => now,
    untilRaised: (fault: Fault, sight: () => Sight) => lasts((active) => active.includes(fault), sight),
    untilGone: (fault: Fault, sight: () => Sight = () => ({})) => lasts((active) => !active.includes(fault), sight),
  }
}
type Bench = ReturnType<typeof bookOf>

const volts =
  (...phases: number[]) =>
  (bench: Bench): Sight => ({ inputs: { reading: { at: bench.now(), importWh: 0, phases: phases.map((voltageV) => ({ voltageV })) } } })
const never = Number.POSITIVE_INFINITY

describe('a fault is there after its time, and gone after its time', () => {
  test.each<[Fault, string, Millis, Millis, (bench: Bench) => Sight, Parameters<typeof bookOf>[0]?]>([
    ['emergencyStop', 'the button', 0, 0, () => ({ inputs: { isEmergency: true } })],
    ['weld', 'the mirror contact says closed', 500, never, () => ({ inputs: { mirror: true } })],
    ['currentWhileOpen', '1.1 A', 2_000, 2_000, (b) => ({ inputs: { reading: { at: b.now(), importWh: 0, phases: [{ currentA: 1.1 }] } } })],
    ['temperatureSensor', 'no temperature', 1_000, 1_000, () => ({ inputs: { celsius: undefined } }), { settings: { onSensorLost: 'stop' } }],
    ['pilotShort', 'both half waves at 0 V', 100, 0, () => ({ inputs: { pilot: { highV: 0, lowV: 0, at: 0 } }, state: { pilot: 'E' } })],
    ['pilotStale', 'an old sample', 0, 1_000, () => ({ isStale: true })],
    ['ventilation', 'state D', 480, 0, () => ({ state: { pilot: 'D' } })],
    ['proximity', 'a cable without a rating', 500, 0, () => ({ state: { isPlugged: true, pilot: 'B', cableAmps: 0 } })],
    ['voltage', '265 V on a phase', 10_000, 10_000, volts(230, 265, 230)],
    ['voltage', '100 V on a phase, which is not a dead one', 10_000, 10_000, volts(230, 100, 230)],
    ['voltage', 'no phase alive', 10_000, 10_000, volts(0, 0, 0)],
    ['phaseLoss', 'a dead phase', 2_000, 10_000, volts(230, 40, 230)],
    ['tamper', 'the lid', 100, never, () => ({ inputs: { isTampered: true } })],
    ['loopLag', 'a tick 101 ms late', 0, 10_000, () => ({ lag: 101, state: { isCommanded: true } })],
    ['board', 'the board failed', 0, never, () => ({ inputs: { hasBoardFailed: true } })],
    ['board', 'the latch failed', 0, never, () => ({ state: { hasLatchFailed: true } })],
    ['overTemperature', '75 C', 0, 0, () => ({ inputs: { celsius: 75 } })],
    ['noClose', 'three failed closes', 0, 0, () => ({ state: { failedCloses: 3 } })],
    ['lock', 'two moves without effect', 0, 0, () => ({ state: { lockFailures: 2 } })],
  ])('%s: %s', (fault, _cause, after, goneFor, sight, options) => {
    const bench = bookOf(options)
    expect(bench.untilRaised(fault, () => sight(bench))).toBe(after)
    expect(bench.untilGone(fault)).toBe(goneFor)
  })

  test.each(['B', 'C', 'D'] as const)('diode: the negative half wave is missing at %s, until the EV leaves', (pilot) => {
    const bench = bookOf({ hasVentilation: true })
    const isThere: Sight = { state: { pilot, isPlugged: true, drive: 'pwm' } }
    expect(bench.untilRaised('diode', () => ({ ...isThere, inputs: { pilot: { highV: 9, lowV: -9, at: 0 } } }))).toBe(100)
    expect(bench.untilGone('diode', () => isThere)).toBe(never)
    expect(bench.untilGone('diode')).toBe(0)
  })

  test('meterLost: no reading for 5 s, or none newer than 25 s', () => {
    const silent = bookOf()
    const since = silent.now() + 20
    expect(silent.untilRaised('meterLost', () => ({ inputs: { reading: undefined }, state: { silentSince: since } }))).toBe(5_000)
    const stuck = bookOf()
    const reading: Reading = { at: stuck.now() + 20, importWh: 0, phases: [{ voltageV: 230 }] }
    expect(stuck.untilRaised('meterLost', () => ({ inputs: { reading } }))).toBe(25_000)
    expect(stuck.untilGone('meterLost')).toBe(0)
  })
})

describe('no fault is', () => {
  test.each<[string, Fault, (bench: Bench) => Sight, Parameters<typeof bookOf>[0]?]>([
    ['a late tick while the contactor is open', 'loopLag', () => ({ lag: 10_000 })],
    ['a tick 100 ms late', 'loopLag', () => ({ lag: 100, state: { isCommanded: true } })],
    ['a trip that ends the self-test', 'residualCurrent', () => ({ inputs: { isTripped: true }, state: { selfTest: 'ending' } })],
    ['a pilot at 0 V while F is driven', 'pilotShort', () => ({ inputs: { pilot: { highV: 0, lowV: 0, at: 0 } }, state: { drive: 'fault' } })],
    ['state D in a room that is ventilated', 'ventilation', () => ({ state: { pilot: 'D' } }), { hasVentilation: true }],
    ['1 A after the opening', 'currentWhileOpen', (b) => ({ inputs: { reading: { at: b.now(), importWh: 0, phases: [{ currentA: 1 }] } } })],
    [
      'a mean that began before the opening',
      'currentWhileOpen',
      (b) => ({ inputs: { reading: { at: b.now(), importWh: 0, phases: [{ currentA: 16 }] } }, state: { openedAt: b.now() - 999 } }),
    ],
    ['a dead phase at low voltage', 'phaseLoss', volts(230, 50, 230)],
    ['196 and 264 V at 230 V', 'voltage', volts(196, 230, 264)],
    ['103 and 137 V at 120 V', 'voltage', volts(103, 120, 137), { nominalVoltageV: 120 }],
  ])('%s', (_name, fault, sight, options) => {
    const bench = bookOf(options)
    expect(bench.untilRaised(fault, () => sight(bench))).toBe(never)
  })
})

test.each([101, 139])('the window of the voltage is scaled to the outlet: %i V at 120 V are wrong', (voltageV) => {
  const bench = bookOf({ nominalVoltageV: 120 })
  expect(bench.untilRaised('voltage', () => volts(voltageV, 120, 120)(bench))).toBe(10_000)
})

test('service clears what is gone at the next review, and nothing later', () => {
  const bench = bookOf()
  const lid: Sight = { inputs: { isTampered: true } }
  bench.untilRaised('tamper', () => lid)
  bench.book.clear()
  expect(bench.look(lid)).toContain('tamper')
  expect(bench.look({})).toContain('tamper')
  bench.book.clear()
  expect(bench.look({})).toEqual([])
})
