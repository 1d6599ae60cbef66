import type { Log } from '../base/log.ts'
import type { CurrentWatch } from './current.ts'
import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'
import { closedPhases } from './machine.ts'
import { digitalDuty, dutyFor } from './pilot.ts'
import { followWake, isWaking, wakesBy } from './wake-up.ts'

/** Contactor, pilot and coils, each driven when it is to do something else than before. */
export function driveOutputs(scene: Scene, currents: CurrentWatch, isOffered: boolean, log: Log): void {
  const { state } = scene
  driveContactor(scene, log)
  const isOffering = isOffered && state.phase !== 'idle' && state.phase !== 'stopping' && state.phase !== 'faulted'
  drivePilot(scene, currents, isOffering, log)
  driveShuntTrip(scene)
}

function driveContactor({ state, hardware }: Scene, log: Log): void {
  const isClosed = closedPhases.has(state.phase)
  if (isClosed === state.isCommanded) return
  state.isCommanded = isClosed
  if (isClosed) hardware.controller.contactor.close()
  else hardware.controller.contactor.open()
  log.info({ plugIn: state.plugIn, transaction: state.transaction, pilot: state.pilot }, isClosed ? 'contactor closes' : 'contactor opens')
}

function drivePilot(scene: Scene, currents: CurrentWatch, isOffering: boolean, log: Log): void {
  const { state, timing, hardware } = scene
  const { pilot, pilotBreak } = hardware.controller
  const offeredBefore = state.offered
  const wokeBefore = state.wake
  const offered = currents.ramp(scene, isOffering)
  followWake(scene, isOffering)
  const isPulsing = state.pulseSince !== undefined && !timing.passed(state.pulseSince, times.faultPulse)
  if (!isPulsing) state.pulseSince = undefined
  const way = wakesBy(scene)
  if (state.wake !== wokeBefore) {
    if (state.wake === 'cycle') log.info({ plugIn: state.plugIn, by: way }, 'the EV sleeps and is woken')
    if (way === 'disconnect' && state.wake === 'cycle') pilotBreak?.on()
    if (way === 'disconnect' && wokeBefore === 'cycle') pilotBreak?.off()
  }
  const isFault = isPulsing || (state.wake === 'cycle' && way === 'fault')
  const kind = isFault ? 'fault' : isOffering && !isWaking(state) ? 'pwm' : 'steady'
  if (kind === state.drive && (kind !== 'pwm' || offered === offeredBefore)) return
  const isNew = kind !== state.drive
  state.drive = kind
  const isPwm = kind === 'pwm'
  // At a DC outlet the duty cycle only calls for digital communication, which says the watts.
  hardware.dc?.offer(isPwm ? offered : 0)
  if (hardware.dc !== undefined && !isNew) return
  pilot.drive(isPwm ? { kind, duty: hardware.dc === undefined ? dutyFor(offered) : digitalDuty } : { kind })
}

/** Rule 11: a pulse for each weld that latches. A breaker's coil is not made for more. */
function driveShuntTrip({ state, timing, hardware }: Scene): void {
  if (state.firedAt === undefined) return
  if (state.firedAt === timing.now) hardware.shuntTrip?.on()
  else if (timing.passed(state.firedAt, times.shuntPulse)) {
    state.firedAt = undefined
    hardware.shuntTrip?.off()
  }
}
