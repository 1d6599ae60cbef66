import type { Static } from 'typebox'
import { dateTime, decimal, integer, list, oneOf, optional, text } from '../../ocpp/message.ts'
import { object } from './object.ts'

// The types that messages of several functional blocks share. § counts in "Messages, Datatypes & Enumerations" of OCPP 2.0.1 Part 2:
// §1 messages, §2 data types, §3 enumerations. A letter and two digits (`E01`) are a use case of the same part.

/** §2.47: why, in a code that the appendices list or the vendor's own. */
export const statusInfo = object({ reasonCode: text(20), additionalInfo: optional(text(512)) })

/** Yes or no: RequestStartStopStatus, GenericStatus and others. */
export const acceptedOrRejected = oneOf('Accepted', 'Rejected')

/** An answer that is a status and, maybe, the reason for it. */
export const answer = <const Status extends readonly string[]>(...statuses: Status) => object({ status: oneOf(...statuses), statusInfo: optional(statusInfo) })

/** §2.23. Without a connector: the whole EVSE. Both count from 1; EVSE 0 is the station, where a message allows it. */
export const evse = object({ id: integer, connectorId: optional(integer) })

/** §3.43. Central is made by the CSMS, Local by the station; KeyCode was typed in. */
export const idTokenTypes = ['Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress', 'NoAuthorization'] as const
export type IdTokenType = (typeof idTokenTypes)[number]

/** §2.28. Compared without regard to case. */
export const idToken = object({
  additionalInfo: optional(list(object({ additionalIdToken: text(36), type: text(50) }), { minItems: 1 })),
  idToken: text(36),
  type: oneOf(...idTokenTypes),
})
export type IdToken = Static<typeof idToken>

/** §2.30. `language` as in RFC 5646. */
export const messageContent = object({ format: oneOf('ASCII', 'HTML', 'URI', 'UTF8'), language: optional(text(8)), content: text(512) })

/** §3.3. */
export const authorizationStatuses = [
  'Accepted',
  'Blocked',
  'ConcurrentTx',
  'Expired',
  'Invalid',
  'NoCredit',
  'NotAllowedTypeEVSE',
  'NotAtThisLocation',
  'NotAtThisTime',
  'Unknown',
] as const
export type AuthorizationStatus = (typeof authorizationStatuses)[number]

/** §2.27. `chargingPriority` from -9 to 9, 0 in its absence; `evseId` names the EVSEs that the token may use, all in its absence. */
export const idTokenInfo = object({
  status: oneOf(...authorizationStatuses),
  cacheExpiryDateTime: optional(dateTime),
  chargingPriority: optional(integer),
  language1: optional(text(8)),
  evseId: optional(list(integer, { minItems: 1 })),
  groupIdToken: optional(idToken),
  language2: optional(text(8)),
  personalMessage: optional(messageContent),
})
export type IdTokenInfo = Static<typeof idTokenInfo>

/** §2.16. A part of the station in its device model. */
export const component = object({ evse: optional(evse), name: text(50), instance: optional(text(50)) })
/** §2.53. What a component says of itself, or is told. */
export const variable = object({ name: text(50), instance: optional(text(50)) })
export type Component = Static<typeof component>
export type Variable = Static<typeof variable>

/** §2.17. Without a variable: all of the component. */
export const componentVariable = object({ component, variable: optional(variable) })

/** §3.2; Actual in its absence. */
export const attributeType = oneOf('Actual', 'Target', 'MinSet', 'MaxSet')

/** §3.34: how a station takes the request of a report. */
export const deviceModelStatuses = ['Accepted', 'Rejected', 'NotSupported', 'EmptyResultSet'] as const

/** §3.66; absent means Sample.Periodic. */
export const readingContexts = [
  'Interruption.Begin',
  'Interruption.End',
  'Other',
  'Sample.Clock',
  'Sample.Periodic',
  'Transaction.Begin',
  'Transaction.End',
  'Trigger',
] as const
export type ReadingContext = (typeof readingContexts)[number]

/** §3.50; absent means Energy.Active.Import.Register. */
export const measurands = [
  'Current.Export',
  'Current.Import',
  'Current.Offered',
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Active.Net',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Energy.Reactive.Net',
  'Energy.Apparent.Net',
  'Energy.Apparent.Import',
  'Energy.Apparent.Export',
  'Frequency',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Factor',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'SoC',
  'Voltage',
] as const
export type Measurand = (typeof measurands)[number]

/** §3.64. */
export const phases = ['L1', 'L2', 'L3', 'N', 'L1-N', 'L2-N', 'L3-N', 'L1-L2', 'L2-L3', 'L3-L1'] as const

/** §2.41. A number; its unit is Wh and its multiplier (a power of ten) 0 where nothing else is said. */
const sampledValue = object({
  value: decimal,
  context: optional(oneOf(...readingContexts)),
  measurand: optional(oneOf(...measurands)),
  phase: optional(oneOf(...phases)),
  location: optional(oneOf('Body', 'Cable', 'EV', 'Inlet', 'Outlet')),
  signedMeterValue: optional(object({ signedMeterData: text(2500), signingMethod: text(50), encodingMethod: text(50), publicKey: text(2500) })),
  unitOfMeasure: optional(object({ unit: optional(text(20)), multiplier: optional(integer) })),
})
export type SampledValue = Static<typeof sampledValue>

/** §2.32: what was measured at one moment. */
export const meterValue = object({ sampledValue: list(sampledValue, { minItems: 1 }), timestamp: dateTime })
export type MeterValue = Static<typeof meterValue>

const hashes = {
  hashAlgorithm: oneOf('SHA256', 'SHA384', 'SHA512'),
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
}

/** §2.6. The hashes that name a certificate, as in OCSP (RFC 6960); hexadecimal. */
export const certificateHashData = object(hashes)
/** §2.36. The same, and whom to ask. */
export const ocspRequestData = object({ ...hashes, responderURL: text(512) })
