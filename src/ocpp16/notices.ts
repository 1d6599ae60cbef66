import { isoOf, type Moment } from '../base/moment.ts'
import { type Fact, isNotice, type LogStatus, type Notice, type SecurityEventName } from '../core/facts.ts'
import type { CallOutcome, Peer } from '../ocpp/peer.ts'
import type { Delivery } from '../ocpp/reporter.ts'
import type { Entry } from '../store/store.ts'
import { deliveryOf } from './delivery.ts'
import { type DiagnosticsStatus, DiagnosticsStatusNotification, type FirmwareStatus, FirmwareStatusNotification } from './messages/firmware-management.ts'
import { LogStatusNotification, type LogUploadStatus, SecurityEventNotification } from './messages/security.ts'

/** The second reader of the ledger: what is told besides transactions. Of its own, so that a central system which never answers to one of
 *  these does not hold up a transaction. */
export const ocpp16Notices = 'ocpp1.6-notices'

/** The whitepaper's words (ed. 3 ch. 8), and whether the central system is told: the critical ones, and those that OCTT waits for. */
export const securityEvents = {
  firmwareUpdated: { type: 'FirmwareUpdated', isTold: true },
  failedToAuthenticateAtCentralSystem: { type: 'FailedToAuthenticationAtCentralSystem', isTold: false },
  centralSystemFailedToAuthenticate: { type: 'CentralSystemFailedToAuthentication', isTold: false },
  settingSystemTime: { type: 'SettingSystemTime', isTold: true },
  startupOfTheDevice: { type: 'StartupOfTheDevice', isTold: true },
  resetOrReboot: { type: 'ResetOrReboot', isTold: true },
  securityLogWasCleared: { type: 'SecurityLogWasCleared', isTold: true },
  reconfigurationOfSecurityParameters: { type: 'ReconfigurationOfSecurityParameters', isTold: false },
  memoryExhaustion: { type: 'MemoryExhaustion', isTold: true },
  invalidMessages: { type: 'InvalidMessages', isTold: false },
  attemptedReplayAttacks: { type: 'AttemptedReplayAttacks', isTold: false },
  tamperDetectionActivated: { type: 'TamperDetectionActivated', isTold: true },
  invalidFirmwareSignature: { type: 'InvalidFirmwareSignature', isTold: true },
  invalidFirmwareSigningCertificate: { type: 'InvalidFirmwareSigningCertificate', isTold: true },
  invalidCentralSystemCertificate: { type: 'InvalidCentralSystemCertificate', isTold: true },
  invalidChargePointCertificate: { type: 'InvalidChargePointCertificate', isTold: true },
  invalidTlsVersion: { type: 'InvalidTLSVersion', isTold: true },
  invalidTlsCipherSuite: { type: 'InvalidTLSCipherSuite', isTold: true },
} as const satisfies Record<SecurityEventName, { readonly type: string; readonly isTold: boolean }>

export const firmwareStatus = {
  idle: 'Idle',
  downloading: 'Downloading',
  downloaded: 'Downloaded',
  downloadFailed: 'DownloadFailed',
  installing: 'Installing',
  installed: 'Installed',
  installationFailed: 'InstallationFailed',
} as const satisfies Record<string, FirmwareStatus>

export const diagnosticsStatus = {
  idle: 'Idle',
  uploading: 'Uploading',
  uploaded: 'Uploaded',
  uploadFailed: 'UploadFailed',
  badMessage: 'UploadFailed',
  permissionDenied: 'UploadFailed',
  notSupported: 'UploadFailed',
} as const satisfies Record<LogStatus, DiagnosticsStatus>

export const logStatus = {
  idle: 'Idle',
  uploading: 'Uploading',
  uploaded: 'Uploaded',
  uploadFailed: 'UploadFailure',
  badMessage: 'BadMessage',
  permissionDenied: 'PermissionDenied',
  notSupported: 'NotSupportedOperation',
} as const satisfies Record<LogStatus, LogUploadStatus>

/** Sends one notice of the ledger. A CALLERROR is an answer: a central system without the security whitepaper is not asked twice. */
export function noticeDelivery({
  peer,
  settled,
}: {
  readonly peer: Peer
  readonly settled: (at: Moment) => Moment
}): (entry: Entry<Fact>) => Promise<Delivery> {
  const send = (at: Moment, notice: Notice): Promise<CallOutcome> | undefined => {
    switch (notice.kind) {
      case 'securityEvent': {
        const { type, isTold } = securityEvents[notice.event]
        const techInfo = notice.info === undefined ? {} : { techInfo: notice.info }
        return isTold ? peer.call(SecurityEventNotification, { type, timestamp: isoOf(at), ...techInfo }) : undefined
      }
      case 'firmwareProgress':
        return peer.call(FirmwareStatusNotification, { status: firmwareStatus[notice.status] })
      case 'logProgress':
        return notice.request === undefined
          ? peer.call(DiagnosticsStatusNotification, { status: diagnosticsStatus[notice.status] })
          : peer.call(LogStatusNotification, { status: logStatus[notice.status], requestId: notice.request })
    }
  }
  return async ({ at, fact }) => {
    const outcome = isNotice(fact) ? await send(settled(at), fact) : undefined
    if (outcome === undefined) return { outcome: 'nothing' }
    return outcome.kind === 'error' ? { outcome: 'delivered' } : deliveryOf(outcome)
  }
}
