import type { Moment } from '../base/moment.ts'
import type { WattHours } from '../base/units.ts'

/** What happened, in words of no protocol. The ledger keeps these; an OCPP version translates them. */
export type Fact = TransactionFact | Notice
export type TransactionFact = TransactionStarted | MeterSampled | TransactionEnded
/** What a central system is told besides transactions, each with a promise of its own (see `notices` of the OCPP versions). */
export type Notice = SecurityEvent | FirmwareProgress | LogProgress

export function isNotice(fact: Fact): fact is Notice {
  return fact.kind === 'securityEvent' || fact.kind === 'firmwareProgress' || fact.kind === 'logProgress'
}

export interface TransactionStarted {
  readonly kind: 'transactionStarted'
  readonly transaction: string
  readonly evse: number
  readonly token: string
  /** Who asked: a card at the reader, or the central system (with its own number for the request). */
  readonly source: 'local' | 'remote'
  readonly reservation?: number
  readonly meterWh: WattHours
  /** It began without a central system, and `silentOfflineTransactions` says that none is ever told of it. */
  readonly isSilent?: true
}

export interface TransactionEnded {
  readonly kind: 'transactionEnded'
  readonly transaction: string
  readonly evse: number
  readonly reason: StopReason
  /** The card that stopped it; absent when no person with a card did. */
  readonly token?: string
  readonly meterWh: WattHours
}

/** One tick of a timetable. `values` go out by themselves; `endValues` wait for the end of the transaction. */
export interface MeterSampled {
  readonly kind: 'meterSampled'
  readonly evse: number
  readonly transaction?: string
  readonly context: SampleContext
  readonly values: readonly SampledValue[]
  readonly endValues: readonly SampledValue[]
}

/** Something that a security officer wants to know (`security.ts` says which ones a central system is told). */
export interface SecurityEvent {
  readonly kind: 'securityEvent'
  readonly event: SecurityEventName
  /** At most 255 characters, never a secret. */
  readonly info?: string
}

/** How far the firmware update has come. */
export interface FirmwareProgress {
  readonly kind: 'firmwareProgress'
  readonly status: FirmwareStatus
  /** The central system's number for its request, where it gave one. */
  readonly request?: number
}

/** How far the upload of a log has come. */
export interface LogProgress {
  readonly kind: 'logProgress'
  readonly log: LogKind
  readonly status: LogStatus
  /** The central system's number for its request, where it gave one. */
  readonly request?: number
}

export type SecurityEventName =
  | 'firmwareUpdated'
  | 'failedToAuthenticateAtCentralSystem'
  | 'centralSystemFailedToAuthenticate'
  | 'settingSystemTime'
  | 'startupOfTheDevice'
  | 'resetOrReboot'
  | 'securityLogWasCleared'
  | 'reconfigurationOfSecurityParameters'
  | 'memoryExhaustion'
  | 'invalidMessages'
  | 'attemptedReplayAttacks'
  | 'tamperDetectionActivated'
  | 'invalidFirmwareSignature'
  | 'invalidFirmwareSigningCertificate'
  | 'invalidCentralSystemCertificate'
  | 'invalidChargePointCertificate'
  | 'invalidTlsVersion'
  | 'invalidTlsCipherSuite'

export type FirmwareStatus = 'idle' | 'downloading' | 'downloaded' | 'downloadFailed' | 'installing' | 'installed' | 'installationFailed'

export type LogKind = 'diagnostics' | 'security'
export type LogStatus = 'idle' | 'uploading' | 'uploaded' | 'uploadFailed' | 'badMessage' | 'permissionDenied' | 'notSupported'

export type SampleContext = 'begin' | 'periodic' | 'clock' | 'end' | 'trigger'

/** A quantity with the field's name for it (`Energy.Active.Import.Register`), in SI units. */
export interface SampledValue {
  readonly measurand: string
  readonly phase?: 'L1' | 'L2' | 'L3' | 'N' | 'L1-N' | 'L2-N' | 'L3-N'
  readonly unit: 'Wh' | 'W' | 'A' | 'V' | 'Hz' | 'Celsius' | 'Percent' | 'none'
  readonly value: number
  readonly location?: 'Outlet' | 'Inlet' | 'Body' | 'Cable' | 'EV'
}

export const stopReasons = [
  'local',
  'remote',
  'evDisconnected',
  'deAuthorized',
  'hardReset',
  'softReset',
  'unlockCommand',
  'powerLoss',
  'reboot',
  'emergencyStop',
  'other',
] as const
export type StopReason = (typeof stopReasons)[number]

/** A running or finished transaction, folded from its facts. */
export interface Transaction {
  /** Ours, a UUID; OCPP versions keep their own numbers for it. */
  readonly id: string
  readonly evse: number
  readonly token: string
  readonly startedAt: Moment
  readonly meterStartWh: WattHours
}

/** A transaction that is not over, as it is kept: what a core that takes it over has to know beside its facts. */
export interface OpenTransaction extends Transaction {
  readonly group?: string
  /** It goes on without energy: the central system refused its token. */
  readonly isRefused?: boolean
  /** Its token was refused, and it may still draw until the register shows this. */
  readonly mayDrawTo?: WattHours
  /** It was asked to end, and its end is not written yet. */
  readonly stopping?: { readonly reason: StopReason; readonly token?: string }
}
