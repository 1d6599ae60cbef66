import type { Log } from '../base/log.ts'
import type { Millis } from '../base/units.ts'
import type { Scene } from './interlocks.ts'
import { drop, voidOffer } from './lease.ts'
import { times } from './limits.ts'
import { cableAmpsFor, debounceFor, pilotStateOf } from './pilot.ts'
import type { PilotState } from './port.ts'
import { beginSelfTest } from './self-test.ts'
import type { State } from './state.ts'
import { tellsOfEv } from './wake-up.ts'

/** Rules 4, 8 and 16: what the pilot says, and with it the coming and going of EVs and cables. */

const leavingAtMost: Millis = 20

/** An EV hangs on the cable and is seen. */
export function isCar({ isPlugged, pilot }: State): boolean {
  return isPlugged && (pilot === 'B' || pilot === 'C' || pilot === 'D')
}

export function followPilot(scene: Scene, log: Log): void {
  const { state, timing, inputs, isStale } = scene
  if (inputs.pilot !== undefined && !isStale && tellsOfEv(scene)) {
    const raw: PilotState = pilotStateOf(inputs.pilot, state.rawPilot) ?? 'E'
    if (raw !== state.rawPilot) {
      state.rawPilot = raw
      state.rawSince = timing.now
      state.rawSampledAt = scene.sampledAt
    }
    if (raw !== state.pilot && timing.passed(state.rawSince, debounceFor(state.pilot, raw)) && isConfirmed(scene)) {
      state.pilot = raw
      if (raw === 'A' && state.isPlugged) unplug(scene, log)
      if ((raw === 'B' || raw === 'C' || raw === 'D') && !state.isPlugged) plugIn(scene, log)
    }
  }
  if (state.isPlugged && state.cableAmps === 0) rateCable(scene)
}

/** A second sample says so too: two ticks may have looked at the same one. A controller that is asked seldom is believed after 20 ms (rule 8). */
function isConfirmed({ state, timing, sampledAt }: Scene): boolean {
  return sampledAt > state.rawSampledAt || timing.passed(state.rawSince, leavingAtMost)
}

function plugIn(scene: Scene, log: Log): void {
  const { state } = scene
  Object.assign(state, {
    isPlugged: true,
    pulledAt: undefined,
    plugIn: state.plugIn + 1,
    pluggedAt: scene.timing.now,
    cableAmps: 0,
    transaction: undefined,
    isVoid: false,
    sequence: -1,
    failedCloses: 0,
    failedAt: undefined,
    reclosings: 0,
    hasSwitchFailed: false,
    hasWoken: false,
  } satisfies Partial<State>)
  drop(state)
  state.isLockHeld = true
  beginSelfTest(scene)
  log.info({ plugIn: state.plugIn }, 'plugged in')
}

function unplug(scene: Scene, log: Log): void {
  const { state, timing } = scene
  voidOffer(state)
  // The cable of a transaction is the core's to let go; a core that is dead does not keep it.
  const isTheirs = state.transaction !== undefined && state.isLockHeld
  Object.assign(state, {
    isPlugged: false,
    isLockHeld: isTheirs,
    pulledAt: isTheirs ? timing.now : undefined,
    failedCloses: 0,
    failedAt: undefined,
  } satisfies Partial<State>)
  if (state.hasFailedSelfTest) beginSelfTest(scene)
  log.info({ plugIn: state.plugIn }, 'unplugged')
}

/** Rule 16: the cable is what it was at A to B, with a little patience for the contacts. */
function rateCable({ state, timing, inputs, hardware }: Scene): void {
  const { hasPilot, proximity } = hardware.controller
  // What is plugged into a household socket has no proximity resistor.
  const isUnrated = hardware.cable === 'fixed' || (!hasPilot && proximity === undefined)
  if (isUnrated) state.cableAmps = hardware.maxAmps
  else if (!timing.passed(state.pluggedAt, times.proximitySettles)) state.cableAmps = cableAmpsFor(inputs.ohms) ?? 0
}
