import type { EvseHardware, Reading, SafetySettings } from '../../hal/types.ts'
import type { Amps } from '../base/units.ts'
import { largestAmps } from './inputs.ts'
import { blindAmps, leastAmps, leastWatts } from './limits.ts'

/** What an outlet is offered in: A per phase, or W at a DC outlet. The rules 12 and 15 are the same for both; their figures are here. */
export interface Quantity {
  /** The board's own bound. */
  most(hardware: EvseHardware): number
  /** Less than this is a pause. */
  readonly least: number
  /** A pause ends at this. */
  resumes(settings: SafetySettings): number
  /** What heat leaves when the temperature is not known. */
  blind(hardware: EvseHardware): number
  /** Steps of an offer in one A or W. */
  readonly steps: number
  /** A limit of the supply's current (cable, contacts from outside), A per phase. */
  ofSupply(amps: Amps, hardware: EvseHardware): number
  /** What the EV draws; undefined where the meter does not say. */
  drawn(reading: Reading | undefined): number | undefined
  /** What a meter may show beyond the offer before it is looked at. */
  readonly slack: number
}

const current: Quantity = {
  // 80 A: no duty cycle says more (IEC 61851-1 Annex A).
  most: ({ maxAmps }) => Math.min(80, maxAmps),
  least: leastAmps,
  resumes: ({ resumeAmps }) => resumeAmps,
  blind: () => blindAmps,
  steps: 10,
  ofSupply: (amps) => amps,
  drawn: largestAmps,
  slack: 0.5,
}

/** The supply's current is taken as the power that it is at nominal voltage: the losses of the power stage are not counted. */
const power: Quantity = {
  most: ({ dc }) => dc?.maxWatts ?? 0,
  least: leastWatts,
  resumes: ({ resumeAmps }) => (leastWatts * resumeAmps) / leastAmps,
  // As 16 A are to 32 A.
  blind: ({ dc }) => (dc?.maxWatts ?? 0) / 2,
  steps: 1,
  ofSupply: (amps, { phases, nominalVoltageV }) => amps * phases * nominalVoltageV,
  drawn: (reading) => reading?.powerW,
  slack: 500,
}

export function quantityOf({ dc }: Pick<EvseHardware, 'dc'>): Quantity {
  return dc === undefined ? current : power
}
