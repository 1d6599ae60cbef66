import { ConfigError } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'
import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerSpec } from '../spec/controllers.ts'
import type { EvseController } from '../types.ts'
import { openCommon } from './common.ts'
import { playedPilot } from './played-pilot.ts'

const staleAfter: Millis = 60

/** An outlet without a control pilot. Plugged in is state C, for what is plugged in takes current as it likes; without a contact that tells,
 *  something is always plugged in. No duty cycle reaches anybody. */
export async function openSocketOutlet(spec: Extract<ControllerSpec, { kind: 'socket-outlet' }>, wiring: Wiring): Promise<Opened<EvseController>> {
  const common = await openCommon(spec, wiring)
  const { contactor } = common
  if (contactor === undefined) throw new ConfigError('board file', 'controller.contactor', 'is missing', 'A socket outlet switches its own contactor')
  try {
    const plugged = spec.plugged === undefined ? undefined : await wiring.input(spec.plugged)
    const stateOf = () => {
      if (plugged === undefined) return 'C'
      return plugged.isActive === undefined ? undefined : plugged.isActive ? 'C' : 'A'
    }
    const played = playedPilot(stateOf, [plugged], wiring)
    return {
      ...common,
      contactor,
      pilot: played.pilot,
      pilotBreak: undefined,
      hasPilot: false,
      seesNegativePeak: false,
      staleAfter,
      close() {
        common.close()
        played.close()
      },
    }
  } catch (error) {
    common.close()
    throw error
  }
}
