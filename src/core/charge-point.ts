import type { Moment } from '../base/moment.ts'
import type { Listenable } from '../base/signal.ts'
import type { WattHours } from '../base/units.ts'
import type { Fault, GuardPort, Report } from '../safety/port.ts'
import type { ChargingProfile, ChargingProfiles } from './charging/profile.ts'
import type { Credentials } from './credentials.ts'
import type { SampledValue, StopReason, Transaction } from './facts.ts'
import type { LocalControl } from './local-control.ts'
import type { LocalList } from './local-list.ts'
import type { Limit, NamedLimit, Offered } from './offer.ts'
import type { Reservations } from './reservation.ts'
import type { SecurityLog } from './security.ts'
import type { Sessions } from './sessions.ts'
import type { Settings } from './settings.ts'
import type { SiteDesk } from './site/picture.ts'
import type { TokenInfo } from './token.ts'
import type { FirmwareUpdates, LogUploads } from './transfer.ts'

export type { Fault } from '../safety/port.ts'
export type { TokenInfo } from './token.ts'

/** The states of an EVSE, derived and never assigned (see `status.ts`). */
export const evseStatuses = ['available', 'preparing', 'charging', 'suspendedEv', 'suspendedEvse', 'finishing', 'reserved', 'unavailable', 'faulted'] as const
export type EvseStatus = (typeof evseStatuses)[number]

/** A fault that somebody reported beside the guard's own, for instance by `error WeakSignal` at the control door. */
export const raisedFaults = [
  'connectorLock',
  'evCommunication',
  'ground',
  'highTemperature',
  'internal',
  'localList',
  'other',
  'overCurrent',
  'overVoltage',
  'meter',
  'powerSwitch',
  'reader',
  'reset',
  'underVoltage',
  'weakSignal',
] as const
export type RaisedFault = (typeof raisedFaults)[number]

/** What the charge point knows of one EVSE, as one consistent picture. */
export interface EvseView {
  readonly evse: number
  readonly status: EvseStatus
  /** What a person should know beside the status, for instance `EV side disconnected`. */
  readonly info: string | undefined
  /** The guard's faults. */
  readonly faults: readonly Fault[]
  readonly raised: RaisedFault | undefined
  readonly isOperative: boolean
  readonly transaction: Transaction | undefined
  /** A token that was accepted and waits for the cable. */
  readonly waitingToken: string | undefined
  readonly offered: Offered
  readonly report: Report
}

/** What became of a card at the reader. */
export type PresentOutcome =
  /** Accepted; it waits for the cable. */
  | 'waiting'
  /** Accepted; it begins when the plug, which has just come, is locked. */
  | 'locking'
  | 'started'
  /** The running transaction ends. */
  | 'stopped'
  /** The waiting authorization was taken back. */
  | 'cancelled'
  /** The cable that was kept locked after a transaction is free. */
  | 'unlocked'
  | 'invalid'
  | 'blocked'
  | 'expired'
  | 'concurrent'
  /** The central system could not be asked, and the offline rules refuse. */
  | 'unknownOffline'
  /** The place is kept for somebody else. */
  | 'reserved'
  /** No outlet can take it: occupied, faulted, unavailable, or not accepted by the central system yet. */
  | 'noEvse'
  /** The start could not be written to the state directory. */
  | 'refused'

export type AvailabilityOutcome = 'accepted' | 'scheduled' | 'rejected'
export type UnlockOutcome = 'unlocked' | 'failed' | 'none' | 'unknownEvse'
export type RemoteStartOutcome = 'accepted' | 'rejected'

/** How the program is asked to end. `core`: restart of this program; `all`: the guard too. */
export interface Restart {
  readonly scope: 'core' | 'all'
  readonly stop: Extract<StopReason, 'softReset' | 'hardReset'>
}

/** What is remembered of a token. */
export interface LearntToken extends TokenInfo {
  /** As the cache compares it: without regard to case. */
  readonly token: string
  /** ms since 1970. */
  readonly storedAt: number
}

/** Who can be asked about a token; the active OCPP door implements it. */
export interface Authority {
  /** Undefined: it could not be asked, or did not answer in time. Never rejects. */
  authorize(token: string): Promise<TokenInfo | undefined>
  /** False: offline, or not registered; the offline rules apply without asking. */
  readonly isReachable: boolean
  /** Whether the protocol can carry this token at all (1.6: 20 characters). */
  isPresentable(token: string): boolean
}

/** The charge point, without a word of any protocol. Doors ask it; it asks nobody but its `Authority`. */
export interface ChargePoint {
  readonly evses: readonly number[]
  readonly settings: Settings
  /** @throws RangeError for an EVSE that is not there */
  view(evse: number): EvseView
  /** The view of an EVSE changed. */
  readonly changed: Listenable<EvseView>
  /** Availability of the station as a whole (connector 0). */
  readonly isOperative: boolean
  /** A card at the reader of an EVSE, or at the one reader for all. */
  present(token: string, evse?: number): Promise<PresentOutcome>
  /** A start asked for from afar. Without an EVSE the charge point chooses. `accepted` is said before anything is asked or started.
   *  @param profile for its transaction, whose EVSE counts and not the profile's; `profiles.check` found nothing wrong with it */
  remoteStart(token: string, evse: number | undefined, profile?: ChargingProfile): RemoteStartOutcome
  /** Ends the running transaction of an EVSE. False: there is none. */
  stop(evse: number, reason: StopReason, token?: string): boolean
  /** The EVSE that a transaction runs on. */
  evseOf(transaction: string): number | undefined
  setAvailability(evse: number | 'all', operative: boolean): AvailabilityOutcome
  /** Ends the transaction, then unlocks the plug. */
  unlock(evse: number): Promise<UnlockOutcome>
  /** A limit by name; undefined lifts it. 0 pauses. */
  limit(evse: number | 'all', name: string, limit: Limit | undefined): void
  /** Every limit in force at an EVSE, the least first. */
  limitsOf(evse: number): readonly NamedLimit[]
  /** Sets or clears a reported fault: status Faulted, power withdrawn. */
  raise(evse: number, fault: RaisedFault | undefined): void
  /** What the central system answered about the token of a transaction it was told of. */
  tokenAnswered(transaction: string, info: TokenInfo): void
  /** What the central system says of any token, for the cache. */
  tokenLearnt(token: string, info: TokenInfo): void
  clearAuthorizationCache(): boolean
  /** Tokens that the central system was asked about, as long as they are remembered. */
  learntTokens(): readonly LearntToken[]
  /** The owner's own limit and switch. */
  readonly local: LocalControl
  /** Load management on the spot; undefined: none is set up. */
  readonly site: SiteDesk | undefined
  readonly sessions: Sessions
  readonly localList: LocalList
  readonly reservations: Reservations
  readonly profiles: ChargingProfiles
  readonly security: SecurityLog
  /** Undefined: nothing touches files here. */
  readonly firmware: FirmwareUpdates | undefined
  readonly logs: LogUploads | undefined
  /** What the central system is shown; whoever connects to one sets it. */
  credentials: Credentials | undefined
  /** Notes this start of the program; called once everything is set up. */
  begun(): void
  authority: Authority | undefined
  /** The central system accepted (or lost) the station: before the first acceptance no charging is allowed. */
  registered(accepted: boolean): void
  /** A sample of all measurands that a timetable would send now. */
  sampleNow(evse: number): readonly SampledValue[]
  meterWh(evse: number): WattHours
  /** Asks the program to restart. Transactions end with the given reason first. */
  restart(restart: Restart): void
  readonly restarting: Listenable<Restart>
  readonly now: () => Moment
  /** Withdraws every offer, ends what must end, waits until the contactors are open (or `timeoutMs` passed). */
  shutDown(reason: StopReason, timeoutMs: number): Promise<void>
  readonly guard: GuardPort
}
