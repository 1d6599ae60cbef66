import type { Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'
import { lineName, type OutputLine } from '../bus/gpio.ts'
import { healthOf } from '../bus/health.ts'
import type { Wiring } from '../bus/wiring.ts'
import type { OutputSpec } from '../spec/words.ts'
import type { Output } from '../types.ts'

/** The guard says once that a contactor is to open: an OFF that the device did not take is said again by us. */
const againAfter: Millis = 100

/** An output that the guard may switch in its tick: what goes wrong is told through health and never thrown.
 *  An OFF that failed is tried again each 100 ms until it arrives; an ON that failed is followed by OFF, and is not tried again. */
export interface Switched {
  /** True when the write went well; the level is proven by `isOn` only. */
  set(isOn: boolean): boolean
  readonly isOn: boolean | undefined
}

export async function openSwitched(spec: OutputSpec, what: string, wiring: Wiring): Promise<Switched> {
  return switchedOver(await wiring.output(spec), `${what} (${lineName(spec)})`, wiring)
}

/** The same as an `Output`, for the guard's own use. */
export function outputOf(switched: Switched): Output {
  return {
    on: () => void switched.set(true),
    off: () => void switched.set(false),
    get isOn() {
      return switched.isOn
    },
  }
}

function switchedOver(line: OutputLine, name: string, { clock, health: tell }: Wiring): Switched {
  const health = healthOf(name, tell)
  let again: Timer | undefined
  const write = (isOn: boolean): boolean => {
    again?.stop()
    try {
      if (isOn) line.on()
      else line.off()
      return true
    } catch (error) {
      health.bad(error)
      return false
    }
  }
  const off = (): boolean => {
    if (write(false)) return true
    again = clock.after(`OFF of ${name}`, againAfter, () => set(false))
    return false
  }
  const set = (isOn: boolean): boolean => {
    const isTaken = isOn ? write(true) : off()
    if (isTaken) health.good()
    // It may have arrived all the same.
    else if (isOn) off()
    return isTaken
  }
  return {
    set,
    get isOn() {
      return line.isOn
    },
  }
}
