import type { Agenda } from './agenda.ts'
import type { PlantFault } from './faults.ts'
import type { SimulatedEvseSpec } from './spec.ts'

/** What the parts of one simulated outlet share. */
export interface Site {
  readonly spec: SimulatedEvseSpec
  readonly seed: number
  readonly world: Agenda
  readonly faults: ReadonlySet<PlantFault>
  /** Works out anew what flows, after something changed. */
  recompute(): void
}
