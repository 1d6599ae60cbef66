/** The control pilot as a wire: what the generator, the car and the peak detectors make of each other. IEC 61851-1 Annex A. */

export interface Pin {
  readonly isOn: boolean
  readonly periodNs: number
  readonly dutyNs: number
}

export interface Car {
  readonly isPlugged: boolean
  /** It would like to charge: S2 closes once PWM runs. */
  readonly isReady: boolean
  /** State D instead of C. */
  readonly needsVentilation: boolean
  readonly hasDiode: boolean
  /** The pilot is shorted to earth. */
  readonly isShorted: boolean
}

export interface Peaks {
  readonly highV: number
  readonly lowV: number
}

/** Percent; undefined while the frequency is not 1 kHz within 0.5 %, which no car takes for PWM. */
export function dutyOf({ isOn, periodNs, dutyNs }: Pin): number | undefined {
  if (!isOn || periodNs === 0) return 0
  return Math.abs(periodNs - 1_000_000) > 5_000 ? undefined : (dutyNs / periodNs) * 100
}

/** What a car reads in the pilot, A per phase. Below 8 % and above 97 % it must not charge. */
export function offeredAmps(duty: number | undefined): number {
  if (duty === undefined || duty < 8 || duty > 97) return 0
  if (duty <= 10) return 6
  if (duty <= 85) return duty * 0.6
  return duty <= 96 ? (duty - 64) * 2.5 : 80
}

export type PilotState = 'A' | 'B' | 'C' | 'D'

export function stateOf(car: Car, isS2Closed: boolean): PilotState {
  if (!car.isPlugged) return 'A'
  if (!isS2Closed) return 'B'
  return car.needsVentilation ? 'D' : 'C'
}

const highVolts = { A: 12, B: 9, C: 6, D: 3 } as const

/** The peaks at the pilot contact. */
export function peaksOf(pin: Pin, car: Car, state: PilotState): Peaks {
  if (car.isShorted) return { highV: 0, lowV: 0 }
  const duty = dutyOf(pin) ?? 50
  const highV = highVolts[state]
  // The diode keeps the car's resistors out of the negative half.
  const lowV = car.isPlugged && !car.hasDiode ? -highV : -12
  if (duty <= 0) return { highV: lowV, lowV }
  return { highV, lowV: duty >= 100 ? highV : lowV }
}

/** Peak detectors follow a growing peak at once and forget a past one with this time constant: 95 % within 10 ms. */
const forgetsMs = 10 / 3

export function detected(before: Peaks, now: Peaks, passedMs: number): Peaks {
  const rest = Math.exp(-passedMs / forgetsMs)
  const follow = (was: number, is: number) => is + (was - is) * rest
  return {
    highV: now.highV >= before.highV ? now.highV : follow(before.highV, now.highV),
    lowV: now.lowV <= before.lowV ? now.lowV : follow(before.lowV, now.lowV),
  }
}
