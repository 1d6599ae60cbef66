import * as words from '../../base/schema.ts'
import { boolean, dateTime, integer, list, message, oneOf, optional } from '../../ocpp/message.ts'
import { chargingProfile, chargingProfilePurposes, chargingRateUnits, chargingSchedule, chargingSchedulePeriod } from './charging-profile.ts'
import { nothing, object } from './object.ts'
import { acceptedOrRejected, answer, statusInfo } from './types.ts'

// Functional block K, Smart charging.

/** §3.11: an energy manager on the spot, another, the system operator, the CSO. */
const limitSource = oneOf('EMS', 'Other', 'SO', 'CSO')
/** Of a car's battery. */
const percent = words.integer({ minimum: 0, maximum: 100 })

// Sent by the charging station.

/** §1.9, K13. */
export const ClearedChargingLimit = message('ClearedChargingLimit', {
  request: object({ chargingLimitSource: limitSource, evseId: optional(integer) }),
  response: nothing,
})

/** §1.33, K12 and K14. Without an EVSE: the whole station. */
export const NotifyChargingLimit = message('NotifyChargingLimit', {
  request: object({
    chargingSchedule: optional(list(chargingSchedule, { minItems: 1 })),
    evseId: optional(integer),
    chargingLimit: object({ chargingLimitSource: limitSource, isGridCritical: optional(boolean) }),
  }),
  response: nothing,
})

/** §1.36, K15 (ISO 15118). Wh, A, V and W. */
export const NotifyEVChargingNeeds = message('NotifyEVChargingNeeds', {
  request: object({
    maxScheduleTuples: optional(integer),
    chargingNeeds: object({
      acChargingParameters: optional(object({ energyAmount: integer, evMinCurrent: integer, evMaxCurrent: integer, evMaxVoltage: integer })),
      dcChargingParameters: optional(
        object({
          evMaxCurrent: integer,
          evMaxVoltage: integer,
          energyAmount: optional(integer),
          evMaxPower: optional(integer),
          stateOfCharge: optional(percent),
          evEnergyCapacity: optional(integer),
          fullSoC: optional(percent),
          bulkSoC: optional(percent),
        }),
      ),
      requestedEnergyTransfer: oneOf('DC', 'AC_single_phase', 'AC_two_phase', 'AC_three_phase'),
      departureTime: optional(dateTime),
    }),
    evseId: integer,
  }),
  response: answer('Accepted', 'Rejected', 'Processing'),
})

/** §1.37, K15 (ISO 15118). What the car means to take, from `timeBase` on. */
export const NotifyEVChargingSchedule = message('NotifyEVChargingSchedule', {
  request: object({ timeBase: dateTime, chargingSchedule, evseId: integer }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.43, K09. `tbc`: there is more. */
export const ReportChargingProfiles = message('ReportChargingProfiles', {
  request: object({
    requestId: integer,
    chargingLimitSource: limitSource,
    chargingProfile: list(chargingProfile, { minItems: 1 }),
    tbc: optional(boolean),
    evseId: integer,
  }),
  response: nothing,
})

// Sent by the CSMS.

/** §1.7, K10. By the id, or by every criterion that is present. */
export const ClearChargingProfile = message('ClearChargingProfile', {
  request: object({
    chargingProfileId: optional(integer),
    chargingProfileCriteria: optional(
      object({ evseId: optional(integer), chargingProfilePurpose: optional(oneOf(...chargingProfilePurposes)), stackLevel: optional(integer) }),
    ),
  }),
  response: answer('Accepted', 'Unknown'),
})

/** §1.19, K09. The profiles come in ReportChargingProfiles. */
export const GetChargingProfiles = message('GetChargingProfiles', {
  request: object({
    requestId: integer,
    evseId: optional(integer),
    chargingProfile: object({
      chargingProfilePurpose: optional(oneOf(...chargingProfilePurposes)),
      stackLevel: optional(integer),
      chargingProfileId: optional(list(integer, { minItems: 1 })),
      chargingLimitSource: optional(list(limitSource, { minItems: 1, maxItems: 4 })),
    }),
  }),
  response: answer('Accepted', 'NoProfiles'),
})

/** §1.20, K08. `duration` in seconds. EVSE 0: the whole station. */
export const GetCompositeSchedule = message('GetCompositeSchedule', {
  request: object({ duration: integer, chargingRateUnit: optional(oneOf(...chargingRateUnits)), evseId: integer }),
  response: object({
    status: acceptedOrRejected,
    statusInfo: optional(statusInfo),
    schedule: optional(
      object({
        chargingSchedulePeriod: list(chargingSchedulePeriod, { minItems: 1 }),
        evseId: integer,
        duration: integer,
        scheduleStart: dateTime,
        chargingRateUnit: oneOf(...chargingRateUnits),
      }),
    ),
  }),
})

/** §1.51, K01. EVSE 0: the whole station, or each EVSE for a TxDefaultProfile. */
export const SetChargingProfile = message('SetChargingProfile', {
  request: object({ evseId: integer, chargingProfile }),
  response: answer('Accepted', 'Rejected'),
})
