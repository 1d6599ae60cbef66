import { dateTime, integer, message, object, oneOf, optional } from '../../ocpp/message.ts'
import { acceptedOrRejected, chargingProfile, chargingProfilePurposes, chargingRateUnits, chargingSchedule } from './types.ts'

// Feature profile SmartCharging. All are sent by the central system.

/** OCPP 1.6 §5.5, §6.13. Every filter that is present must match; none: all profiles. */
export const ClearChargingProfile = message('ClearChargingProfile', {
  request: object({
    id: optional(integer),
    connectorId: optional(integer),
    chargingProfilePurpose: optional(oneOf(...chargingProfilePurposes)),
    stackLevel: optional(integer),
  }),
  response: object({ status: oneOf('Accepted', 'Unknown') }),
})

/** §5.7, §6.21. `duration` in seconds. Connector 0: the whole charge point. */
export const GetCompositeSchedule = message('GetCompositeSchedule', {
  request: object({ connectorId: integer, duration: integer, chargingRateUnit: optional(oneOf(...chargingRateUnits)) }),
  response: object({
    status: acceptedOrRejected,
    connectorId: optional(integer),
    scheduleStart: optional(dateTime),
    chargingSchedule: optional(chargingSchedule),
  }),
})

/** §5.16, §6.43. */
export const SetChargingProfile = message('SetChargingProfile', {
  request: object({ connectorId: integer, csChargingProfiles: chargingProfile }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotSupported') }),
})
