import type { Volts } from '../../src/base/units.ts'
import { noise } from './noise.ts'
import type { Site } from './site.ts'

/** Three phases that flutter by half a percent, new each second. */
export function mains({ spec, seed, faults }: Site) {
  const nominal = spec.nominalVoltageV ?? 230
  let set: Volts | undefined
  return {
    /** @param step whole seconds since boot */
    volts(phase: number, step: number): Volts {
      if (faults.has('mainsOff') || (faults.has('phaseLoss') && phase === (spec.phases === 3 ? 1 : 0))) return 0
      const middle = faults.has('voltage') ? nominal * 1.2 : (set ?? nominal)
      return middle * (1 + (noise(seed, phase, step) - 0.5) * 0.01)
    },
    set(volts: Volts | undefined) {
      set = volts
    },
  }
}
