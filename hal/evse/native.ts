import { ConfigError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerSpec, PilotSpec } from '../spec/controllers.ts'
import type { EvseController } from '../types.ts'
import { type OpenedPilot, openAdcPilot } from './adc-pilot.ts'
import { openCommon } from './common.ts'
import { playedPilot } from './played-pilot.ts'

/** Safety rule 8. */
const staleAfter: Millis = 60

/** A controller made of the board's own lines: PWM and converter, or two switches on the bench, and the contactor.
 *  @throws ConfigError, DeviceError for what cannot be had */
export async function openNative(spec: Extract<ControllerSpec, { kind: 'native' }>, wiring: Wiring): Promise<Opened<EvseController>> {
  // The contactor first: its output is OFF before a pilot says anything.
  const common = await openCommon(spec, wiring)
  const { contactor } = common
  if (contactor === undefined) throw new ConfigError('board file', 'controller.contactor', 'is missing', 'A native controller switches its own contactor')
  try {
    const opened = await openPilot(spec.pilot, wiring)
    return {
      ...common,
      contactor,
      pilot: opened.pilot,
      pilotBreak: opened.pilotBreak,
      hasPilot: true,
      seesNegativePeak: opened.seesNegativePeak,
      staleAfter,
      close() {
        // Open, then F: the car is told after the fact, for nobody watches it any more.
        common.close()
        opened.close()
      },
    }
  } catch (error) {
    common.close()
    throw error
  }
}

async function openPilot(spec: PilotSpec, wiring: Wiring): Promise<Opened<OpenedPilot>> {
  if (spec.kind === 'adc') return await openAdcPilot(spec, wiring)
  const plugged = await wiring.input(spec.plugged)
  const ready = await wiring.input(spec.ready)
  const stateOf = () => {
    if (plugged.isActive === undefined || ready.isActive === undefined) return undefined
    return !plugged.isActive ? 'A' : ready.isActive ? 'C' : 'B'
  }
  // The negative peak is played as well: nothing is measured.
  return { ...playedPilot(stateOf, [plugged, ready], wiring), pilotBreak: undefined, seesNegativePeak: false }
}
