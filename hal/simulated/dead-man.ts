import type { Clock, Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Output } from '../types.ts'
import { simulatedOutput } from './output.ts'

const dropsOutAfter: Millis = 150

/** A relay that holds while its input is toggled, whichever way it stands. @param switched told when it picks up and drops out */
export function deadMan(clock: Clock, switched: (isFed: boolean) => void): Output & { close(): void } {
  let timer: Timer | undefined
  let isFed = false
  const drop = () => {
    isFed = false
    switched(false)
  }
  drop()
  const output = simulatedOutput(() => {
    timer?.stop()
    timer = clock.after('dead-man relay', dropsOutAfter, drop)
    if (isFed) return
    isFed = true
    switched(true)
  })
  return {
    on: output.on,
    off: output.off,
    get isOn() {
      return output.isOn
    },
    close: () => timer?.stop(),
  }
}
