import { integer, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { chargingProfile } from './charging-profile.ts'
import { object } from './object.ts'
import { acceptedOrRejected, answer, evse, idToken, statusInfo } from './types.ts'

// Functional block F, Remote control. All are sent by the CSMS.

/** §3.54. */
export const triggerableMessages = [
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargingStationCertificate',
  'SignV2GCertificate',
  'StatusNotification',
  'TransactionEvent',
  'SignCombinedCertificate',
  'PublishFirmwareStatusNotification',
] as const
export type TriggerableMessage = (typeof triggerableMessages)[number]

/** §1.44, F01 and F02. `transactionId` is answered when there is one already, of a car that was plugged first. */
export const RequestStartTransaction = message('RequestStartTransaction', {
  request: object({
    evseId: optional(integer),
    groupIdToken: optional(idToken),
    idToken,
    remoteStartId: integer,
    chargingProfile: optional(chargingProfile),
  }),
  response: object({ status: acceptedOrRejected, statusInfo: optional(statusInfo), transactionId: optional(text(36)) }),
})

/** §1.45, F03. */
export const RequestStopTransaction = message('RequestStopTransaction', {
  request: object({ transactionId: text(36) }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.61, F06. Without an EVSE: of all. */
export const TriggerMessage = message('TriggerMessage', {
  request: object({ evse: optional(evse), requestedMessage: oneOf(...triggerableMessages) }),
  response: answer('Accepted', 'Rejected', 'NotImplemented'),
})

/** §1.62, F05. */
export const UnlockConnector = message('UnlockConnector', {
  request: object({ evseId: integer, connectorId: integer }),
  response: answer('Unlocked', 'UnlockFailed', 'OngoingAuthorizedTransaction', 'UnknownConnector'),
})
