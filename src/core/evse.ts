import { type Millis, millis, seconds } from '../base/units.ts'
import type { Report } from '../safety/port.ts'
import { attemptTimer } from './attempt.ts'
import type { EvseView, RaisedFault } from './charge-point.ts'
import { sharedLimits } from './charging/claim.ts'
import type { ChargingProfile } from './charging/profile.ts'
import type { OpenTransaction, StopReason, TransactionEnded } from './facts.ts'
import { heldCable } from './held-cable.ts'
import { type Accepted, type Evse, type EvseParts, openOf, type Running } from './outlet.ts'
import { isFaulted, viewOf } from './standing.ts'
import { type Stopping, stopping } from './stopping.ts'
import { visit } from './visit.ts'

/** How long an EV may take to ask for energy before the session is said to be suspended by it. */
const settleTime = seconds(5)

export function evse(parts: EvseParts): Evse {
  const { description, guard, clock, log, settings, desk, metering, availability, reservations } = parts
  const number = description.evse
  let waiting: Accepted | undefined
  let running: Running | undefined
  let raised: RaisedFault | undefined
  /** When the contacts were first seen open (monotonic ms); undefined while they are closed. */
  let openSince: Millis | undefined = Number.NEGATIVE_INFINITY
  /** Central systems know a transaction by its card, place, register and millisecond: no two begin at the same one. */
  let begunAt: Millis = Number.NEGATIVE_INFINITY
  let idle: (() => void)[] = []

  const report = () => guard.report(number)
  const held = heldCable({ evse: number, kept: parts.heldCables, clock, log, report })
  const changed = () => parts.changed(view())
  /** The car that is there, or the last one. */
  const car = visit(number, report, clock, changed)
  const isReserved = () => reservations.isReserved(number)
  let wasReserved = isReserved()
  const isOperative = () => availability.isOperative(number)
  /** Nothing that is out of order stands against a session. */
  const isUsable = () => isOperative() && !isFaulted({ report: report(), raised, running, waiting })
  const view = (): EvseView => {
    const state = { car, running, waiting, raised, isOperative: isOperative(), isReserved: isReserved() }
    return viewOf({ description, report: report(), offered: desk.current, ...state })
  }

  const attempt = attemptTimer(number, clock, settings, () => {
    log.info({ evse: number, waiting: waiting !== undefined }, waiting === undefined ? 'no card in time' : 'no cable in time')
    waiting = undefined
    car.over(report().hasCable)
    changed()
  })

  /** False: the start cannot be written, and what is not on the disk is not charged. */
  const begin = ({ token, group, source, profile }: Accepted): boolean => {
    const began = { id: parts.newId(), evse: number, token, startedAt: clock.now(), meterStartWh: metering.meterWh() }
    const started: Running = { ...began, group, plugIn: report().plugIn, isRefused: false, mayDrawTo: undefined, isSettled: false, stopping: undefined }
    attempt.end()
    waiting = undefined
    begunAt = clock.monotonic()
    const reservation = reservations.usedBy(number, { token, group })?.id
    if (!parts.record.start(openOf(started), source, reservation)) {
      changed()
      return false
    }
    if (reservation !== undefined) reservations.used(reservation)
    held.letGo()
    log.info({ evse: number, transaction: started.id, meterWh: Math.floor(started.meterStartWh) }, 'transaction started')
    metering.begin(started.id)
    run(started, profile)
    changed()
    return true
  }
  const run = (transaction: Running, profile?: ChargingProfile) => {
    // Its limits before its first offer.
    parts.profiles.begins(transaction, profile)
    running = transaction
    car.begun(transaction.token)
    clock.after(`settle ${number}`, settleTime, () => {
      if (transaction.isSettled) return
      transaction.isSettled = true
      changed()
    })
    bind(transaction)
  }
  /** Safety rule 4: the guard outlived the core that began it. */
  const resume = ({ stopping: asked, group, isRefused = false, mayDrawTo, ...began }: OpenTransaction) => {
    const { plugIn, contactor } = report()
    log.info({ evse: number, transaction: began.id, plugIn, stopping: asked?.reason }, 'a transaction of the core before goes on')
    metering.resume(began.id)
    // One that was asked to end is offered nothing any more.
    run({ ...began, group, plugIn, isRefused: isRefused || asked !== undefined, mayDrawTo, isSettled: contactor === 'closed', stopping: undefined })
    follow(report())
    if (asked !== undefined) stop(asked.reason, asked.token)
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
    const card = token === undefined ? {} : { token }
    const fact: TransactionEnded = { kind: 'transactionEnded', transaction: transaction.id, evse: number, reason, meterWh, ...card }
    parts.record.end(fact, clock.now(), metering.catchUp, () => {
      running = undefined
      transaction.isSettled = true
      // Written late, on a disk that was full: another car may have come.
      car.over(report().hasCable && report().plugIn === transaction.plugIn)
      parts.profiles.ended(number)
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
    if (keepsLocked && description.cable === 'socket') held.hold(transaction)
    else held.letGo()
    // Offered and asked for: the contacts may be on their way, and only a later reading tells.
    if (openSince !== undefined && report().isOffering && report().wantsEnergy) openSince = clock.monotonic()
    desk.withdraw(keepsLocked)
    parts.record.note(openOf(transaction))
    way.follow(report(), openSince)
    changed()
    return true
  }

  /** A refused token's transaction gets no more energy, once it has drawn what it may. What no meter counts is nothing that it may. */
  const cutRefused = (transaction: Running) => {
    const { mayDrawTo, isRefused } = transaction
    if (mayDrawTo === undefined || isRefused || (report().reading?.importWh !== undefined && metering.meterWh() < mayDrawTo)) return
    transaction.isRefused = true
    desk.permit('authorization', false)
    parts.record.note(openOf(transaction))
  }
  const followTransaction = (transaction: Running, now: Report) => {
    if (now.contactor === 'closed') transaction.isSettled = true
    if (transaction.stopping !== undefined) return transaction.stopping.follow(now, openSince)
    cutRefused(transaction)
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
    const isNewCar = car.follow(now, running !== undefined)
    openSince = now.contactor === 'closed' ? undefined : (openSince ?? now.at)
    if (!now.hasCable) held.letGo()
    if (running !== undefined) followTransaction(running, now)
    // A car at a place that is kept for another counts as come when it no longer is: until then no card could start it.
    else if (!isReserved() && (isNewCar || (wasReserved && waiting === undefined && now.isPlugged && !car.isDone))) attempt.start()
    wasReserved = isReserved()
    if (!now.isPlugged && waiting === undefined) attempt.end()
    if (running === undefined && waiting !== undefined && car.mayBegin(now) && isUsable()) begin(waiting)
    else changed()
  }
  const off = guard.reported.on((now) => {
    if (now.evse === number) follow(now)
  })
  // A board that already sees a car when the program starts.
  if (report().isPlugged)
    clock.after(`first look ${number}`, millis(0), () => {
      if (running === undefined && !car.isDone && !isReserved()) attempt.start()
    })

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
      return held.owner
    },
    async unlock() {
      const outcome = await guard.unlock(number)
      // Where it is still locked in, they may try again.
      if (outcome !== 'failed') held.letGo()
      return outcome
    },
    get isFree() {
      return running === undefined && waiting === undefined && clock.monotonic() - begunAt >= 1 && isUsable()
    },
    get isPlugged() {
      return report().isPlugged
    },
    get doneFor() {
      return car.doneFor
    },
    take(accepted) {
      waiting = accepted
      if (car.mayBegin(report())) return begin(accepted) ? 'started' : 'refused'
      attempt.start()
      changed()
      return report().isPlugged ? 'locking' : 'waiting'
    },
    cancel() {
      const taken = waiting
      waiting = undefined
      if (!report().isPlugged) attempt.end()
      if (taken !== undefined) changed()
      return taken
    },
    stop,
    refuse() {
      if (running === undefined) return
      running.mayDrawTo ??= metering.meterWh() + settings.get('maxEnergyOnInvalidId')
      cutRefused(running)
      parts.record.note(openOf(running))
      changed()
    },
    raise(fault) {
      raised = fault
      desk.permit('fault', fault === undefined)
      follow(report())
    },
    limit(name, limit) {
      desk.limit(name, limit)
      changed()
    },
    join(group) {
      if (running === undefined || running.group !== undefined) return
      running.group = group
      parts.record.note(openOf(running))
    },
    sizeWithout: desk.sizeWithout,
    // Without a transaction it has no share of anything: 0 A of it would look like somebody's wish.
    limits: () => desk.limits().filter(({ name }) => running !== undefined || !sharedLimits.some((each) => each === name)),
    sampleNow: metering.sampleNow,
    meterWh: metering.meterWh,
    refresh: () => follow(report()),
    wasCutOff: car.wasCutOff,
    resume,
    finish: () => running?.stopping?.finish(),
    whenIdle(run) {
      if (running === undefined) run()
      else idle.push(run)
    },
    close() {
      off()
      attempt.end()
      metering.stop()
      desk.withdraw()
    },
  }
}
