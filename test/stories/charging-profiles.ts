import type { RequestOf } from '../../src/ocpp/message.ts'
import { RemoteStartTransaction } from '../../src/ocpp16/messages/core.ts'
import { ClearChargingProfile, GetCompositeSchedule, SetChargingProfile } from '../../src/ocpp16/messages/smart-charging.ts'
import type { ChargingProfile, ChargingSchedule } from '../../src/ocpp16/messages/types.ts'
import { ask } from './asking.ts'
import type { World } from './world.ts'

type Given = Partial<Omit<ChargingProfile, 'chargingSchedule'>> & Partial<Omit<ChargingSchedule, 'chargingSchedulePeriod'>>
type Step = number | readonly [from: number, limit: number] | readonly [from: number, limit: number, phases: number]

/** So far from now, in whole seconds. */
export const isoIn = (w: World, ms: number) => new Date(Math.floor((w.clock.now().epochMs + ms) / 1_000) * 1_000).toISOString()

let ids = 100

/** A profile as it goes over the wire: steps are periods, a number alone is the only one. */
export function profile(steps: Step | readonly Step[], given: Given = {}): ChargingProfile {
  const { duration, startSchedule, chargingRateUnit = 'A', minChargingRate, ...rest } = given
  const all = typeof steps === 'number' ? [[0, steps] as const] : (steps as readonly Step[])
  return {
    chargingProfileId: ++ids,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    ...rest,
    chargingSchedule: {
      chargingRateUnit,
      chargingSchedulePeriod: all.map((step) => {
        const [startPeriod, limit, numberPhases] = typeof step === 'number' ? [0, step, undefined] : step
        return { startPeriod, limit, ...(numberPhases === undefined ? {} : { numberPhases }) }
      }),
      ...(duration === undefined ? {} : { duration }),
      ...(startSchedule === undefined ? {} : { startSchedule }),
      ...(minChargingRate === undefined ? {} : { minChargingRate }),
    },
  }
}

/** Gives the status, or the CALLERROR's code. */
export async function set(w: World, connectorId: number, csChargingProfiles: ChargingProfile): Promise<string> {
  const outcome = await ask(w, w.csms.call('CP-1', SetChargingProfile, { connectorId, csChargingProfiles }))
  return outcome.kind === 'result' ? outcome.payload.status : outcome.kind === 'error' ? outcome.code : outcome.kind
}
export async function clear(w: World, request: RequestOf<typeof ClearChargingProfile>): Promise<string> {
  const outcome = await ask(w, w.csms.call('CP-1', ClearChargingProfile, request))
  return outcome.kind === 'result' ? outcome.payload.status : outcome.kind
}
export async function composite(w: World, request: RequestOf<typeof GetCompositeSchedule>) {
  const outcome = await ask(w, w.csms.call('CP-1', GetCompositeSchedule, request))
  if (outcome.kind !== 'result') throw new Error(`no composite schedule: ${outcome.kind}`)
  return outcome.payload
}
/** Start and limit of each period. */
export const stepsOf = ({ chargingSchedule }: Awaited<ReturnType<typeof composite>>) =>
  chargingSchedule?.chargingSchedulePeriod.map(({ startPeriod, limit }) => [startPeriod, limit])

export async function startRemotely(w: World, chargingProfile: ChargingProfile, connectorId = 1): Promise<string> {
  const outcome = await ask(w, w.csms.call('CP-1', RemoteStartTransaction, { connectorId, idTag: 'TAG1', chargingProfile }))
  return outcome.kind === 'result' ? outcome.payload.status : outcome.kind
}

/** What flows in the first phase, in whole A. */
export const flows = ({ plants }: World, evse = 1) => Math.round(plants[evse - 1]?.amps[0] ?? 0)
/** What the duty cycle says, A; 0 without PWM. */
export function advertised({ plants }: World, evse = 1): number {
  const drive = plants[evse - 1]?.drive
  return drive?.kind === 'pwm' ? Math.round(drive.duty * 6) / 10 : 0
}
