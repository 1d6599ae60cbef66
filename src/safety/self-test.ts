import type { Scene } from './interlocks.ts'
import { times } from './limits.ts'

/** Rule 13: the residual current device proves at boot and at each plug-in that it trips, with the contactor open. */

export function beginSelfTest({ hardware, state, timing }: Scene): void {
  const device = hardware.controller.residualCurrent
  if (device === undefined || state.isCommanded) return
  if (state.selfTest === 'running' || state.selfTest === 'ending') return
  state.selfTest = 'running'
  state.selfTestAt = timing.now
  device.test()
}

export function followSelfTest(scene: Scene): void {
  const { state, inputs, timing } = scene
  if (state.selfTest === 'running') {
    if (inputs.isTripped) state.selfTest = 'ending'
    else if (timing.passed(state.selfTestAt, times.selfTest)) finish(scene, 'failed')
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
