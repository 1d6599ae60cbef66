import type { PilotDrive, PilotSample } from '../../hal/types.ts'
import type { Amps, Millis, Percent, Volts } from '../base/units.ts'
import type { PilotState } from './port.ts'

/** Duty cycle (percent) that advertises a current (A, per phase). IEC 61851-1 Annex A: 0.6 A per % up to 51 A, then 2.5 A per %.
 *  Below 6 A there is no legal duty: the caller pauses. @throws RangeError below 6 A or above 80 A */
export function dutyFor(current: Amps): Percent {
  if (!(current >= 6 && current <= 80)) throw new RangeError(`no duty cycle says ${current} A: 6 to 80 A`)
  return current <= 51 ? current / 0.6 : current / 2.5 + 64
}

/** The duty cycle (percent) that says: ask me by digital communication. IEC 61851-1 Annex A: 3 to 7 %. */
export const digitalDuty: Percent = 5

/** Windows of the positive peak, V at the contact: centre of IEC 61851-1 Annex A, 1 V to either side. */
export const pilotWindows: readonly { readonly state: PilotState; readonly from: Volts; readonly to: Volts }[] = [
  { state: 'A', from: 11, to: 13 },
  { state: 'B', from: 8, to: 10 },
  { state: 'C', from: 5, to: 7 },
  { state: 'D', from: 2, to: 4 },
  { state: 'E', from: -1, to: 1.5 },
  { state: 'F', from: -13, to: -11 },
]

/** Half of the gap between two windows still belongs to the state it came from, so that a value at the edge does not flutter. */
const hysteresis: Volts = 0.6

/** What a sample says. In a gap between windows the state before it stays while its edge is near, else the nearest window has it.
 *  Undefined: no state of the standard is anywhere near, or not a number. */
export function pilotStateOf(sample: PilotSample, before: PilotState): PilotState | undefined {
  const high = sample.highV
  let nearest: PilotState | undefined
  let distance = 2
  for (const { state, from, to } of pilotWindows) {
    if (high >= from && high <= to) return state
    const away = high < from ? from - high : high - to
    if (state === before && away <= hysteresis) return state
    if (away < distance) {
      nearest = state
      distance = away
    }
  }
  return nearest
}

/** True when the negative half wave arrives: the car's diode is there. Only sound while PWM runs. */
export function hasDiode(sample: PilotSample): boolean {
  return sample.lowV >= -13.5 && sample.lowV <= -10.5
}

/** True when both half waves are near 0 V although the pilot is driven. */
export function isShort(sample: PilotSample, drive: PilotDrive): boolean {
  return drive.kind !== 'off' && Math.abs(sample.highV) <= 1.5 && Math.abs(sample.lowV) <= 1.5
}

/** How long the pilot must say something new before it is believed (ms). Safety rule 8: leaving C at most 20, entering C 500. */
export const debounce = {
  /** C or D to anything else: the contactor depends on it. Two samples in a row, 10 ms apart but for the jitter of timers. */
  leavingC: 8,
  /** B to C: plugs are pushed in slowly, and S2 bounces. */
  enteringC: 500,
  toA: 60,
  others: 60,
} as const satisfies Record<string, Millis>

export function debounceFor(from: PilotState, to: PilotState): Millis {
  if (from === 'C' || from === 'D') return debounce.leavingC
  if (to === 'C' || to === 'D') return debounce.enteringC
  return to === 'A' ? debounce.toA : debounce.others
}

/** What a cable may carry, by its proximity resistor (ohms). IEC 61851-1 B.2: 1500, 680, 220 and 100 ohms. */
export const proximityWindows: readonly { readonly amps: Amps; readonly from: number; readonly below: number }[] = [
  { amps: 13, from: 936, below: 2460 },
  { amps: 20, from: 308, below: 936 },
  { amps: 32, from: 140, below: 308 },
  { amps: 63, from: 80, below: 140 },
]

/** A per phase; undefined outside the windows: no charging with such a cable. */
export function cableAmpsFor(ohms: number | undefined): Amps | undefined {
  return ohms === undefined ? undefined : proximityWindows.find((each) => ohms >= each.from && ohms < each.below)?.amps
}
