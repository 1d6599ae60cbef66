import type { Board, EvseHardware, SafetySettings } from '../../hal/types.ts'
import type { Millis } from '../base/units.ts'
import { type Inputs, largestAmps } from './inputs.ts'
import { closesMayFail, penWindow, stoppedBelow, times } from './limits.ts'
import { hasDiode, isShort } from './pilot.ts'
import type { Fault } from './port.ts'
import { quantityOf } from './quantity.ts'
import type { State } from './state.ts'
import type { Timing } from './timing.ts'

/** What a row may look at. */
export interface Scene {
  readonly hardware: EvseHardware
  readonly settings: SafetySettings
  readonly inputs: Inputs
  readonly state: State
  readonly timing: Timing
  readonly market: Board['market']
  /** When the newest pilot sample was taken (monotonic ms). */
  readonly sampledAt: Millis
  /** The pilot sample is older than the controller may leave it. */
  readonly isStale: boolean
  /** Lateness of this tick, ms; 0 in simulated time. */
  readonly lag: Millis
}

export interface Interlock {
  readonly fault: Fault
  /** True while the cause is there. */
  readonly test: (scene: Scene) => boolean
  /** For how long it must be there first (ms). */
  readonly after: Millis
  /** `open`: at once. `stop`: a normal stop. Both void the offer. */
  readonly reaction: 'open' | 'stop'
  /** State F for at least 300 ms, then X1: the EV learns of it, and an unplug can still be seen. */
  readonly pilot: 'F' | 'X1'
  /** `gone`: by itself once the cause is gone. `unplug`: at state A, or by a service action. `onlyUnplug`: at state A alone (rule 13). `service`: only by a service action. */
  readonly clears: 'gone' | 'unplug' | 'onlyUnplug' | 'service'
  /** For how long the cause must be gone before it clears by itself (ms). */
  readonly goneFor: Millis
  /** The fault that it brings along and that outlives it. */
  readonly latches?: Fault
  /** Rule 13: in the US market it clears by itself a few times, long after its cause is gone. */
  readonly recloses?: boolean
  /** What the controller must have for the row to mean anything (rule 20). */
  readonly needs?: 'hasPilot' | 'seesNegativePeak'
  /** It looks at the mains that the EV is connected to. A DC outlet's meter shows the EV's battery instead: the row says nothing there. */
  readonly isOfMains?: true
}

/** The row says something about this outlet. */
export function applies({ needs, isOfMains }: Interlock, { controller, dc }: EvseHardware): boolean {
  return (isOfMains === undefined || dc === undefined) && (needs === undefined || (controller.hasPilot && controller[needs]))
}

const isPwm = (state: State) => state.drive === 'pwm'
/** A phase that is far below any weak grid is not there. */
const isDead = (volts: number, nominal: number) => volts < nominal * 0.2

/** Supply outside its window on a phase that is alive, or no phase alive. Given for 230 V, scaled to the outlet's. */
function isVoltageWrong({ inputs, settings, hardware }: Scene): boolean {
  const nominal = hardware.nominalVoltageV
  let known = 0
  let alive = 0
  for (const { voltageV } of inputs.reading?.phases ?? []) {
    if (voltageV === undefined) continue
    known++
    if (isDead(voltageV, nominal)) continue
    alive++
    if (!(voltageV >= (settings.lowestV * nominal) / 230 && voltageV <= (settings.highestV * nominal) / 230)) return true
  }
  return known > 0 && alive === 0
}

/** Rule 14: with the PEN conductor lost, the phases that are alive leave the window of a whole supply. */
function isPenLost({ inputs, settings, hardware }: Scene): boolean {
  if (!settings.openPen) return false
  const scale = hardware.nominalVoltageV / 230
  return (inputs.reading?.phases ?? []).some(
    ({ voltageV }) =>
      voltageV !== undefined && !isDead(voltageV, hardware.nominalVoltageV) && !(voltageV >= penWindow.from * scale && voltageV <= penWindow.to * scale),
  )
}

function isPhaseLost({ inputs, settings, hardware }: Scene): boolean {
  if (settings.onPhaseLoss === 'continue' || hardware.phases === 1) return false
  let alive = 0
  let dead = 0
  for (const { voltageV } of inputs.reading?.phases ?? []) {
    if (voltageV === undefined) continue
    if (isDead(voltageV, hardware.nominalVoltageV)) dead++
    else alive++
  }
  return dead > 0 && alive > 0
}

/** Current that flows although the contactor was told to be open: readings count whose whole window lies after the opening. */
function flowsWhileOpen({ state, inputs }: Scene): boolean {
  const reading = inputs.reading
  if (state.isCommanded || reading === undefined || reading.at < state.openedAt + times.meterWindow) return false
  return (largestAmps(reading) ?? 0) > stoppedBelow
}

/** A reading is new each second while current flows and each 10 s otherwise. */
const meterSilentFor: Millis = 25_000
const meterAnswersWithin: Millis = 5_000

const row = (
  fault: Fault,
  reaction: Interlock['reaction'],
  pilot: Interlock['pilot'],
  clears: Interlock['clears'],
  test: Interlock['test'],
  more: Partial<Pick<Interlock, 'after' | 'goneFor' | 'latches' | 'recloses' | 'needs' | 'isOfMains'>> = {},
): Interlock => ({ after: 0, goneFor: 0, ...more, fault, reaction, pilot, clears, test })

/** Every fault. Rules 8 to 17 and 23. Only the voltage has two rows: a weak grid, and a lost PEN conductor.
 *  At a DC outlet `evNotFollowing` and `overCurrent` are of watts (quantity.ts), the rows of the mains do not apply, and all others stand;
 *  the output's voltage, and the isolation of the EV, are the power stage's own to watch. */
// biome-ignore format: a table
export const interlocks: readonly Interlock[] = [
  row('emergencyStop', 'open', 'F', 'gone', ({ inputs }) => inputs.isEmergency),
  row('residualCurrent', 'open', 'F', 'onlyUnplug', ({ inputs, state }) => inputs.isTripped && state.selfTest !== 'running' && state.selfTest !== 'ending', { recloses: true }),
  row('residualSelfTest', 'open', 'X1', 'gone', ({ state }) => state.hasFailedSelfTest),
  row('weld', 'open', 'F', 'service', ({ inputs, state }) => !state.isCommanded && inputs.mirror === true, { after: times.mirrorFollows }),
  row('noClose', 'open', 'X1', 'gone', ({ state, timing }) => state.failedCloses >= closesMayFail || (state.failedAt !== undefined && !timing.passed(state.failedAt, times.offAtLeast))),
  row('currentWhileOpen', 'open', 'F', 'gone', flowsWhileOpen, { after: 2_000, goneFor: 2_000, latches: 'weld' }),
  row('evNotFollowing', 'stop', 'X1', 'unplug', ({ inputs, state }) => state.exceedsSince !== undefined && (inputs.reading?.at ?? 0) - state.exceedsSince >= times.notFollowing, { needs: 'hasPilot' }),
  row('overCurrent', 'open', 'F', 'unplug', ({ inputs, state }) => state.overSince !== undefined && (inputs.reading?.at ?? 0) - state.overSince >= times.overCurrent),
  row('overTemperature', 'open', 'X1', 'gone', ({ inputs, settings, state }) => (inputs.celsius ?? -100) >= (state.isHot ? settings.resumeBelowC : settings.stopAtC)),
  row('temperatureSensor', 'stop', 'X1', 'gone', ({ inputs, settings, hardware }) => settings.onSensorLost === 'stop' && hardware.temperature !== undefined && !Number.isFinite(inputs.celsius), { after: 1_000, goneFor: 1_000 }),
  row('protectiveEarth', 'open', 'F', 'unplug', ({ inputs }) => inputs.hasLostEarth),
  row('diode', 'open', 'F', 'unplug', ({ inputs, state }) => isPwm(state) && state.isPlugged && (state.pilot === 'B' || state.pilot === 'C' || state.pilot === 'D') && inputs.pilot !== undefined && !hasDiode(inputs.pilot), { after: 100, needs: 'seesNegativePeak' }),
  row('pilotShort', 'open', 'F', 'unplug', isPilotShort, { after: 100, needs: 'hasPilot' }),
  row('pilotStale', 'open', 'F', 'gone', ({ isStale }) => isStale, { goneFor: 1_000 }),
  row('ventilation', 'open', 'F', 'unplug', ({ state, hardware }) => state.pilot === 'D' && !hardware.hasVentilation, { after: 480, needs: 'hasPilot' }),
  row('proximity', 'stop', 'X1', 'unplug', ({ state, hardware }) => hardware.cable === 'socket' && state.isPlugged && state.cableAmps === 0, { after: times.proximitySettles }),
  row('voltage', 'stop', 'X1', 'gone', isVoltageWrong, { after: 10_000, goneFor: 10_000, isOfMains: true }),
  row('voltage', 'open', 'F', 'unplug', isPenLost, { after: 5_000, isOfMains: true }),
  row('phaseLoss', 'stop', 'X1', 'gone', isPhaseLost, { after: 2_000, goneFor: 10_000, isOfMains: true }),
  row('lock', 'stop', 'X1', 'gone', ({ state }) => state.lockFailures >= 2),
  row('meterLost', 'stop', 'X1', 'gone', isMeterLost),
  row('tamper', 'stop', 'X1', 'service', ({ inputs }) => inputs.isTampered, { after: 100 }),
  row('loopLag', 'open', 'F', 'gone', ({ lag, state }) => lag > 100 && state.isCommanded, { goneFor: 10_000 }),
  row('board', 'open', 'F', 'service', ({ inputs, state, timing }) => inputs.hasBoardFailed || state.hasLatchFailed || timing.passed(state.mirrorLostSince, times.mirrorFollows)),
]

/** While the EV is being woken, its wire may be open, and a board may read that as anything. */
function isPilotShort({ inputs, state, hardware }: Scene): boolean {
  if (inputs.pilot === undefined || state.drive === 'fault' || state.wake === 'cycle') return false
  const { highV, lowV } = inputs.pilot
  return isShort({ ...inputs.pilot, lowV: hardware.controller.seesNegativePeak ? lowV : highV }, { kind: state.drive, duty: 0 })
}

function isMeterLost({ inputs, settings, hardware, state, timing }: Scene): boolean {
  if (hardware.meter === undefined || settings.onMeterLost === 'continue') return false
  return inputs.reading === undefined ? timing.passed(state.silentSince, meterAnswersWithin) : timing.passed(inputs.reading.at, meterSilentFor)
}

/** The guard's own bound by heat, A per phase or W. Rule 15: linear between the two temperatures, in whole units. */
export function heatLimit({ inputs, hardware, settings }: Scene): number {
  const quantity = quantityOf(hardware)
  const most = quantity.most(hardware)
  if (hardware.temperature === undefined) return most
  const celsius = inputs.celsius
  if (celsius === undefined || !Number.isFinite(celsius)) return Math.min(most, quantity.blind(hardware))
  const { derateFromC, derateToC } = settings
  if (celsius <= derateFromC) return most
  const share = Math.min(1, (celsius - derateFromC) / (derateToC - derateFromC))
  return Math.max(quantity.least, Math.floor(most - share * (most - quantity.least)))
}
