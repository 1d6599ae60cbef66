import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Amps, millis, seconds, type WattHours } from '../base/units.ts'
import type { EvseDescription, GuardPort, Report } from '../safety/port.ts'
import type { Availability } from './availability.ts'
import type { EvseView, RaisedFault } from './charge-point.ts'
import type { SampledValue, StopReason, Transaction, TransactionEnded } from './facts.ts'
import type { Metering } from './metering.ts'
import { leastAmps, type OfferDesk } from './offer.ts'
import type { TransactionRecord } from './record.ts'
import type { Settings } from './settings.ts'
import { statusOf } from './status.ts'
import { type Stopping, stopping } from './stopping.ts'

/** How long an EV may take to ask for energy before the session is said to be suspended by it. */
const settleTime = seconds(5)

/** A token that was accepted for this EVSE and waits for the cable. */
export interface Accepted {
  readonly token: string
  readonly group: string | undefined
  readonly source: 'local' | 'remote'
  /** Presented at the one reader for all: it follows the cable to another EVSE. */
  readonly isMovable: boolean
}

interface Running extends Transaction {
  readonly group: string | undefined
  plugIn: number
  /** The central system refused the token afterwards, and the transaction goes on without energy. */
  isRefused: boolean
  isSettled: boolean
  stopping: undefined | Stopping
}

export interface EvseParts {
  readonly description: EvseDescription
  readonly guard: GuardPort
  readonly clock: Clock
  readonly log: Log
  readonly record: TransactionRecord
  readonly settings: Settings
  readonly availability: Availability
  readonly metering: Metering
  readonly desk: OfferDesk
  readonly newId: () => string
  readonly changed: (view: EvseView) => void
}

/** One outlet: from the waiting token over the transaction to the pulled plug. */
export interface Evse {
  readonly view: EvseView
  readonly transaction: (Transaction & { readonly group: string | undefined; readonly isStopping: boolean }) | undefined
  readonly waiting: Accepted | undefined
  /** Whose cable is still locked in after the end of their transaction: they get it back by showing a card. */
  readonly heldFor: { readonly token: string; readonly group: string | undefined } | undefined
  unlock(): Promise<'unlocked' | 'failed' | 'none'>
  /** Nothing stands against a new session here. */
  readonly isFree: boolean
  readonly isPlugged: boolean
  /** Takes an accepted token: starts at once with a cable, waits for one without. */
  take(accepted: Accepted): 'started' | 'waiting' | 'refused'
  /** Takes the waiting token back. */
  cancel(): Accepted | undefined
  stop(reason: StopReason, token?: string): boolean
  /** The transaction's token was refused afterwards: no more energy. */
  refuse(): void
  raise(fault: RaisedFault | undefined): void
  /** A limit of the current by name, A per phase; undefined lifts it. */
  limit(name: string, amps: Amps | undefined): void
  sampleNow(): readonly SampledValue[]
  meterWh(): WattHours
  /** The availability changed. */
  refresh(): void
  /** A transaction was cut off here before this start: a car that still hangs on the cable is not a new one. */
  wasCutOff(): void
  /** Ends a transaction that is stopping without waiting for the contactor any longer. */
  finish(): void
  /** Runs when no transaction is open any more. */
  whenIdle(run: () => void): void
  close(): void
}

export function evse(parts: EvseParts): Evse {
  const { description, guard, clock, log, settings, desk, metering, availability } = parts
  const number = description.evse
  let waiting: Accepted | undefined
  let running: Running | undefined
  let raised: RaisedFault | undefined
  /** What the present plug-in was for is over. */
  let isDone = false
  let wasCut = false
  let lastPlugIn = guard.report(number).plugIn
  let attempt: Timer | undefined
  /** Whose cable is still locked in the socket after the end of their transaction. */
  let heldFor: Pick<Running, 'token' | 'group'> | undefined
  let idle: (() => void)[] = []

  const report = () => guard.report(number)
  const isOperative = () => availability.isOperative(number)
  // EVCommunicationError is a warning beside a session (OCPP 1.6 §7.6), and a fault only where there is none.
  const isWarning = () => raised === 'evCommunication' && (running !== undefined || waiting !== undefined || report().hasCable)
  const isFaulted = () => (raised !== undefined && !isWarning()) || report().faults.length > 0

  const status = () => {
    const now = report()
    return statusOf({
      isFaulted: isFaulted(), isOperative: isOperative(), isReserved: false, isWaiting: waiting !== undefined,
      hasCable: now.hasCable || now.isPlugged, isDone,
      transaction: running && {
        stopping: running.stopping === undefined ? 'no' : running.stopping.isMeasured ? 'measured' : 'measuring', isClosed: now.contactor === 'closed',
        isOffered: desk.current.amps >= leastAmps && (now.isOffering || !running.isSettled || !now.isPlugged), isSettled: running.isSettled,
      },
    })
  }
  const view = (): EvseView => ({
    evse: number, status: status(), info: running !== undefined && running.stopping === undefined && !report().isPlugged ? 'EV side disconnected' : undefined,
    faults: report().faults, raised, isOperative: isOperative(), transaction: running, waitingToken: waiting?.token, offered: desk.current, report: report(),
  })
  const changed = () => parts.changed(view())

  // OCPP 1.6 §9.1.4 and errata 3.20: without a card or a cable in time the attempt is over. With the cable still in: Finishing.
  const startAttempt = () => {
    attempt?.stop()
    attempt = undefined
    const limit = settings.get('connectionTimeout')
    if (limit === 0) return
    attempt = clock.after(`connection time-out ${number}`, seconds(limit), () => {
      log.info({ evse: number, waiting: waiting !== undefined }, waiting === undefined ? 'no card in time' : 'no cable in time')
      waiting = undefined
      isDone = report().isPlugged || report().hasCable
      changed()
    })
  }
  const endAttempt = () => {
    attempt?.stop()
    attempt = undefined
  }

  /** False: the start cannot be written, and what is not on the disk is not charged. */
  const begin = ({ token, group, source }: Accepted): boolean => {
    const started: Transaction = { id: parts.newId(), evse: number, token, startedAt: clock.now(), meterStartWh: metering.meterWh() }
    endAttempt()
    waiting = undefined
    if (!parts.record.start(started, source)) {
      changed()
      return false
    }
    isDone = false
    heldFor = undefined
    const transaction: Running = { ...started, group, plugIn: report().plugIn, isRefused: false, isSettled: false, stopping: undefined }
    running = transaction
    log.info({ evse: number, transaction: started.id, meterWh: Math.floor(started.meterStartWh) }, 'transaction started')
    metering.begin(started.id)
    clock.after(`settle ${number}`, settleTime, () => {
      if (transaction.isSettled) return
      transaction.isSettled = true
      changed()
    })
    bind(transaction)
    changed()
    return true
  }
  const bind = (transaction: Running) => {
    guard.adopt(number, transaction.plugIn, transaction.id)
    desk.permit('authorization', !transaction.isRefused)
    desk.grant({ transaction: transaction.id, plugIn: transaction.plugIn })
  }

  /** Until the end is written the EVSE is not free. */
  const end = (transaction: Running, { reason, token }: Stopping) => {
    metering.end()
    const meterWh = Math.max(metering.meterWh(), transaction.meterStartWh)
    const fact: TransactionEnded = { kind: 'transactionEnded', transaction: transaction.id, evse: number, reason, meterWh, ...(token === undefined ? {} : { token }) }
    parts.record.end(fact, clock.now(), () => {
      running = undefined
      transaction.isSettled = true
      isDone = report().isPlugged || report().hasCable
      log.info({ evse: number, transaction: transaction.id, reason, energyWh: Math.floor(meterWh) - Math.floor(transaction.meterStartWh) }, 'transaction ended')
      const waiters = idle
      idle = []
      changed()
      for (const run of waiters) run()
    })
    if (running === transaction) changed()
  }
  const stop = (reason: StopReason, token?: string) => {
    if (running === undefined) return false
    const transaction = running
    if (transaction.stopping !== undefined) return true
    const way = stopping({ evse: number, reason, token, clock, log, measured: () => end(transaction, way) })
    transaction.stopping = way
    // Errata 3.5: a refused card's cable stays locked; §4.10: so does one that is unplugged at the EV, where the setting says so.
    const keepsLocked = reason === 'deAuthorized' || (reason === 'evDisconnected' && !settings.get('unlockOnEvSideDisconnect'))
    heldFor = keepsLocked && description.cable === 'socket' ? transaction : undefined
    desk.withdraw(keepsLocked)
    way.follow(report())
    changed()
    return true
  }

  const followTransaction = (transaction: Running, now: Report) => {
    if (now.contactor === 'closed') transaction.isSettled = true
    if (transaction.stopping !== undefined) return transaction.stopping.follow(now)
    if (now.faults.includes('emergencyStop')) return void stop('emergencyStop')
    const isSameCar = now.isPlugged && now.plugIn === transaction.plugIn
    if (!isSameCar && settings.get('stopTransactionOnEvSideDisconnect')) return void stop('evDisconnected')
    // The transaction goes on, and its cable stays locked whatever UnlockConnectorOnEVSideDisconnect says (§4.10).
    if (!isSameCar && !now.isPlugged) guard.withdraw(number, true)
    if (!isSameCar && now.isPlugged) {
      // The transaction outlives the plug (OCPP 1.6 §4.10); the guard wants the new plug-in named.
      transaction.plugIn = now.plugIn
      return bind(transaction)
    }
    // Any fault voids the offer for good (safety rule 4); when it is gone, this transaction is asked for again.
    if (isSameCar && now.isVoid && now.faults.length === 0) bind(transaction)
  }

  const follow = (now: Report) => {
    const isNewPlugIn = now.plugIn !== lastPlugIn
    lastPlugIn = now.plugIn
    if (isNewPlugIn || !(now.isPlugged || now.hasCable)) isDone = false
    if (!now.hasCable) heldFor = undefined
    if (running !== undefined) followTransaction(running, now)
    else if (isNewPlugIn && now.isPlugged) {
      isDone = wasCut
      wasCut = false
      if (!isDone) startAttempt()
    }
    if (!now.isPlugged && waiting === undefined) endAttempt()
    if (running === undefined && waiting !== undefined && now.isPlugged && isOperative() && !isFaulted()) begin(waiting)
    else changed()
  }
  const off = guard.reported.on((now) => {
    if (now.evse === number) follow(now)
  })
  // A board that already sees a car when the program starts.
  if (report().isPlugged) clock.after(`first look ${number}`, millis(0), () => { if (running === undefined && !isDone) startAttempt() })

  return {
    get view() {
      return view()
    },
    get transaction() {
      return running && { ...running, isStopping: running.stopping !== undefined }
    },
    get waiting() {
      return waiting
    },
    get heldFor() {
      return heldFor
    },
    unlock() {
      heldFor = undefined
      return guard.unlock(number)
    },
    get isFree() {
      return running === undefined && waiting === undefined && isOperative() && !isFaulted()
    },
    get isPlugged() {
      return report().isPlugged
    },
    take(accepted) {
      waiting = accepted
      if (report().isPlugged) {
        return begin(accepted) ? 'started' : 'refused'
      }
      startAttempt()
      changed()
      return 'waiting'
    },
    cancel() {
      const taken = waiting
      waiting = undefined
      if (!report().isPlugged) endAttempt()
      if (taken !== undefined) changed()
      return taken
    },
    stop,
    refuse() {
      if (running === undefined) return
      running.isRefused = true
      desk.permit('authorization', false)
      changed()
    },
    raise(fault) {
      raised = fault
      desk.permit('fault', fault === undefined)
      follow(report())
    },
    limit(name, amps) {
      desk.limit(name, amps)
      changed()
    },
    sampleNow: metering.sampleNow,
    meterWh: metering.meterWh,
    refresh: () => follow(report()),
    wasCutOff() {
      wasCut = true
      if (report().isPlugged) isDone = true
    },
    finish: () => running?.stopping?.finish(),
    whenIdle(run) {
      if (running === undefined) run()
      else idle.push(run)
    },
    close() {
      off()
      endAttempt()
      metering.stop()
      desk.withdraw()
    },
  }
}
