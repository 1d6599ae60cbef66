import type { Message } from '../../ocpp/message.ts'
import * as core from './core.ts'
import * as firmwareManagement from './firmware-management.ts'
import * as localAuthList from './local-auth-list.ts'
import { TriggerMessage } from './remote-trigger.ts'
import * as reservation from './reservation.ts'
import * as security from './security.ts'
import * as smartCharging from './smart-charging.ts'

/** OCPP 1.6 §9.1.29 SupportedFeatureProfiles; `Security` is the whitepaper's set, which that key never names. */
export const featureProfiles = ['Core', 'FirmwareManagement', 'LocalAuthListManagement', 'Reservation', 'SmartCharging', 'RemoteTrigger', 'Security'] as const
export type FeatureProfile = (typeof featureProfiles)[number]

/** Who sends the request. */
export type Sender = 'chargePoint' | 'centralSystem' | 'both'

export interface CatalogueEntry {
  readonly message: Message
  readonly profile: FeatureProfile
  readonly sender: Sender
}

const rows: readonly (readonly [FeatureProfile, Sender, readonly Message[]])[] = [
  [
    'Core',
    'chargePoint',
    [core.Authorize, core.BootNotification, core.Heartbeat, core.MeterValues, core.StartTransaction, core.StatusNotification, core.StopTransaction],
  ],
  ['Core', 'both', [core.DataTransfer]],
  [
    'Core',
    'centralSystem',
    [
      core.ChangeAvailability,
      core.ChangeConfiguration,
      core.ClearCache,
      core.GetConfiguration,
      core.RemoteStartTransaction,
      core.RemoteStopTransaction,
      core.Reset,
      core.UnlockConnector,
    ],
  ],
  ['FirmwareManagement', 'chargePoint', [firmwareManagement.DiagnosticsStatusNotification, firmwareManagement.FirmwareStatusNotification]],
  ['FirmwareManagement', 'centralSystem', [firmwareManagement.GetDiagnostics, firmwareManagement.UpdateFirmware]],
  ['LocalAuthListManagement', 'centralSystem', [localAuthList.GetLocalListVersion, localAuthList.SendLocalList]],
  ['Reservation', 'centralSystem', [reservation.CancelReservation, reservation.ReserveNow]],
  ['SmartCharging', 'centralSystem', [smartCharging.ClearChargingProfile, smartCharging.GetCompositeSchedule, smartCharging.SetChargingProfile]],
  ['RemoteTrigger', 'centralSystem', [TriggerMessage]],
  [
    'Security',
    'chargePoint',
    [security.LogStatusNotification, security.SecurityEventNotification, security.SignCertificate, security.SignedFirmwareStatusNotification],
  ],
  [
    'Security',
    'centralSystem',
    [
      security.CertificateSigned,
      security.DeleteCertificate,
      security.ExtendedTriggerMessage,
      security.GetInstalledCertificateIds,
      security.GetLog,
      security.InstallCertificate,
      security.SignedUpdateFirmware,
    ],
  ],
]

/** All 39 actions of OCPP 1.6J with the security whitepaper, by name. */
export const messages16: ReadonlyMap<string, CatalogueEntry> = new Map(
  rows.flatMap(([profile, sender, messages]) => messages.map((message) => [message.action, { message, profile, sender }] as const)),
)
