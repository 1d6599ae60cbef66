import { type Millis, seconds, type WattHours } from '../../src/base/units.ts'
import type { Reading } from '../types.ts'

/** What a meter says is believed when it can be true: a wrong register, or a broken one, must not become energy that somebody pays for. */

/** More than any outlet: 80 A at 277 V, per phase. */
const mostWattsPerPhase = 80 * 277
const tolerance = 1.2
/** Meters renew their registers every second or so, and not in step with the polls. */
const refresh: Millis = seconds(3)
/** f32 kWh and meters that count in steps of 0.01 kWh. */
const leastStepWh = 10

/** A register that runs on from an impossible place for so many readings and so long belongs to another meter, or was set back. */
const settledReadings = 5
const settledAfter: Millis = seconds(10)

export type Verdict = { readonly reading: Reading } | { readonly refused: string }

export interface Plausibility {
  /** Believes a reading, with the epoch it belongs to, or says in words why not. */
  judge(reading: Reading): Verdict
}

/** @param stepWh resolution of the energy register, Wh */
export function plausibility({ phases, stepWh = 0 }: { readonly phases: 1 | 3; readonly stepWh?: number }): Plausibility {
  let last: Reading | undefined
  let epoch = 0
  /** Readings that do not follow from the last one, but each from the one before. */
  let odd: { readonly since: Millis; readonly count: number; readonly newest: Reading } | undefined
  const follows = (before: Reading, after: Reading) => {
    const mostWh =
      (mostWattsPerPhase * phases * tolerance * (after.at - before.at + refresh)) / 3_600_000 + Math.max(leastStepWh, stepWh, grain(before.importWh))
    return grew(before.importWh, after.importWh, mostWh) && grew(before.exportWh, after.exportWh, mostWh)
  }
  const believe = (reading: Reading): Verdict => {
    last = reading
    odd = undefined
    return { reading: epoch === 0 ? reading : { ...reading, epoch } }
  }
  const anew = (reading: Reading): Verdict => {
    epoch++
    return believe(reading)
  }
  return {
    judge(reading) {
      const impossible = impossibleIn(reading)
      if (impossible !== undefined) return { refused: impossible }
      if (last === undefined) return believe(reading)
      if (last.serial !== undefined && reading.serial !== undefined && last.serial !== reading.serial) return anew(reading)
      if (follows(last, reading)) return believe(reading.serial === undefined && last.serial !== undefined ? { ...reading, serial: last.serial } : reading)
      odd =
        odd !== undefined && follows(odd.newest, reading) ? { ...odd, count: odd.count + 1, newest: reading } : { since: reading.at, count: 1, newest: reading }
      if (odd.count >= settledReadings && reading.at - odd.since >= settledAfter) return anew(reading)
      return { refused: `its register says ${words(reading)} after ${words(last)}` }
    },
  }
}

/** A register that the meter lacks, in one of the two, says nothing. */
function grew(before: WattHours | undefined, after: WattHours | undefined, mostWh: WattHours): boolean {
  return before === undefined || after === undefined || (after >= before && after - before <= mostWh)
}

/** Two steps of a 32-bit float: 16 Wh at 100 MWh. */
function grain(wh: WattHours): WattHours {
  return wh * 2 ** -22
}

function words({ importWh, exportWh }: Reading): string {
  return exportWh === undefined ? `${importWh} Wh` : `${importWh} Wh and ${exportWh} Wh exported`
}

/** What no low-voltage supply can be. Bounds of each quantity, inclusive. */
const bounds = {
  importWh: [0, Number.MAX_SAFE_INTEGER, ' Wh'],
  exportWh: [0, Number.MAX_SAFE_INTEGER, ' Wh'],
  voltageV: [0, 300, ' V'],
  currentA: [0, 200, ' A'],
  // 300 V x 200 A, per phase.
  powerW: [-60_000, 60_000, ' W'],
  totalW: [-180_000, 180_000, ' W'],
  frequencyHz: [45, 65, ' Hz'],
} as const

function impossibleIn({ importWh, exportWh, powerW, phases, frequencyHz }: Reading): string | undefined {
  return (
    outside({ importWh, exportWh, totalW: powerW, frequencyHz }, '') ??
    phases.map((phase, at) => outside(phase, `L${at + 1}: `)).find((each) => each !== undefined)
  )
}

function outside(values: { readonly [K in keyof typeof bounds]?: number | undefined }, where: string): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const [least, most, unit] = bounds[name as keyof typeof bounds]
    if (value !== undefined && !(value >= least && value <= most)) return `${where}${name} of ${value}${unit} cannot be`
  }
  return undefined
}
