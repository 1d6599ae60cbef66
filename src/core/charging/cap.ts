import type { EvseDescription } from '../../safety/port.ts'
import type { Period, ProfilePurpose, Schedule } from './profile.ts'

/** What has to be known of an outlet to count a limit in A or in W. */
export type Outlet = Pick<EvseDescription, 'evse' | 'phases' | 'nominalVoltageV' | 'maxAmps' | 'dc'>

/** One limit in both units. */
export interface Cap {
  /** A per phase. */
  readonly amps: number
  /** W in total. */
  readonly watts: number
  /** What one was counted from the other with. */
  readonly phases: number
}

/** Phases of a period that names none (OCPP 1.6 §7.14). */
export const usualPhases = 3

/** A period's limit at an outlet, with nominal voltage (OCPP 1.6 §7.12: A = W / (V x phases)). More phases than the outlet has change
 *  nothing in the limit (errata 3.34): so many A per phase, or so many W, on those that there are. Watts for the station are counted on all
 *  phases of an outlet, whatever the period says: nobody knows here that the cars use fewer, and all together must not be above it. */
export function capOf(
  { limit, phases = usualPhases }: Period,
  unit: Schedule['unit'],
  purpose: 'tx' | Extract<ProfilePurpose, 'stationMax'>,
  outlet: Outlet,
): Cap {
  const on = unit === 'W' && purpose === 'stationMax' ? outlet.phases : Math.min(phases, outlet.phases)
  const ampsToWatts = outlet.nominalVoltageV * on
  return unit === 'A' ? { amps: limit, watts: limit * ampsToWatts, phases: on } : { amps: limit / ampsToWatts, watts: limit, phases: on }
}

/** What the outlet can do by itself. */
export function ownCap({ phases, nominalVoltageV, maxAmps, dc }: Outlet): Cap {
  const ampsToWatts = nominalVoltageV * phases
  return dc === undefined ? { amps: maxAmps, watts: maxAmps * ampsToWatts, phases } : { amps: dc.maxWatts / ampsToWatts, watts: dc.maxWatts, phases }
}

/** In what the outlet goes by: A per phase, or W at a DC outlet. */
export const sizeOf = ({ amps, watts }: Cap, { dc }: Outlet): number => (dc === undefined ? amps : watts)

/** The lower one at this outlet; the first of two that are equal. */
export function lower(a: Cap, b: Cap | undefined, outlet: Outlet): Cap {
  return b !== undefined && sizeOf(b, outlet) < sizeOf(a, outlet) ? b : a
}

/** With one decimal, never up: what the wire carries. */
export const tenths = (value: number): number => Math.floor(value * 10 + 1e-6) / 10
