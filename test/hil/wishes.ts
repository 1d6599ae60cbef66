import type { Car } from './pilot-wire.ts'

/** What a person can do to the plant, and what the plant tells of itself. */
export interface Wishes extends Car {
  /** A per phase. */
  readonly wantsAmps: number
  /** From PWM to S2 closed, and from X1 to S2 open, ms. */
  readonly reactionMs: number
  /** The contacts stay closed once they are. */
  readonly isWelded: boolean
  /** The contacts do not close. */
  readonly isJammed: boolean
  readonly hasResidualCurrent: boolean
  /** The monitor does not answer its test. */
  readonly isMonitorDead: boolean
  readonly isEmergencyStopped: boolean
  readonly isMeterSilent: boolean
  /** Supply, V. */
  readonly volts: number
}

export interface Happening {
  /** CLOCK_MONOTONIC, ms: the same count in every process of the machine. */
  readonly at: number
  readonly what: 'coil on' | 'coil off' | 'contacts closed' | 'contacts open' | 'state A' | 'state B' | 'state C' | 'state D'
}

export interface PlantState {
  readonly highV: number
  readonly lowV: number
  readonly duty: number | undefined
  readonly pilot: 'A' | 'B' | 'C' | 'D'
  readonly isCoilOn: boolean
  readonly areContactsClosed: boolean
  readonly ampsPerPhase: number
  readonly importWh: number
  /** Edges seen on the dead-man line. */
  readonly beats: number
  readonly happenings: readonly Happening[]
}

/** Over the process boundary. */
export type Ask = { readonly id: number } & ({ readonly set: Partial<Wishes> } | { readonly present: string } | { readonly look: true })

/** Nobody there, nothing wrong. */
export const untouched: Wishes = {
  isPlugged: false,
  isReady: false,
  needsVentilation: false,
  hasDiode: true,
  isShorted: false,
  wantsAmps: 16,
  reactionMs: 200,
  isWelded: false,
  isJammed: false,
  hasResidualCurrent: false,
  isMonitorDead: false,
  isEmergencyStopped: false,
  isMeterSilent: false,
  volts: 230,
}
