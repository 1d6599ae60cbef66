import type { Message } from '../../ocpp/message.ts'
import { Authorize, ClearCache } from './authorization.ts'
import * as availability from './availability.ts'
import * as certificates from './certificates.ts'
import { DataTransfer } from './data-transfer.ts'
import * as diagnostics from './diagnostics.ts'
import * as display from './display-message.ts'
import * as firmware from './firmware-management.ts'
import { GetLocalListVersion, SendLocalList } from './local-auth-list.ts'
import { MeterValues } from './meter-values.ts'
import * as provisioning from './provisioning.ts'
import * as remote from './remote-control.ts'
import * as reservation from './reservation.ts'
import * as security from './security.ts'
import * as smartCharging from './smart-charging.ts'
import { CostUpdated } from './tariff-and-cost.ts'
import { GetTransactionStatus, TransactionEvent } from './transactions.ts'

/** OCPP 2.0.1 Part 2: its functional blocks, A to P. */
export type FunctionalBlock =
  | 'Security'
  | 'Provisioning'
  | 'Authorization'
  | 'LocalAuthorizationListManagement'
  | 'Transactions'
  | 'RemoteControl'
  | 'Availability'
  | 'Reservation'
  | 'TariffAndCost'
  | 'MeterValues'
  | 'SmartCharging'
  | 'FirmwareManagement'
  | 'CertificateManagement'
  | 'Diagnostics'
  | 'DisplayMessage'
  | 'DataTransfer'

/** Who sends the request, in the words that the catalogue of OCPP 1.6 has: a charging station, a CSMS. */
export type Sender = 'chargePoint' | 'centralSystem' | 'both'

export interface CatalogueEntry {
  readonly message: Message
  readonly block: FunctionalBlock
  readonly sender: Sender
}

const rows: readonly (readonly [FunctionalBlock, Sender, readonly Message[]])[] = [
  ['Security', 'chargePoint', [security.SecurityEventNotification, security.SignCertificate]],
  ['Security', 'centralSystem', [security.CertificateSigned]],
  ['Provisioning', 'chargePoint', [provisioning.BootNotification, provisioning.NotifyReport]],
  [
    'Provisioning',
    'centralSystem',
    [
      provisioning.GetBaseReport,
      provisioning.GetReport,
      provisioning.GetVariables,
      provisioning.Reset,
      provisioning.SetNetworkProfile,
      provisioning.SetVariables,
    ],
  ],
  ['Authorization', 'chargePoint', [Authorize]],
  ['Authorization', 'centralSystem', [ClearCache]],
  ['LocalAuthorizationListManagement', 'centralSystem', [GetLocalListVersion, SendLocalList]],
  ['Transactions', 'chargePoint', [TransactionEvent]],
  ['Transactions', 'centralSystem', [GetTransactionStatus]],
  ['RemoteControl', 'centralSystem', [remote.RequestStartTransaction, remote.RequestStopTransaction, remote.TriggerMessage, remote.UnlockConnector]],
  ['Availability', 'chargePoint', [availability.Heartbeat, availability.StatusNotification]],
  ['Availability', 'centralSystem', [availability.ChangeAvailability]],
  ['Reservation', 'chargePoint', [reservation.ReservationStatusUpdate]],
  ['Reservation', 'centralSystem', [reservation.CancelReservation, reservation.ReserveNow]],
  ['TariffAndCost', 'centralSystem', [CostUpdated]],
  ['MeterValues', 'chargePoint', [MeterValues]],
  [
    'SmartCharging',
    'chargePoint',
    [
      smartCharging.ClearedChargingLimit,
      smartCharging.NotifyChargingLimit,
      smartCharging.NotifyEVChargingNeeds,
      smartCharging.NotifyEVChargingSchedule,
      smartCharging.ReportChargingProfiles,
    ],
  ],
  [
    'SmartCharging',
    'centralSystem',
    [smartCharging.ClearChargingProfile, smartCharging.GetChargingProfiles, smartCharging.GetCompositeSchedule, smartCharging.SetChargingProfile],
  ],
  ['FirmwareManagement', 'chargePoint', [firmware.FirmwareStatusNotification, firmware.PublishFirmwareStatusNotification]],
  ['FirmwareManagement', 'centralSystem', [firmware.PublishFirmware, firmware.UnpublishFirmware, firmware.UpdateFirmware]],
  ['CertificateManagement', 'chargePoint', [certificates.Get15118EVCertificate, certificates.GetCertificateStatus]],
  ['CertificateManagement', 'centralSystem', [certificates.DeleteCertificate, certificates.GetInstalledCertificateIds, certificates.InstallCertificate]],
  [
    'Diagnostics',
    'chargePoint',
    [diagnostics.LogStatusNotification, diagnostics.NotifyCustomerInformation, diagnostics.NotifyEvent, diagnostics.NotifyMonitoringReport],
  ],
  [
    'Diagnostics',
    'centralSystem',
    [
      diagnostics.ClearVariableMonitoring,
      diagnostics.CustomerInformation,
      diagnostics.GetLog,
      diagnostics.GetMonitoringReport,
      diagnostics.SetMonitoringBase,
      diagnostics.SetMonitoringLevel,
      diagnostics.SetVariableMonitoring,
    ],
  ],
  ['DisplayMessage', 'chargePoint', [display.NotifyDisplayMessages]],
  ['DisplayMessage', 'centralSystem', [display.ClearDisplayMessage, display.GetDisplayMessages, display.SetDisplayMessage]],
  ['DataTransfer', 'both', [DataTransfer]],
]

/** All 64 actions of OCPP 2.0.1, by name. */
export const messages201: ReadonlyMap<string, CatalogueEntry> = new Map(
  rows.flatMap(([block, sender, messages]) => messages.map((message) => [message.action, { message, block, sender }] as const)),
)
