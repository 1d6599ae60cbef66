import type { Amps, Millis } from '../base/units.ts'
import { largestAmps } from './inputs.ts'
import { heatLimit, type Scene } from './interlocks.ts'
import { leastAmps, times } from './limits.ts'

/** In steps of 0.1 A, never up. */
const stepped = (value: Amps) => Math.floor(value * 10 + 1e-6) / 10

/** Rules 12 and 15: how much is offered, and whether the car keeps to it. */
export interface CurrentWatch {
  /** The guard's own bound and the pause. True when current may be offered as far as the limits go. */
  review(scene: Scene): boolean
  /** What the duty cycle is to say now. */
  ramp(scene: Scene, isOffering: boolean): Amps
  /** Compares what is drawn with what is offered. */
  watch(scene: Scene): void
}

export function currentWatch(): CurrentWatch {
  /** What was offered before a reduction: the car may draw it until then (by the meter's time). */
  let allowances: readonly { readonly amps: Amps; readonly until: Millis }[] = []

  const effective = ({ state }: Scene) => stepped(Math.min(state.offerAmps, state.limit))
  return {
    review(scene) {
      const { state, timing, settings, hardware } = scene
      const cable = state.isPlugged && state.cableAmps > 0 ? state.cableAmps : hardware.maxAmps
      state.limit = Math.min(hardware.maxAmps, cable, heatLimit(scene))
      if (!state.hasOffer) return false
      const amps = effective(scene)
      if (state.pausedSince === undefined) {
        if (amps < leastAmps) state.pausedSince = timing.now
      } else if (!state.hasOffered ? amps >= leastAmps : amps >= settings.resumeAmps && timing.passed(state.pausedSince, settings.resumeAfter)) {
        state.pausedSince = undefined
      }
      return state.pausedSince === undefined
    },
    ramp(scene, isOffering) {
      const { state, timing } = scene
      const target = isOffering ? Math.min(80, effective(scene)) : 0
      if (target === state.offered) return target
      if (target !== 0 && state.offered !== 0 && target > state.offered && !timing.passed(state.changedAt, times.increaseEvery)) return state.offered
      if (target < state.offered && target !== 0) {
        const until = timing.now + times.evFollows + times.meterWindow
        allowances = [...allowances.filter((each) => each.until > timing.now - times.evFollows), { amps: state.offered, until }]
      }
      if (target === 0) allowances = []
      else state.hasOffered = true
      state.offered = target
      state.changedAt = timing.now
      return target
    },
    watch({ state, inputs, timing }) {
      const drawn = largestAmps(inputs.reading)
      if (state.phase !== 'closed' || state.offered === 0 || drawn === undefined || inputs.reading === undefined) {
        state.exceedsSince = undefined
        state.overSince = undefined
        return
      }
      const at = inputs.reading.at
      const allowed = allowances.reduce((most, each) => (each.until > at ? Math.max(most, each.amps) : most), state.offered)
      const exceeds = (limit: Amps) => drawn > (limit + 0.5) * 1.1
      // A car that follows a staircase of reductions 5 s late is always above the last step: 7 s count, but only beyond what it may still draw.
      if (!exceeds(state.offered)) state.exceedsSince = undefined
      else if (state.exceedsSince === undefined) state.exceedsSince = timing.now
      else if (!exceeds(allowed) && at - state.exceedsSince >= times.notFollowing - times.meterWindow)
        state.exceedsSince = Math.max(state.exceedsSince, at - times.notFollowing + times.meterWindow)
      if (!(drawn > allowed * 1.25)) state.overSince = undefined
      else state.overSince ??= at
    },
  }
}
