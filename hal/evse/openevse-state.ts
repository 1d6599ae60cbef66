import type { Volts } from '../../src/base/units.ts'

/** What an OpenEVSE says of itself ($GS and $AT), and what that means to the guard. */

export interface OpenEvseStatus {
  /** EVSE state, `states` below. */
  readonly state: number
  /** The relay is switched on. */
  readonly isCharging: boolean
  /** A car hangs on the cable. True while the pilot is at -12 V, where it cannot be seen, if it was there before. */
  readonly isConnected: boolean
}

/** EVSE states by number. */
export const states = {
  unknown: 0x00,
  a: 0x01,
  b: 0x02,
  c: 0x03,
  d: 0x04,
  diode: 0x05,
  gfci: 0x06,
  noGround: 0x07,
  stuckRelay: 0x08,
  gfciTest: 0x09,
  overTemperature: 0x0a,
  overCurrent: 0x0b,
  relayClosure: 0x0e,
  sleeping: 0xfe,
  disabled: 0xff,
} as const

const chargingOn = 0x0040
const evConnected = 0x0100

/** @param state hex, @param flags hex: the volatile flags. Undefined: not numbers, or an OpenEVSE too old to send flags */
export function statusOf(state: string | undefined, flags: string | undefined): OpenEvseStatus | undefined {
  if (state === undefined || flags === undefined || !/^[0-9a-f]{1,2}$/i.test(state) || !/^[0-9a-f]{1,4}$/i.test(flags)) return undefined
  const bits = Number.parseInt(flags, 16)
  return { state: Number.parseInt(state, 16), isCharging: (bits & chargingOn) !== 0, isConnected: (bits & evConnected) !== 0 }
}

/** Positive peak of the pilot, V; undefined while it makes up its mind (its state 0, some 250 ms after it was enabled or had a fault).
 *  - Asleep the pilot is steady +12 V, and it tells the car only by a flag. While its relay is still closed the car counts as charging.
 *  - Residual current, ground and relay faults are told by `isTripped` and `isRelayClosed`: the car stays where it is.
 *  - Other faults (temperature, current, a test that failed) are 0 V, which the guard takes for a pilot that cannot be trusted and opens. */
export function highOf({ state, isCharging, isConnected }: OpenEvseStatus): Volts | undefined {
  const car = isConnected ? 9 : 12
  switch (state) {
    case states.unknown:
      return undefined
    case states.a:
      return 12
    case states.b:
      return 9
    case states.c:
      return 6
    case states.d:
      return 3
    case states.sleeping:
      return isCharging ? 6 : car
    case states.disabled:
      return -12
    case states.diode:
    case states.gfci:
    case states.noGround:
    case states.gfciTest:
    case states.stuckRelay:
      return car
    default:
      return 0
  }
}

/** Its ground fault interrupter has tripped, or has failed its test, or there is no ground: what it has in common is the remedy, and the OCPP code
 *  (GroundFailure). The log says which. */
export function isTripped({ state }: OpenEvseStatus): boolean {
  return state === states.gfci || state === states.noGround || state === states.gfciTest
}

/** What it knows of its contacts: it looks at the voltage behind them, and tells only what is wrong. */
export function isRelayClosed({ state }: OpenEvseStatus): boolean | undefined {
  if (state === states.stuckRelay) return true
  return state === states.relayClosure ? false : undefined
}

/** The fault in words; undefined: none. */
export function faultWords({ state }: OpenEvseStatus): string | undefined {
  return faults.get(state)
}

const faults: ReadonlyMap<number, string> = new Map([
  [states.diode, 'the diode of the car is missing'],
  [states.gfci, 'its ground fault interrupter has tripped'],
  [states.noGround, 'there is no ground'],
  [states.stuckRelay, 'its relay is stuck'],
  [states.gfciTest, 'the test of its ground fault interrupter failed'],
  [states.overTemperature, 'it is too hot'],
  [states.overCurrent, 'the car draws too much'],
  [states.relayClosure, 'its relay does not close'],
])

/** Bits of the settings ($GE) that switch a check off. The ones a charger cannot do without. */
const checks: readonly (readonly [bit: number, words: string])[] = [
  [0x0002, 'diode check'],
  [0x0008, 'ground check'],
  [0x0010, 'stuck relay check'],
  [0x0200, 'test of the ground fault interrupter'],
]

/** The checks that are switched off, in words. @param flags hex */
export function checksOff(flags: string | undefined): readonly string[] {
  const bits = Number.parseInt(flags ?? '', 16)
  return Number.isNaN(bits) ? ['all of them, as far as it says'] : checks.filter(([bit]) => (bits & bit) !== 0).map(([, words]) => words)
}
