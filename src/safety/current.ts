import type { EvseHardware } from '../../hal/types.ts'
import type { Millis } from '../base/units.ts'
import { heatLimit, type Scene } from './interlocks.ts'
import { times } from './limits.ts'
import { quantityOf } from './quantity.ts'

/** Rules 12 and 15, and contacts from outside: how much is offered (A per phase, or W at a DC outlet), and whether the car
 *  keeps to it. */
export interface CurrentWatch {
  /** The guard's own bound and the pause. True when current may be offered as far as the limits go. */
  review(scene: Scene): boolean
  /** What the duty cycle, or the power stage's limit, is to be now. */
  ramp(scene: Scene, isOffering: boolean): number
  /** Compares what is drawn with what is offered. */
  watch(scene: Scene): void
}

export function currentWatch(hardware: EvseHardware): CurrentWatch {
  const quantity = quantityOf(hardware)
  /** Never up. */
  const stepped = (value: number) => Math.floor(value * quantity.steps + 1e-6) / quantity.steps
  /** What was offered before a reduction: the car may draw it until then (by the meter's time). */
  let allowances: readonly { readonly size: number; readonly until: Millis }[] = []

  const effective = ({ state }: Scene) => stepped(Math.min(state.granted, state.limit))
  return {
    review(scene) {
      const { state, timing, settings, inputs } = scene
      const most = quantity.most(hardware)
      // On a fixed cable the rating is the board's, which bounds a DC outlet by itself.
      const cable = state.isPlugged && state.cableAmps > 0 && !state.isDc ? state.cableAmps : most
      state.limit = Math.min(most, cable, heatLimit(scene), quantity.ofSupply(inputs.outsideLimit, hardware))
      if (!state.hasOffer) return false
      const size = effective(scene)
      if (state.pausedSince === undefined) {
        if (size < quantity.least) state.pausedSince = timing.now
      } else if (!state.hasOffered ? size >= quantity.least : size >= quantity.resumes(settings) && timing.passed(state.pausedSince, settings.resumeAfter)) {
        state.pausedSince = undefined
      }
      return state.pausedSince === undefined
    },
    ramp(scene, isOffering) {
      const { state, timing } = scene
      const target = isOffering ? effective(scene) : 0
      if (target === state.offered) return target
      if (target !== 0 && state.offered !== 0 && target > state.offered && !timing.passed(state.changedAt, times.increaseEvery)) return state.offered
      if (target < state.offered && target !== 0) {
        const until = timing.now + times.evFollows + times.meterWindow
        allowances = [...allowances.filter((each) => each.until > timing.now - times.evFollows), { size: state.offered, until }]
      }
      if (target === 0) allowances = []
      else state.hasOffered = true
      state.offered = target
      state.changedAt = timing.now
      return target
    },
    watch({ state, inputs, timing }) {
      const drawn = quantity.drawn(inputs.reading)
      if (state.phase !== 'closed' || state.offered === 0 || drawn === undefined || inputs.reading === undefined) {
        state.exceedsSince = undefined
        state.overSince = undefined
        return
      }
      const at = inputs.reading.at
      const allowed = allowances.reduce((most, each) => (each.until > at ? Math.max(most, each.size) : most), state.offered)
      const exceeds = (limit: number) => drawn > (limit + quantity.slack) * 1.1
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
