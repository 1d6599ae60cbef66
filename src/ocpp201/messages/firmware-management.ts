import { dateTime, integer, list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer } from './types.ts'

// Functional block L, Firmware management.

/** §3.33. */
export const firmwareStatuses = [
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'DownloadScheduled',
  'DownloadPaused',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
  'InstallRebooting',
  'InstallScheduled',
  'InstallVerificationFailed',
  'InvalidSignature',
  'SignatureVerified',
] as const
export type FirmwareStatus = (typeof firmwareStatuses)[number]

// Sent by the charging station.

/** §1.15, L01 and L02. `requestId` is absent only when Idle was asked for by a trigger. */
export const FirmwareStatusNotification = message('FirmwareStatusNotification', {
  request: object({ status: oneOf(...firmwareStatuses), requestId: optional(integer) }),
  response: nothing,
})

/** §1.42, L03. Of a local controller; `location` names where stations find the file once it is Published. */
export const PublishFirmwareStatusNotification = message('PublishFirmwareStatusNotification', {
  request: object({
    status: oneOf(
      'Idle',
      'DownloadScheduled',
      'Downloading',
      'Downloaded',
      'Published',
      'DownloadFailed',
      'DownloadPaused',
      'InvalidChecksum',
      'ChecksumVerified',
      'PublishFailed',
    ),
    location: optional(list(text(512), { minItems: 1 })),
    requestId: optional(integer),
  }),
  response: nothing,
})

// Sent by the CSMS.

/** §1.41, L03. `checksum` is MD5 in hexadecimal, `retryInterval` in seconds. */
export const PublishFirmware = message('PublishFirmware', {
  request: object({ location: text(512), retries: optional(integer), checksum: text(32), requestId: integer, retryInterval: optional(integer) }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.63, L04. */
export const UnpublishFirmware = message('UnpublishFirmware', {
  request: object({ checksum: text(32) }),
  response: object({ status: oneOf('DownloadOngoing', 'NoFirmware', 'Unpublished') }),
})

/** §1.64, L01 and L02. `signature` in base64, over the firmware file, checked with `signingCertificate` (PEM). `retryInterval` in seconds. */
export const UpdateFirmware = message('UpdateFirmware', {
  request: object({
    retries: optional(integer),
    retryInterval: optional(integer),
    requestId: integer,
    firmware: object({
      location: text(512),
      retrieveDateTime: dateTime,
      installDateTime: optional(dateTime),
      signingCertificate: optional(text(5500)),
      signature: optional(text(800)),
    }),
  }),
  response: answer('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate'),
})
