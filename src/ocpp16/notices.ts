import { isoOf, type Moment } from '../base/moment.ts'
import type { Listenable } from '../base/signal.ts'
import type { FirmwareStatus as CoreFirmwareStatus, Fact, LogStatus, Notice, SecurityEventName } from '../core/facts.ts'
import { isCritical } from '../core/security.ts'
import { codeOf } from '../ocpp/call-error.ts'
import type { Message, RequestOf } from '../ocpp/message.ts'
import type { CallOutcome, Peer } from '../ocpp/peer.ts'
import type { Delivery } from '../ocpp/reporter.ts'
import type { Entry } from '../store/store.ts'
import { deliveryOf } from './delivery.ts'
import { type DiagnosticsStatus, DiagnosticsStatusNotification, type FirmwareStatus, FirmwareStatusNotification } from './messages/firmware-management.ts'
import { LogStatusNotification, type LogUploadStatus, SecurityEventNotification } from './messages/security.ts'

/** The readers of what is told besides transactions, and what each tells. Readers of their own, so that a central system which has no answer
 *  to security events holds up neither a transaction nor the news of a firmware update. */
export const noticeReaders = {
  'ocpp1.6-security': ['securityEvent'],
  'ocpp1.6-notices': ['firmwareProgress', 'logProgress'],
} as const satisfies Readonly<Record<string, readonly Notice['kind'][]>>
export type NoticeReader = keyof typeof noticeReaders

/** The whitepaper's words (ed. 3 ch. 8). */
const securityEvents = {
  firmwareUpdated: 'FirmwareUpdated',
  failedToAuthenticateAtCentralSystem: 'FailedToAuthenticationAtCentralSystem',
  centralSystemFailedToAuthenticate: 'CentralSystemFailedToAuthentication',
  settingSystemTime: 'SettingSystemTime',
  startupOfTheDevice: 'StartupOfTheDevice',
  resetOrReboot: 'ResetOrReboot',
  securityLogWasCleared: 'SecurityLogWasCleared',
  reconfigurationOfSecurityParameters: 'ReconfigurationOfSecurityParameters',
  memoryExhaustion: 'MemoryExhaustion',
  invalidMessages: 'InvalidMessages',
  attemptedReplayAttacks: 'AttemptedReplayAttacks',
  tamperDetectionActivated: 'TamperDetectionActivated',
  invalidFirmwareSignature: 'InvalidFirmwareSignature',
  invalidFirmwareSigningCertificate: 'InvalidFirmwareSigningCertificate',
  invalidCentralSystemCertificate: 'InvalidCentralSystemCertificate',
  invalidChargePointCertificate: 'InvalidChargePointCertificate',
  invalidTlsVersion: 'InvalidTLSVersion',
  invalidTlsCipherSuite: 'InvalidTLSCipherSuite',
} as const satisfies Record<SecurityEventName, string>

export const firmwareStatus = {
  idle: 'Idle',
  downloading: 'Downloading',
  downloaded: 'Downloaded',
  downloadFailed: 'DownloadFailed',
  installing: 'Installing',
  installed: 'Installed',
  installationFailed: 'InstallationFailed',
} as const satisfies Record<CoreFirmwareStatus, FirmwareStatus>

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

/** Failures after which a notice is given up. */
export const noticeAttempts = 5

/** Sends one notice of the ledger, if it is one of the reader's. A central system that does not know a message says so once on each
 *  connection, and is not sent it again there. For progress any CALLERROR is an answer; a security event is owed (A04.FR.02), and is sent
 *  again: a few times to a central system that fails at it or hangs up, and to one that is silent until it answers. */
export function noticeDelivery(reader: NoticeReader, { peer, settled, dropped, ended }: NoticeParts): (entry: Entry<Fact>) => Promise<Delivery> {
  /** Actions that the central system does not know, on this connection. */
  const unknown = new Set<string>()
  dropped.on(() => unknown.clear())
  const call = async <M extends Message>(message: M, request: RequestOf<M>): Promise<Delivery> => {
    const { action } = message
    if (unknown.has(action)) return { outcome: 'nothing' }
    const outcome = await peer.call(message, request)
    ended(outcome)
    // A silent one may be a gateway whose central system is down; what it does answer to will hardly get better.
    const attempts = outcome.kind === 'timeout' ? {} : { attempts: noticeAttempts }
    if (outcome.kind !== 'error') return { ...deliveryOf(outcome), ...attempts }
    const code = codeOf(outcome.code)
    if (code === 'notImplemented' || code === 'notSupported') unknown.add(action)
    return unknown.has(action) || action !== SecurityEventNotification.action ? { outcome: 'delivered' } : { ...deliveryOf(outcome), ...attempts }
  }
  const kinds: readonly Fact['kind'][] = noticeReaders[reader]
  return async ({ at, fact }) => {
    if (!kinds.includes(fact.kind)) return { outcome: 'nothing' }
    switch (fact.kind) {
      case 'securityEvent': {
        if (!isCritical(fact.event)) return { outcome: 'nothing' }
        const techInfo = fact.info === undefined ? {} : { techInfo: fact.info }
        return call(SecurityEventNotification, { type: securityEvents[fact.event], timestamp: isoOf(settled(at)), ...techInfo })
      }
      case 'firmwareProgress':
        return call(FirmwareStatusNotification, { status: firmwareStatus[fact.status] })
      case 'logProgress':
        return fact.request === undefined
          ? call(DiagnosticsStatusNotification, { status: diagnosticsStatus[fact.status] })
          : call(LogStatusNotification, { status: logStatus[fact.status], requestId: fact.request })
      default:
        // Of a transaction.
        return { outcome: 'nothing' }
    }
  }
}

export interface NoticeParts {
  readonly peer: Peer
  /** The time of a moment that was noted before the clock was set. */
  readonly settled: (at: Moment) => Moment
  readonly dropped: Listenable<unknown>
  /** Hears of each that was given to the peer. */
  readonly ended: (outcome: CallOutcome) => void
}
