import type { Amps, Volts, Watts } from '../../src/base/units.ts'
import type { SafetySettings } from '../types.ts'

/** The power stage of a simulated DC outlet. */
export interface SimulatedDcSpec {
  readonly maxWatts: Watts
  /** What its cable carries, A; 200 when left out. */
  readonly maxAmps?: Amps
  /** Class of the cars' batteries, V; 400 when left out. */
  readonly voltageV?: Volts
}

/** What a simulated house draws beside its cars, and what its roof gives. */
export interface SimulatedGridSpec {
  /** L1, L2, L3, A; one entry: a house with one phase. */
  readonly loadA: readonly Amps[]
  /** Power of the roof at first, spread over the phases, W; 0 when left out. */
  readonly solarW?: Watts
  /** How each outlet's conductors lie on the grid's, as ConnectorPhaseRotation has it; RST when left out. */
  readonly rotations?: readonly string[]
}

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
  /** A DC outlet; what stands above is its supply. */
  readonly dc?: SimulatedDcSpec
  /** What it has beside contactor, meter, temperature, lock and residual current monitor; nothing when left out. */
  readonly has?: readonly ('phaseSwitch' | 'pilotBreak' | 'shuntTrip' | 'indicator')[]
  /** What it lacks of what outlets usually have. Without a pilot it is a household socket. */
  readonly lacks?: readonly ('mirror' | 'pilot' | 'negativePeak')[]
}

/** A board file of kind `simulated`: a world in software. */
export interface SimulatedBoardSpec {
  readonly name: string
  readonly kind: 'simulated'
  /** In order: the first is EVSE 1. */
  readonly evses: readonly SimulatedEvseSpec[]
  readonly safety?: Partial<SafetySettings>
  /** A relay in the supply of all contactors that drops out unless it is toggled. */
  readonly hasDeadMan?: boolean
  /** Contacts from outside; all are active while any outlet has the fault `limitInput`. */
  readonly limitInputs?: readonly { readonly amps: Amps; readonly evse?: number }[]
  /** The house around it, with a meter at its connection to the grid; none when left out. */
  readonly grid?: SimulatedGridSpec
  /** `eu` when left out. */
  readonly market?: 'eu' | 'us'
}
