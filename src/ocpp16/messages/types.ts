import type { Static } from 'typebox'
import { dateTime, decimal, integer, list, object, oneOf, optional, text } from '../../ocpp/message.ts'

// OCPP 1.6 §7: the types that several messages share. The official schemas write them out in each message.
// Their `multipleOf: 0.1` (current and power limits) is left out on purpose: in binary floating point it
// refuses a third of all values with one decimal.

/** CiString20Type (§7.15): a card or parent id; compared without regard to case. */
export const idToken = text(20)

export const authorizationStatuses = ['Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx'] as const
export type AuthorizationStatus = (typeof authorizationStatuses)[number]

/** §7.27. */
export const idTagInfo = object({ expiryDate: optional(dateTime), parentIdTag: optional(idToken), status: oneOf(...authorizationStatuses) })
export type IdTagInfo = Static<typeof idTagInfo>

export const registrationStatuses = ['Accepted', 'Pending', 'Rejected'] as const
export type RegistrationStatus = (typeof registrationStatuses)[number]

/** §7.7; connector 0 knows only Available, Unavailable and Faulted. */
export const chargePointStatuses = [
  'Available',
  'Preparing',
  'Charging',
  'SuspendedEVSE',
  'SuspendedEV',
  'Finishing',
  'Reserved',
  'Unavailable',
  'Faulted',
] as const
export type ChargePointStatus = (typeof chargePointStatuses)[number]

/** §7.6. */
export const chargePointErrorCodes = [
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'LocalListConflict',
  'NoError',
  'OtherError',
  'OverCurrentFailure',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'OverVoltage',
  'WeakSignal',
] as const
export type ChargePointErrorCode = (typeof chargePointErrorCodes)[number]

/** §7.36; Local may be omitted on the wire. */
export const stopReasons = [
  'EmergencyStop',
  'EVDisconnected',
  'HardReset',
  'Local',
  'Other',
  'PowerLoss',
  'Reboot',
  'Remote',
  'SoftReset',
  'UnlockCommand',
  'DeAuthorized',
] as const
export type StopReason = (typeof stopReasons)[number]

/** §7.35; absent means Sample.Periodic. */
export const readingContexts = [
  'Interruption.Begin',
  'Interruption.End',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
  'Other',
] as const
export type ReadingContext = (typeof readingContexts)[number]

/** §7.31; absent means Energy.Active.Import.Register. */
export const measurands = [
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'Power.Factor',
  'Current.Import',
  'Current.Export',
  'Current.Offered',
  'Voltage',
  'Frequency',
  'Temperature',
  'SoC',
  'RPM',
] as const
export type Measurand = (typeof measurands)[number]

/** §7.34. */
export const phases = ['L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'] as const
export type Phase = (typeof phases)[number]

/** §7.30; absent means Outlet. */
export const locations = ['Cable', 'EV', 'Inlet', 'Outlet', 'Body'] as const
export type Location = (typeof locations)[number]

/** §7.45; absent means Wh. Degrees are spelled both ways in the field, and strict central systems know `Celsius` in
 *  MeterValues but only `Celcius` in StopTransaction. There is no unit for Hz: a frequency goes without one. */
export const unitsOfMeasure = [
  'Wh',
  'kWh',
  'varh',
  'kvarh',
  'W',
  'kW',
  'VA',
  'kVA',
  'var',
  'kvar',
  'A',
  'V',
  'K',
  'Celcius',
  'Celsius',
  'Fahrenheit',
  'Percent',
] as const
export type UnitOfMeasure = (typeof unitsOfMeasure)[number]

/** §7.43. `value` is a decimal number as text, or the signed data. */
export const sampledValue = object({
  value: text(),
  context: optional(oneOf(...readingContexts)),
  format: optional(oneOf('Raw', 'SignedData')),
  measurand: optional(oneOf(...measurands)),
  phase: optional(oneOf(...phases)),
  location: optional(oneOf(...locations)),
  unit: optional(oneOf(...unitsOfMeasure)),
})
export type SampledValue = Static<typeof sampledValue>

/** §7.33: what was measured at one moment. */
export const meterValue = object({ timestamp: dateTime, sampledValue: list(sampledValue) })
export type MeterValue = Static<typeof meterValue>

export const chargingProfilePurposes = ['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'] as const
export type ChargingProfilePurpose = (typeof chargingProfilePurposes)[number]
export const chargingRateUnits = ['A', 'W'] as const
export type ChargingRateUnit = (typeof chargingRateUnits)[number]

/** §7.13. Seconds; limits in `chargingRateUnit`, amperes per phase or watts in total, with one decimal at most. */
export const chargingSchedule = object({
  duration: optional(integer),
  startSchedule: optional(dateTime),
  chargingRateUnit: oneOf(...chargingRateUnits),
  chargingSchedulePeriod: list(object({ startPeriod: integer, limit: decimal, numberPhases: optional(integer) })),
  minChargingRate: optional(decimal),
})
export type ChargingSchedule = Static<typeof chargingSchedule>

/** §7.8. */
export const chargingProfile = object({
  chargingProfileId: integer,
  transactionId: optional(integer),
  stackLevel: integer,
  chargingProfilePurpose: oneOf(...chargingProfilePurposes),
  chargingProfileKind: oneOf('Absolute', 'Recurring', 'Relative'),
  recurrencyKind: optional(oneOf('Daily', 'Weekly')),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule,
})
export type ChargingProfile = Static<typeof chargingProfile>

/** Yes or no, the commonest answer. */
export const acceptedOrRejected = oneOf('Accepted', 'Rejected')

/** What a request or a response without fields is: `{}`. */
export const nothing = object({})
