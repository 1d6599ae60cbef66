import type { Opened, Wiring } from '../bus/wiring.ts'
import type { ControllerCommon } from '../spec/controllers.ts'
import type { Contactor, Lock, PhaseSwitch, Proximity, ResidualCurrent } from '../types.ts'
import { openContactor } from './contactor.ts'
import { openPlugLock } from './plug-lock.ts'
import { openProximity } from './proximity.ts'
import { openResidualCurrent } from './residual-current.ts'
import { openSwitched } from './switched.ts'

/** What hangs on lines of the board beside any controller. */
export type CommonSpec = Partial<ControllerCommon>

export interface Common {
  /** Undefined where the controller has its own. */
  readonly contactor: Contactor | undefined
  readonly lock: Lock | undefined
  readonly proximity: Proximity | undefined
  readonly residualCurrent: ResidualCurrent | undefined
  readonly phaseSwitch: PhaseSwitch | undefined
}

/** Opens what the file has, the contactor first. Closed: contactor open, coils and test OFF.
 *  @throws ConfigError, DeviceError for lines that cannot be had */
export async function openCommon(spec: CommonSpec, wiring: Wiring): Promise<Opened<Common>> {
  const opened: { close(): void }[] = []
  const kept = <T extends { close(): void }>(device: T): T => {
    opened.push(device)
    return device
  }
  const close = () => {
    for (const each of opened) each.close()
  }
  try {
    return {
      contactor: spec.contactor === undefined ? undefined : kept(await openContactor(spec.contactor, wiring)).contactor,
      lock: spec.lock === undefined ? undefined : kept(await openPlugLock(spec.lock, wiring)).lock,
      proximity: spec.proximity === undefined ? undefined : kept(await openProximity(spec.proximity, wiring)).proximity,
      residualCurrent: spec.residualCurrent === undefined ? undefined : kept(await openResidualCurrent(spec.residualCurrent, wiring)).residualCurrent,
      phaseSwitch: spec.phaseSwitch === undefined ? undefined : await openPhaseSwitch(spec.phaseSwitch, wiring),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** For what is opened after `common` and cannot be had: nothing of it stays behind. */
export function closing(common: { close(): void }): (error: unknown) => never {
  return (error) => {
    common.close()
    throw error
  }
}

/** The guard sees to it that nothing is switched under load (safety rule 17). */
async function openPhaseSwitch({ output, onIs }: NonNullable<CommonSpec['phaseSwitch']>, wiring: Wiring): Promise<PhaseSwitch> {
  const relay = await openSwitched(output, 'phase switch', wiring)
  const offIs = onIs === 1 ? 3 : 1
  return {
    choose: (phases) => void relay.set(phases === onIs),
    get phases() {
      return relay.isOn === undefined ? undefined : relay.isOn ? onIs : offIs
    },
  }
}
