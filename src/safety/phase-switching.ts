import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'
import { mayUnlock } from './locking.ts'

/** Rule 17: one phase or three. Never under load: nothing is offered and the contacts are open 10 s before and 10 s after. */

/** This outlet follows what an offer wants. */
export function switchesPhases({ hardware, settings }: Pick<Scene, 'hardware' | 'settings'>): boolean {
  return hardware.controller.phaseSwitch !== undefined && settings.phaseSwitching === 'on'
}

/** Goes a step further where a switch is under way. False: nothing may be offered meanwhile. */
export function reviewPhases(scene: Scene, hasWeld: boolean): boolean {
  const { state, timing, hardware, inputs } = scene
  const phaseSwitch = hardware.controller.phaseSwitch
  if (phaseSwitch === undefined || !switchesPhases(scene)) return true
  // What must hold to let the plug go must hold here: open contacts, no weld, no current.
  if (state.drive === 'pwm' || state.isCommanded || state.phase === 'opening' || !mayUnlock(scene, hasWeld)) state.unloadedSince = undefined
  else state.unloadedSince ??= timing.now
  if (state.switching === 'after') {
    if (!timing.passed(state.switchedAt, times.switchPhases)) return false
    state.switching = 'no'
    // A switch that says where it stands and stands elsewhere: this session goes on with what there is.
    if (inputs.phases !== undefined && inputs.phases !== state.phases) {
      state.phases = inputs.phases
      state.hasSwitchFailed = true
    }
  }
  const isWanted = state.hasOffer && state.offerPhases !== state.phases && !state.hasSwitchFailed
  state.switching = isWanted ? 'before' : 'no'
  if (!isWanted) return true
  if (!timing.passed(state.unloadedSince, times.switchPhases)) return false
  phaseSwitch.choose(state.offerPhases)
  state.phases = state.offerPhases
  state.switching = 'after'
  state.switchedAt = timing.now
  return false
}
