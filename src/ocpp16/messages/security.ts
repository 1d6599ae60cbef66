import { dateTime, integer, list, message, object, oneOf, optional, text } from '../../ocpp/message.ts'
import { acceptedOrRejected, nothing } from './types.ts'

// "Improved security for OCPP 1.6-J", edition 3: eleven messages that SupportedFeatureProfiles does not announce.

/** The hashes that name an installed certificate, as in OCSP (RFC 6960); hexadecimal. */
export const certificateHashData = object({
  hashAlgorithm: oneOf('SHA256', 'SHA384', 'SHA512'),
  issuerNameHash: text(128),
  issuerKeyHash: text(128),
  serialNumber: text(40),
})

export const certificateUses = ['CentralSystemRootCertificate', 'ManufacturerRootCertificate'] as const
export type CertificateUse = (typeof certificateUses)[number]

export const logUploadStatuses = ['BadMessage', 'Idle', 'NotSupportedOperation', 'PermissionDenied', 'Uploaded', 'UploadFailure', 'Uploading'] as const
export type LogUploadStatus = (typeof logUploadStatuses)[number]

export const signedFirmwareStatuses = [
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
export type SignedFirmwareStatus = (typeof signedFirmwareStatuses)[number]

export const extendedTriggerableMessages = [
  'BootNotification',
  'LogStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'SignChargePointCertificate',
  'StatusNotification',
] as const
export type ExtendedTriggerableMessage = (typeof extendedTriggerableMessages)[number]

// Sent by the charge point.

/** Progress of GetLog. `requestId` is absent only when Idle was asked for by a trigger. */
export const LogStatusNotification = message('LogStatusNotification', {
  request: object({ status: oneOf(...logUploadStatuses), requestId: optional(integer) }),
  response: nothing,
})

/** `type` is one of the whitepaper's list of security events, or the vendor's own. */
export const SecurityEventNotification = message('SecurityEventNotification', {
  request: object({ type: text(50), timestamp: dateTime, techInfo: optional(text(255)) }),
  response: nothing,
})

/** `csr` in PEM (PKCS#10). */
export const SignCertificate = message('SignCertificate', {
  request: object({ csr: text(5500) }),
  response: object({ status: acceptedOrRejected }),
})

/** Progress of SignedUpdateFirmware. */
export const SignedFirmwareStatusNotification = message('SignedFirmwareStatusNotification', {
  request: object({ status: oneOf(...signedFirmwareStatuses), requestId: optional(integer) }),
  response: nothing,
})

// Sent by the central system.

/** The signed certificate and its chain in PEM, leaf first. */
export const CertificateSigned = message('CertificateSigned', {
  request: object({ certificateChain: text(10_000) }),
  response: object({ status: acceptedOrRejected }),
})

export const DeleteCertificate = message('DeleteCertificate', {
  request: object({ certificateHashData }),
  response: object({ status: oneOf('Accepted', 'Failed', 'NotFound') }),
})

export const ExtendedTriggerMessage = message('ExtendedTriggerMessage', {
  request: object({ requestedMessage: oneOf(...extendedTriggerableMessages), connectorId: optional(integer) }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'NotImplemented') }),
})

export const GetInstalledCertificateIds = message('GetInstalledCertificateIds', {
  request: object({ certificateType: oneOf(...certificateUses) }),
  response: object({ certificateHashData: optional(list(certificateHashData, { minItems: 1 })), status: oneOf('Accepted', 'NotFound') }),
})

/** `retryInterval` in seconds. A second GetLog cancels the first one's upload: AcceptedCanceled. */
export const GetLog = message('GetLog', {
  request: object({
    log: object({ remoteLocation: text(512), oldestTimestamp: optional(dateTime), latestTimestamp: optional(dateTime) }),
    logType: oneOf('DiagnosticsLog', 'SecurityLog'),
    requestId: integer,
    retries: optional(integer),
    retryInterval: optional(integer),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled'), filename: optional(text(255)) }),
})

/** `certificate` in PEM. */
export const InstallCertificate = message('InstallCertificate', {
  request: object({ certificateType: oneOf(...certificateUses), certificate: text(5500) }),
  response: object({ status: oneOf('Accepted', 'Failed', 'Rejected') }),
})

/** `signature` in base64, over the firmware file, checked with `signingCertificate` (PEM). `retryInterval` in seconds. */
export const SignedUpdateFirmware = message('SignedUpdateFirmware', {
  request: object({
    retries: optional(integer),
    retryInterval: optional(integer),
    requestId: integer,
    firmware: object({
      location: text(512),
      retrieveDateTime: dateTime,
      installDateTime: optional(dateTime),
      signingCertificate: text(5500),
      signature: text(800),
    }),
  }),
  response: object({ status: oneOf('Accepted', 'Rejected', 'AcceptedCanceled', 'InvalidCertificate', 'RevokedCertificate') }),
})
