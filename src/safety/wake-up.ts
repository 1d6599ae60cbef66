import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'
import type { State, Wake } from './state.ts'

/** Rule 18: an EV that was plugged in long ago may sleep through PWM. State F, or a pilot that is gone for a while, looks to it as if it
 *  had just been plugged in. It is tried once in each pause. While it lasts the pilot says nothing about the EV: what it said before
 *  stands, and the X1 that follows shows whether the EV is still there. */

/** Comes before the outputs are driven. `isOffering`: current is to be offered. */
export function followWake(scene: Scene, isOffering: boolean): void {
  const { state, timing } = scene
  // Only an EV that has been offered nothing for a while is to be woken again.
  if (!state.hasOffer || state.pausedSince !== undefined || state.switching !== 'no') state.hasWoken = false
  const next = isOffering ? nextWake(scene) : 'none'
  if (next === state.wake) return
  if (next === 'cycle') state.hasWoken = true
  state.wake = next
  state.wakeSince = timing.now
}

function nextWake({ state, settings, hardware, timing }: Scene): Wake {
  const { wake, wakeSince } = state
  switch (wake) {
    case 'none':
      return state.hasWoken ? 'done' : 'armed'
    case 'armed':
      if (state.pilot !== 'B') return 'done'
      if (settings.wakeUp === 'none' || !hardware.controller.hasPilot || !timing.passed(wakeSince, times.sleepy)) return 'armed'
      // An EV that is just leaving, or asking, does not sleep: what the pilot newly says is believed first.
      return state.rawPilot === 'B' ? 'cycle' : 'armed'
    case 'cycle':
      return timing.passed(wakeSince, times.wakeCycle) ? 'settling' : 'cycle'
    case 'settling':
      return timing.passed(wakeSince, times.wakeSettles) ? 'done' : 'settling'
    case 'done':
      return 'done'
  }
}

/** The offer stands, although no PWM runs. */
export function isWaking({ wake }: State): boolean {
  return wake === 'cycle' || wake === 'settling'
}

/** How this outlet wakes. */
export function wakesBy({ settings, hardware }: Pick<Scene, 'settings' | 'hardware'>): 'fault' | 'disconnect' {
  return settings.wakeUp === 'disconnect' && hardware.controller.pilotBreak !== undefined ? 'disconnect' : 'fault'
}

/** The newest sample tells of the EV: it was not taken while the EV was being woken, nor while the wire's relay bounced. */
export function tellsOfEv({ state, sampledAt, timing }: Scene): boolean {
  if (state.wake === 'cycle') return false
  return state.wake !== 'settling' || (timing.passed(state.wakeSince, times.pilotSettles) && sampledAt >= state.wakeSince + times.pilotSettles)
}
