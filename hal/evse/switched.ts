import { lineName, type OutputLine } from '../bus/gpio.ts'
import { healthOf } from '../bus/health.ts'
import type { Wiring } from '../bus/wiring.ts'
import type { OutputSpec } from '../spec/words.ts'
import type { Output } from '../types.ts'

/** An output that the guard may switch in its tick: what goes wrong is told through health and never thrown. */
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

function switchedOver(line: OutputLine, name: string, wiring: Wiring): Switched {
  const health = healthOf(name, wiring.health)
  return {
    set(isOn) {
      try {
        if (isOn) line.on()
        else line.off()
        health.good()
        return true
      } catch (error) {
        health.bad(error)
        return false
      }
    },
    get isOn() {
      return line.isOn
    },
  }
}
