import type { Board, EvseHardware, PilotSample, Reading } from '../../hal/types.ts'
import type { Amps, Celsius, Millis } from '../base/units.ts'

/** What an EVSE's devices said at one moment, except the age of the pilot sample. */
export interface Inputs {
  readonly pilot: PilotSample | undefined
  readonly mirror: boolean | undefined
  readonly lock: 'locked' | 'unlocked' | 'unknown' | 'none'
  readonly ohms: number | undefined
  readonly isTripped: boolean
  readonly celsius: Celsius | undefined
  readonly hasLostEarth: boolean
  readonly isEmergency: boolean
  readonly isTampered: boolean
  readonly hasBoardFailed: boolean
  /** The least of the contacts from outside that are active, A per phase; Infinity: none is. */
  readonly outsideLimit: Amps
  /** Where the phase switch stands; undefined: there is none, or it does not say. */
  readonly phases: 1 | 3 | undefined
  readonly reading: Reading | undefined
}

export function readInputs(board: Board, evse: EvseHardware, metered: (reading: Reading | undefined) => Reading | undefined = (raw) => raw): Inputs {
  const { pilot, contactor, lock, proximity, residualCurrent, phaseSwitch } = evse.controller
  return {
    pilot: pilot.sample,
    mirror: contactor.isClosed,
    lock: lock?.position ?? 'none',
    ohms: proximity?.ohms,
    isTripped: residualCurrent?.isTripped ?? false,
    celsius: evse.temperature?.celsius,
    hasLostEarth: evse.protectiveEarth?.isActive ?? false,
    isEmergency: board.emergencyStop?.isActive ?? false,
    isTampered: board.tamper?.isActive ?? false,
    hasBoardFailed: board.failure?.isActive ?? false,
    outsideLimit: outsideLimit(board, evse.number),
    phases: phaseSwitch?.phases,
    reading: metered(evse.meter?.newest),
  }
}

function outsideLimit({ limitInputs }: Board, number: number): Amps {
  let least = Number.POSITIVE_INFINITY
  for (const { evse, input, amps } of limitInputs) if ((evse === undefined || evse === number) && input.isActive) least = Math.min(least, amps)
  return least
}

/** The largest current of a reading, A; undefined where the meter does not say. */
export function largestAmps(reading: Reading | undefined): Amps | undefined {
  let most: Amps | undefined
  for (const { currentA } of reading?.phases ?? []) if (currentA !== undefined && !(currentA <= (most ?? -1))) most = currentA
  return most
}

/** Holds back what changes at a moment from a tick at that same moment. A tick sees what was true before it, so that
 *  its result does not depend on the order of timers that fall due together. */
export interface Snapshots {
  /** An input changed at `at`. */
  take(at: Millis): void
  /** What was true before `now`. */
  before(now: Millis): Inputs
  /** True while something waits for a later tick. */
  readonly isWaiting: boolean
}

export function snapshots(read: () => Inputs): Snapshots {
  let seen = read()
  let waiting: { readonly at: Millis; readonly inputs: Inputs } | undefined
  return {
    take(at) {
      if (waiting !== undefined && waiting.at < at) seen = waiting.inputs
      waiting = { at, inputs: read() }
    },
    before(now) {
      if (waiting !== undefined && waiting.at < now) {
        seen = waiting.inputs
        waiting = undefined
      }
      return seen
    },
    get isWaiting() {
      return waiting !== undefined
    },
  }
}
