import type { Amps, Volts } from '../../src/base/units.ts'
import type { SafetySettings } from '../types.ts'

/** One simulated outlet. */
export interface SimulatedEvseSpec {
  /** A per phase, 6 to 80. */
  readonly maxAmps: Amps
  readonly phases: 1 | 3
  readonly cable: 'socket' | 'fixed'
  /** 230 when left out. */
  readonly nominalVoltageV?: Volts
  /** False when left out: an EV that asks for ventilation (state D) is not charged. */
  readonly hasVentilation?: boolean
}

/** A board file of kind `simulated`: a world in software. */
export interface SimulatedBoardSpec {
  readonly name: string
  readonly kind: 'simulated'
  /** In order: the first is EVSE 1. */
  readonly evses: readonly SimulatedEvseSpec[]
  readonly safety?: Partial<SafetySettings>
}
