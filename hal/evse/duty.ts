import type { Amps, Percent } from '../../src/base/units.ts'

/** The current (A, per phase) that a duty cycle advertises: for controllers that want to be told a current. IEC 61851-1 Annex A:
 *  0.6 A per % up to 85 %, then 2.5 A per %. 0 where no duty cycle of the standard is near (below 9.9 %, above 96.1 %). */
export function ampsFor(duty: Percent): Amps {
  if (!(duty >= 9.9 && duty <= 96.1)) return 0
  return duty <= 85 ? duty * 0.6 : (duty - 64) * 2.5
}

/** Rounded down to a multiple of `step` (A), so that a controller never offers more than was granted; what floating point loses is given back. */
export function roundedDown(amps: Amps, step: Amps): number {
  return Math.floor(amps / step + 1e-6)
}
