import { CallError } from '../../ocpp/call-error.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import { ClearChargingProfile, GetCompositeSchedule, SetChargingProfile } from '../messages/smart-charging.ts'
import { profileOf, purposeOf, wireSchedule } from '../translate-profile.ts'
import type { HandlerParts } from './core.ts'

/** Stands for a transaction that the central system numbers and this station does not know. */
const nobodys = 'unknown'

/** OCPP 1.6 §5.5, §5.7, §5.16: the feature profile SmartCharging. */
export function smartChargingRoutes({ core, numbers }: HandlerParts): readonly Route[] {
  /** Our transaction of a number: the one that runs at the connector, where a central system gave one number twice. */
  const transactionOf = (number: number | undefined, connector: number) => {
    if (number === undefined) return undefined
    const ours = numbers.transactionsOf(number)
    return ours.find((each) => core.evseOf(each) === connector) ?? nobodys
  }
  return [
    route(SetChargingProfile, ({ connectorId, csChargingProfiles }) => {
      const refusal = core.profiles.set(profileOf(connectorId, csChargingProfiles, transactionOf(csChargingProfiles.transactionId, connectorId)))
      // Errata 3.39: a connector that is not there breaks the protocol.
      if (refusal?.outcome === 'unknownEvse') throw new CallError('propertyConstraintViolation', `connectorId: there is no connector ${connectorId}`)
      return { status: refusal === undefined ? 'Accepted' : 'Rejected' } as const
    }),
    route(ClearChargingProfile, ({ id, connectorId, chargingProfilePurpose, stackLevel }) => {
      const removed = core.profiles.clear({
        ...(id === undefined ? {} : { id }),
        ...(connectorId === undefined ? {} : { evse: connectorId }),
        ...(chargingProfilePurpose === undefined ? {} : { purpose: purposeOf(chargingProfilePurpose) }),
        ...(stackLevel === undefined ? {} : { stackLevel }),
      })
      return { status: removed === 0 ? 'Unknown' : 'Accepted' } as const
    }),
    route(GetCompositeSchedule, ({ connectorId, duration, chargingRateUnit }) => {
      const schedule = duration < 0 ? undefined : core.profiles.composite(connectorId, duration, chargingRateUnit)
      if (schedule === undefined) return { status: 'Rejected' } as const
      return {
        status: 'Accepted',
        connectorId,
        scheduleStart: new Date(schedule.start).toISOString(),
        chargingSchedule: wireSchedule(schedule),
      } as const
    }),
  ]
}
