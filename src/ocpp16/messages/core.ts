import { boolean, dateTime, integer, list, message, object, oneOf, optional, text } from '../../ocpp/message.ts'
import {
  acceptedOrRejected,
  chargePointErrorCodes,
  chargePointStatuses,
  chargingProfile,
  idTagInfo,
  idToken,
  meterValue,
  nothing,
  registrationStatuses,
  stopReasons,
} from './types.ts'

// Feature profile Core. Sent by the charge point.

/** OCPP 1.6 §4.1, §6.1. */
export const Authorize = message('Authorize', {
  request: object({ idTag: idToken }),
  response: object({ idTagInfo }),
})

/** §4.2, §6.3. `interval` in seconds: of the heartbeat when Accepted, else until the next BootNotification. */
export const BootNotification = message('BootNotification', {
  request: object({
    chargePointVendor: text(20),
    chargePointModel: text(20),
    chargePointSerialNumber: optional(text(25)),
    chargeBoxSerialNumber: optional(text(25)),
    firmwareVersion: optional(text(50)),
    iccid: optional(text(20)),
    imsi: optional(text(20)),
    meterType: optional(text(25)),
    meterSerialNumber: optional(text(25)),
  }),
  response: object({ status: oneOf(...registrationStatuses), currentTime: dateTime, interval: integer }),
})

/** §4.3 and §5.6, §6.15: either end may send it. */
export const DataTransfer = message('DataTransfer', {
  request: object({ vendorId: text(255), messageId: optional(text(50)), data: optional(text()) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'), data: optional(text()) }),
})

/** §4.6, §6.29. */
export const Heartbeat = message('Heartbeat', {
  request: nothing,
  response: object({ currentTime: dateTime }),
})

/** §4.7, §6.31. Connector 0 is the main meter. */
export const MeterValues = message('MeterValues', {
  request: object({ connectorId: integer, transactionId: optional(integer), meterValue: list(meterValue) }),
  response: nothing,
})

/** §4.8, §6.45. `meterStart` in Wh. */
export const StartTransaction = message('StartTransaction', {
  request: object({ connectorId: integer, idTag: idToken, meterStart: integer, reservationId: optional(integer), timestamp: dateTime }),
  response: object({ idTagInfo, transactionId: integer }),
})

/** §4.9, §6.47. */
export const StatusNotification = message('StatusNotification', {
  request: object({
    connectorId: integer,
    errorCode: oneOf(...chargePointErrorCodes),
    info: optional(text(50)),
    status: oneOf(...chargePointStatuses),
    timestamp: optional(dateTime),
    vendorId: optional(text(255)),
    vendorErrorCode: optional(text(50)),
  }),
  response: nothing,
})

/** §4.10, §6.49. `meterStop` in Wh. */
export const StopTransaction = message('StopTransaction', {
  request: object({
    idTag: optional(idToken),
    meterStop: integer,
    timestamp: dateTime,
    transactionId: integer,
    reason: optional(oneOf(...stopReasons)),
    transactionData: optional(list(meterValue)),
  }),
  response: object({ idTagInfo: optional(idTagInfo) }),
})

// Sent by the central system.

/** §5.2, §6.7. Connector 0 is the whole charge point. */
export const ChangeAvailability = message('ChangeAvailability', {
  request: object({ connectorId: integer, type: oneOf('Inoperative', 'Operative') }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'Scheduled') }),
})

/** §5.3, §6.9. */
export const ChangeConfiguration = message('ChangeConfiguration', {
  request: object({ key: text(50), value: text(500) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'RebootRequired', 'NotSupported') }),
})

/** §5.4, §6.11. */
export const ClearCache = message('ClearCache', {
  request: nothing,
  response: object({ status: acceptedOrRejected }),
})

/** §5.8, §6.23. Without keys: all of them. */
export const GetConfiguration = message('GetConfiguration', {
  request: object({ key: optional(list(text(50))) }),
  response: object({
    configurationKey: optional(list(object({ key: text(50), readonly: boolean, value: optional(text(500)) }))),
    unknownKey: optional(list(text(50))),
  }),
})

/** §5.11, §6.33. */
export const RemoteStartTransaction = message('RemoteStartTransaction', {
  request: object({ connectorId: optional(integer), idTag: idToken, chargingProfile: optional(chargingProfile) }),
  response: object({ status: acceptedOrRejected }),
})

/** §5.12, §6.35. */
export const RemoteStopTransaction = message('RemoteStopTransaction', {
  request: object({ transactionId: integer }),
  response: object({ status: acceptedOrRejected }),
})

/** §5.14, §6.39. */
export const Reset = message('Reset', {
  request: object({ type: oneOf('Hard', 'Soft') }),
  response: object({ status: acceptedOrRejected }),
})

/** §5.18, §6.53. */
export const UnlockConnector = message('UnlockConnector', {
  request: object({ connectorId: integer }),
  response: object({ status: oneOf('Unlocked', 'UnlockFailed', 'NotSupported') }),
})
