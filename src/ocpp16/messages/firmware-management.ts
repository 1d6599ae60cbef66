import { dateTime, integer, message, object, oneOf, optional, text, uri } from '../../ocpp/message.ts'
import { nothing } from './types.ts'

// Feature profile FirmwareManagement.

export const diagnosticsStatuses = ['Idle', 'Uploaded', 'UploadFailed', 'Uploading'] as const
export type DiagnosticsStatus = (typeof diagnosticsStatuses)[number]

export const firmwareStatuses = ['Downloaded', 'DownloadFailed', 'Downloading', 'Idle', 'InstallationFailed', 'Installing', 'Installed'] as const
export type FirmwareStatus = (typeof firmwareStatuses)[number]

/** OCPP 1.6 §4.4, §6.17. Sent by the charge point; Idle only when triggered. */
export const DiagnosticsStatusNotification = message('DiagnosticsStatusNotification', {
  request: object({ status: oneOf(...diagnosticsStatuses) }),
  response: nothing,
})

/** §4.5, §6.19. Sent by the charge point; Idle only when triggered. */
export const FirmwareStatusNotification = message('FirmwareStatusNotification', {
  request: object({ status: oneOf(...firmwareStatuses) }),
  response: nothing,
})

/** §5.9, §6.25. `location` is a directory; `retryInterval` in seconds. Without a file name there is nothing to upload. */
export const GetDiagnostics = message('GetDiagnostics', {
  request: object({
    location: uri,
    retries: optional(integer),
    retryInterval: optional(integer),
    startTime: optional(dateTime),
    stopTime: optional(dateTime),
  }),
  response: object({ fileName: optional(text(255)) }),
})

/** §5.19, §6.55. Not before `retrieveDate`; `retryInterval` in seconds. */
export const UpdateFirmware = message('UpdateFirmware', {
  request: object({ location: uri, retries: optional(integer), retrieveDate: dateTime, retryInterval: optional(integer) }),
  response: nothing,
})
