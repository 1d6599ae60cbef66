import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'
import { hasPassed } from './self-test.ts'

/** The EV asks for energy that it may have here: C, or D where the room is ventilated. */
export function asksForEnergy({ state, hardware }: Scene): boolean {
  return state.pilot === 'C' || (state.pilot === 'D' && hardware.hasVentilation)
}

/** Rule 9: what must hold, beside a valid offer and no fault, in the tick that closes. */
export const closing: readonly { readonly name: string; readonly holds: (scene: Scene) => boolean }[] = [
  { name: 'the EV asks', holds: asksForEnergy },
  { name: 'by a fresh sample', holds: ({ isStale }) => !isStale },
  // Rules 4 and 18: what hangs on the cable after a wake-up, somebody must have vouched for since.
  { name: 'the offer was renewed since the EV was woken', holds: ({ state }) => !state.hasWoken || state.offerIssuedAt >= state.wakeSince },
  // One tick: what the pilot says now, it says with PWM.
  { name: 'PWM runs', holds: ({ state, timing }) => state.drive === 'pwm' && timing.passed(state.phaseSince, 20) },
  { name: 'the self-test has passed', holds: hasPassed },
  { name: 'the cable has a rating', holds: ({ state }) => state.cableAmps > 0 },
  { name: 'the plug is locked', holds: ({ hardware, inputs }) => hardware.controller.lock === undefined || inputs.lock === 'locked' },
  { name: 'the contacts are open', holds: ({ inputs, state }) => inputs.mirror !== true && state.mirrorLostSince === undefined },
  {
    name: 'they have been for long enough',
    holds: ({ state, timing }) => state.openedAt === Number.NEGATIVE_INFINITY || timing.passed(state.openedAt, times.offAtLeast),
  },
]
