import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'
import type { State } from './state.ts'

const testsBeforeFailure = 3

/** Rule 13: the residual current device proves at boot, at each plug-in and before each further session of one that it trips, with the
 *  contactor open. */

export function beginSelfTest({ hardware, state, timing }: Scene): void {
  const device = hardware.controller.residualCurrent
  if (device === undefined || state.isCommanded) return
  if (state.selfTest === 'running' || state.selfTest === 'ending') return
  state.selfTest = 'running'
  state.selfTestAt = timing.now
  state.selfTests = 1
  device.test()
}

/** A host that stood still may have missed the trip: the test is done again before it counts as failed. Nothing closes meanwhile. */
function repeatSelfTest(scene: Scene): void {
  const { hardware, state, timing } = scene
  if (state.selfTests >= testsBeforeFailure) {
    finish(scene, 'failed')
    return
  }
  state.selfTests++
  state.selfTestAt = timing.now
  hardware.controller.residualCurrent?.test()
}

export function followSelfTest(scene: Scene): void {
  const { state, inputs, timing } = scene
  if (state.selfTest === 'running') {
    if (inputs.isTripped) state.selfTest = 'ending'
    else if (timing.passed(state.selfTestAt, times.selfTest)) repeatSelfTest(scene)
  } else if (state.selfTest === 'ending') {
    if (!inputs.isTripped) finish(scene, 'passed')
    else if (timing.passed(state.selfTestAt, 2 * times.selfTest)) finish(scene, 'failed')
  }
}

function finish({ state }: Scene, result: 'passed' | 'failed'): void {
  state.selfTest = result
  state.hasFailedSelfTest = result === 'failed'
}

/** True when it passed, or there is nothing to test. */
export function hasPassed({ hardware, state }: Scene): boolean {
  return hardware.controller.residualCurrent === undefined || state.selfTest === 'passed'
}

/** What it proved before counts no longer: it is tested again as soon as the contactor is open. */
export function wantSelfTest(state: State): void {
  if (state.selfTest === 'passed') state.selfTest = 'none'
}
