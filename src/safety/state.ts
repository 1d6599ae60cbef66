import type { PilotDrive } from '../../hal/types.ts'
import type { Amps, Millis } from '../base/units.ts'
import type { Phase } from './machine.ts'
import type { PilotState } from './port.ts'

/** `none`: nothing is offered. `armed`: PWM runs, and the EV has not asked yet. `cycle`: it is being woken. `settling`: X1 after that.
 *  `done`: it has asked, or was woken. */
export type Wake = 'none' | 'armed' | 'cycle' | 'settling' | 'done'

/** Everything that the guard remembers of one EVSE, flat: two ticks that leave it equal have done the same. */
export interface State {
  phase: Phase
  phaseSince: Millis
  // the pilot
  pilot: PilotState
  /** What the pilot says before it is believed, and since when. */
  rawPilot: PilotState
  rawSince: Millis
  /** When the first sample of it was taken. */
  rawSampledAt: Millis
  isPlugged: boolean
  plugIn: number
  /** The present plug-in's cable, A per phase: 0 is none that may charge. */
  cableAmps: Amps
  pluggedAt: Millis
  // the offer
  transaction: string | undefined
  isVoid: boolean
  hasOffer: boolean
  /** What the offer grants: A per phase, or W at a DC outlet. So are the pause, `offered` and `limit`. */
  granted: number
  /** What the offer wants. */
  offerPhases: 1 | 3
  leaseEnds: Millis
  offerIssuedAt: Millis
  sequence: number
  /** Below the least since; undefined: not paused. */
  pausedSince: Millis | undefined
  /** Current was offered in this session: from now on a pause lasts. */
  hasOffered: boolean
  /** What the duty cycle says (at a DC outlet: what the power stage may put out); 0 without PWM. */
  offered: number
  changedAt: Millis | undefined
  limit: number
  /** It never changes: this is a DC outlet. */
  isDc: boolean
  // outputs
  drive: PilotDrive['kind']
  isCommanded: boolean
  /** Never before the guard began: -Infinity. */
  openedAt: Millis
  /** The pilot shows F since. */
  pulseSince: Millis | undefined
  /** The shunt trip's coil is ON since. */
  firedAt: Millis | undefined
  // phases (rule 17)
  /** In force; undefined: the switch does not say where it stands. */
  phases: 1 | 3 | undefined
  switching: 'no' | 'before' | 'after'
  switchedAt: Millis | undefined
  /** It did not go where it was told to in this plug-in, and is left alone. */
  hasSwitchFailed: boolean
  /** Nothing flows and nothing is offered since. */
  unloadedSince: Millis | undefined
  // waking (rule 18)
  wake: Wake
  wakeSince: Millis
  /** In this pause. */
  hasWoken: boolean
  // what was seen
  failedCloses: number
  failedAt: Millis | undefined
  exceedsSince: Millis | undefined
  overSince: Millis | undefined
  isHot: boolean
  silentSince: Millis | undefined
  selfTest: 'none' | 'running' | 'ending' | 'passed' | 'failed'
  selfTestAt: Millis
  /** Tries of this test. */
  selfTests: number
  /** The last finished test failed. */
  hasFailedSelfTest: boolean
  hasLatchFailed: boolean
  /** The mirror contact, which the board has, says nothing since. */
  mirrorLostSince: Millis | undefined
  /** Trips of the residual current device in this plug-in that cleared by themselves. */
  reclosings: number
  // the lock
  isLockHeld: boolean
  /** The EV left the cable of a transaction in the socket, and the core has not said what becomes of it. */
  pulledAt: Millis | undefined
  lockMovedAt: Millis | undefined
  lockMovesTo: 'locked' | 'unlocked' | undefined
  lockFailures: number
  /** When it was moved last, ten times at the most; the newest last. */
  lockMoves: readonly Millis[]
  unlockAskedAt: Millis | undefined
  /** When a fault came or went: what was offered before is void. */
  faultsChangedAt: Millis
  /** Counts changes of the faults. */
  faultsVersion: number
}

/** @param limit the board's: A per phase, or W at a DC outlet */
export function initialState(now: Millis, limit: number, phases: 1 | 3 | undefined = 3, isDc = false): State {
  // biome-ignore format: grouped as above
  return {
    phase: 'idle', phaseSince: now,
    pilot: 'A', rawPilot: 'A', rawSince: now, rawSampledAt: now, isPlugged: false, plugIn: 0, cableAmps: 0, pluggedAt: now,
    transaction: undefined, isVoid: false, hasOffer: false, granted: 0, offerPhases: 3, leaseEnds: now, offerIssuedAt: now, sequence: -1,
    pausedSince: undefined, hasOffered: false, offered: 0, changedAt: undefined, limit, isDc,
    drive: 'off', isCommanded: false, openedAt: Number.NEGATIVE_INFINITY, pulseSince: undefined, firedAt: undefined,
    phases, switching: 'no', switchedAt: undefined, hasSwitchFailed: false, unloadedSince: undefined,
    wake: 'none', wakeSince: now, hasWoken: false,
    failedCloses: 0, failedAt: undefined, exceedsSince: undefined, overSince: undefined, isHot: false, silentSince: undefined,
    selfTest: 'none', selfTestAt: now, selfTests: 0, hasFailedSelfTest: false, hasLatchFailed: false,
    mirrorLostSince: undefined, reclosings: 0,
    isLockHeld: false, pulledAt: undefined, lockMovedAt: undefined, lockMovesTo: undefined, lockFailures: 0, lockMoves: [], unlockAskedAt: undefined,
    faultsChangedAt: Number.NEGATIVE_INFINITY, faultsVersion: 0,
  }
}
