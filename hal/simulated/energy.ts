import type { Amps, Millis, Volts } from '../../src/base/units.ts'
import type { Reading, Register } from '../types.ts'

export interface Flow {
  readonly volts: readonly Volts[]
  readonly amps: readonly Amps[]
}

/** Sums up what flows, exactly: current and voltage stand still between two calls. */
export function energyMeter(register: Register | undefined, startAt: Millis) {
  let wh = register?.load() ?? 0
  let countedUntil = startAt
  let savedWh = wh
  let windowFrom = startAt
  let ampMillis: number[] = [0, 0, 0]
  let wattMillis: number[] = [0, 0, 0]
  let hadCurrent = false
  return {
    get wh() {
      return wh
    },
    /** True when current flowed since the last reading. */
    get hadCurrent() {
      return hadCurrent
    },
    countUntil(at: Millis, flow: Flow) {
      const span = at - countedUntil
      if (span <= 0) return
      countedUntil = at
      for (let phase = 0; phase < flow.amps.length; phase++) {
        const amps = flow.amps[phase] as Amps
        if (amps === 0) continue
        hadCurrent = true
        const watts = amps * (flow.volts[phase] as Volts)
        ampMillis[phase] = (ampMillis[phase] as number) + amps * span
        wattMillis[phase] = (wattMillis[phase] as number) + watts * span
        wh += (watts * span) / 3_600_000
      }
    },
    /** The register, and the mean of current and power over the last second (or since the last reading, if that is later):
     *  V x A x time adds up to the register. */
    read(at: Millis, flow: Flow, more: Partial<Reading>): Reading {
      const span = Math.max(1, Math.min(1_000, at - windowFrom))
      const phases = flow.volts.map((voltageV, phase) => ({ voltageV, currentA: (ampMillis[phase] ?? 0) / span, powerW: (wattMillis[phase] ?? 0) / span }))
      const powerW = phases.reduce((sum, each) => sum + each.powerW, 0)
      windowFrom = at
      ampMillis = [0, 0, 0]
      wattMillis = [0, 0, 0]
      hadCurrent = false
      if (wh !== savedWh) register?.save(wh)
      savedWh = wh
      return { at, importWh: wh, powerW, phases, ...more }
    },
  }
}

/** Follows a target with one time constant. */
export function heat(startC: number, startAt: Millis, timeConstant: Millis) {
  let celsius = startC
  let at = startAt
  return {
    get celsius() {
      return celsius
    },
    warmUntil(until: Millis, targetC: number) {
      if (until <= at) return
      celsius = targetC + (celsius - targetC) * Math.exp(-(until - at) / timeConstant)
      at = until
    },
  }
}
