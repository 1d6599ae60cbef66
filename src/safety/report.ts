import type { EvseHardware } from '../../hal/types.ts'
import type { Millis } from '../base/units.ts'
import type { Inputs } from './inputs.ts'
import { proximityWindows } from './pilot.ts'
import type { Fault, Report } from './port.ts'
import type { State } from './state.ts'
import { isWaking } from './wake-up.ts'

/** Between the largest resistor of a cable and an open contact. */
const openOhms = 10 * Math.max(...proximityWindows.map((each) => each.below))

export function reportOf(hardware: EvseHardware, state: State, inputs: Inputs | undefined, faults: readonly Fault[], at: Millis): Report {
  const ohms = inputs?.ohms
  const isOffering = state.drive === 'pwm' || isWaking(state)
  return {
    evse: hardware.number,
    at,
    plugIn: state.plugIn,
    pilot: state.pilot,
    isPlugged: state.isPlugged,
    hasCable: state.isPlugged || (hardware.cable === 'socket' && ohms !== undefined && ohms < openOhms),
    wantsEnergy: state.pilot === 'C' || state.pilot === 'D',
    isOffering,
    contactor: (inputs?.mirror ?? state.isCommanded) ? 'closed' : 'open',
    lock: inputs?.lock ?? (hardware.controller.lock === undefined ? 'none' : 'unknown'),
    ...(state.isDc
      ? { offered: 0, limit: 0, offeredWatts: isOffering ? state.offered : 0, limitWatts: state.limit }
      : { offered: isOffering ? state.offered : 0, limit: state.limit }),
    phases: state.phases ?? hardware.phases,
    faults,
    transaction: state.transaction,
    isVoid: state.isVoid,
    reading: inputs?.reading,
  }
}

/** Equal but for the moment. */
export function isSameReport(a: Report, b: Report): boolean {
  return (
    a.reading === b.reading &&
    a.plugIn === b.plugIn &&
    a.pilot === b.pilot &&
    a.isPlugged === b.isPlugged &&
    a.hasCable === b.hasCable &&
    a.isOffering === b.isOffering &&
    a.contactor === b.contactor &&
    a.lock === b.lock &&
    a.offered === b.offered &&
    a.limit === b.limit &&
    a.offeredWatts === b.offeredWatts &&
    a.limitWatts === b.limitWatts &&
    a.phases === b.phases &&
    a.faults === b.faults &&
    a.transaction === b.transaction &&
    a.isVoid === b.isVoid
  )
}
