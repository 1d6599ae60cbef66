import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { WattHours } from '../base/units.ts'
import type { EvseDescription, GuardPort } from '../safety/port.ts'
import type { Documents } from '../store/store.ts'
import type { Availability } from './availability.ts'
import type { EvseView, RaisedFault } from './charge-point.ts'
import type { ChargingProfile } from './charging/profile.ts'
import type { ProfileShelf } from './charging/profiles.ts'
import type { OpenTransaction, SampledValue, StopReason, Transaction } from './facts.ts'
import type { CableOwner, KeptCable } from './held-cable.ts'
import type { Metering } from './metering.ts'
import type { Limit, NamedLimit, OfferDesk } from './offer.ts'
import type { TransactionRecord } from './record.ts'
import type { ReservationDesk } from './reserving.ts'
import type { Settings } from './settings.ts'
import type { Stopping } from './stopping.ts'

/** A token that was accepted for this EVSE and waits for the cable. */
export interface Accepted {
  readonly token: string
  readonly group: string | undefined
  readonly source: 'local' | 'remote'
  /** Presented at the one reader for all: it follows the cable to another EVSE. */
  readonly isMovable: boolean
  /** Of a remote start, for its transaction. */
  readonly profile?: ChargingProfile
}

/** A transaction while it runs. */
export interface Running extends Transaction {
  group: string | undefined
  plugIn: number
  /** The central system refused the token afterwards, and the transaction goes on without energy. */
  isRefused: boolean
  /** It was refused, and may still draw until the register shows this (MaxEnergyOnInvalidId). */
  mayDrawTo: WattHours | undefined
  isSettled: boolean
  stopping: undefined | Stopping
}

/** One outlet: from the waiting token over the transaction to the pulled plug. */
export interface Evse {
  readonly view: EvseView
  readonly transaction: (Transaction & { readonly group: string | undefined; readonly isStopping: boolean }) | undefined
  readonly waiting: Accepted | undefined
  /** Whose cable is still locked in after the end of their transaction: they get it back by showing a card. */
  readonly heldFor: CableOwner | undefined
  unlock(): Promise<'unlocked' | 'failed' | 'none'>
  /** Nothing stands against a new session here. */
  readonly isFree: boolean
  readonly isPlugged: boolean
  /** Whose transaction has ended while this car was plugged in. */
  readonly doneFor: string | undefined
  /** Takes an accepted token: starts at once with a cable that is locked, waits for one without. */
  take(accepted: Accepted): 'started' | 'waiting' | 'locking' | 'refused'
  /** Takes the waiting token back. */
  cancel(): Accepted | undefined
  stop(reason: StopReason, token?: string): boolean
  /** The transaction's token was refused afterwards: no more energy than `maxEnergyOnInvalidId`. */
  refuse(): void
  raise(fault: RaisedFault | undefined): void
  /** A limit by name; undefined lifts it. */
  limit(name: string, limit: Limit | undefined): void
  /** What its transaction would be offered were it not for the limits of these names: A per phase, or W at a DC outlet. */
  sizeWithout(...names: readonly string[]): number
  /** Every limit in force, the least first. */
  limits(): readonly NamedLimit[]
  sampleNow(): readonly SampledValue[]
  meterWh(): WattHours
  /** The central system told the group of the transaction's token. */
  join(group: string): void
  /** The availability changed. */
  refresh(): void
  /** A transaction was cut off here before this start: a car that still hangs on the cable is not a new one. */
  wasCutOff(token: string): void
  /** Goes on with a transaction that the guard has bound to its plug-in still. */
  resume(transaction: OpenTransaction): void
  /** Ends a transaction that is stopping without waiting for the contactor any longer. */
  finish(): void
  /** Runs when no transaction is open any more. */
  whenIdle(run: () => void): void
  close(): void
}

export interface EvseParts {
  readonly description: EvseDescription
  readonly guard: GuardPort
  readonly clock: Clock
  readonly log: Log
  readonly record: TransactionRecord
  readonly settings: Settings
  readonly availability: Availability
  readonly reservations: Pick<ReservationDesk, 'isReserved' | 'usedBy' | 'used'>
  readonly profiles: Pick<ProfileShelf, 'begins' | 'ended'>
  /** By EVSE. */
  readonly heldCables: Documents<KeptCable>
  readonly metering: Metering
  readonly desk: OfferDesk
  readonly newId: () => string
  readonly changed: (view: EvseView) => void
}

/** What is kept of a running transaction. */
export function openOf({ id, evse, token, startedAt, meterStartWh, group, isRefused, mayDrawTo, stopping }: Running): OpenTransaction {
  return {
    ...{ id, evse, token, startedAt, meterStartWh },
    ...(group === undefined ? {} : { group }),
    ...(isRefused ? { isRefused } : {}),
    ...(mayDrawTo === undefined ? {} : { mayDrawTo }),
    ...(stopping === undefined ? {} : { stopping: { reason: stopping.reason, ...(stopping.token === undefined ? {} : { token: stopping.token }) } }),
  }
}
