import { type Millis, millis, seconds } from '../base/units.ts'
import type { Report } from '../safety/port.ts'
import { attemptTimer } from './attempt.ts'
import type { EvseView, RaisedFault } from './charge-point.ts'
import type { OpenTransaction, StopReason, TransactionEnded } from './facts.ts'
import { isEnough } from './offer.ts'
import { type Accepted, type Evse, type EvseParts, openOf, type Running } from './outlet.ts'
import { statusOf } from './status.ts'
import { type Stopping, stopping } from './stopping.ts'

/** Within this the pilot is debounced and a car that was there before the program is seen. */
const firstLook = seconds(5)
/** How long an EV may take to ask for energy before the session is said to be suspended by it. */
const settleTime = seconds(5)

export function evse(parts: EvseParts): Evse {
  const { description, guard, clock, log, settings, desk, metering, availability } = parts
  const number = description.evse
  let waiting: Accepted | undefined
  let running: Running | undefined
  let raised: RaisedFault | undefined
  /** What the present plug-in was for is over. */
  let isDone = false
  /** The last card that charged here. */
  let lastToken: string | undefined
  /** A transaction was cut off here, and it is not known yet whether its car still hangs on the cable: Finishing (reference rule 35). */
  let wasCut = false
  let lastPlugIn = guard.report(number).plugIn
  /** When the contacts were first seen open (monotonic ms); undefined while they are closed. */
  let openSince: Millis | undefined = Number.NEGATIVE_INFINITY
  /** Central systems know a transaction by its card, place, register and millisecond: no two begin at the same one. */
  let begunAt: Millis = Number.NEGATIVE_INFINITY
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
      isFaulted: isFaulted(),
      isOperative: isOperative(),
      isReserved: false,
      isWaiting: waiting !== undefined,
      hasCable: now.hasCable || wasCut,
      isDone: isDone || wasCut,
      transaction: running && {
        stopping: running.stopping === undefined ? 'no' : running.stopping.isMeasured ? 'measured' : 'measuring',
        isClosed: now.contactor === 'closed',
        isOffered: isEnough(desk.current, description) && (now.isOffering || !running.isSettled || !now.isPlugged),
        isSettled: running.isSettled,
      },
    })
  }
  const view = (): EvseView => ({
    evse: number,
    status: status(),
    info: running !== undefined && running.stopping === undefined && !report().isPlugged ? 'EV side disconnected' : undefined,
    faults: report().faults,
    raised,
    isOperative: isOperative(),
    transaction: running,
    waitingToken: waiting?.token,
    offered: desk.current,
    report: report(),
  })
  const changed = () => parts.changed(view())

  const attempt = attemptTimer(number, clock, settings, () => {
    log.info({ evse: number, waiting: waiting !== undefined }, waiting === undefined ? 'no card in time' : 'no cable in time')
    waiting = undefined
    isDone = report().hasCable
    changed()
  })

  /** False: the start cannot be written, and what is not on the disk is not charged. */
  const begin = ({ token, group, source }: Accepted): boolean => {
    const began = { id: parts.newId(), evse: number, token, startedAt: clock.now(), meterStartWh: metering.meterWh() }
    const started: Running = { ...began, group, plugIn: report().plugIn, isRefused: false, isSettled: false, stopping: undefined }
    attempt.end()
    waiting = undefined
    begunAt = clock.monotonic()
    if (!parts.record.start(openOf(started), source)) {
      changed()
      return false
    }
    isDone = false
    heldFor = undefined
    log.info({ evse: number, transaction: started.id, meterWh: Math.floor(started.meterStartWh) }, 'transaction started')
    metering.begin(started.id)
    run(started)
    changed()
    return true
  }
  const run = (transaction: Running) => {
    running = transaction
    lastToken = transaction.token
    clock.after(`settle ${number}`, settleTime, () => {
      if (transaction.isSettled) return
      transaction.isSettled = true
      changed()
    })
    bind(transaction)
  }
  /** Safety rule 4: the guard outlived the core that began it. */
  const resume = ({ stopping: asked, group, isRefused = false, ...began }: OpenTransaction) => {
    const { plugIn, contactor } = report()
    log.info({ evse: number, transaction: began.id, plugIn, stopping: asked?.reason }, 'a transaction of the core before goes on')
    metering.resume(began.id)
    // One that was asked to end is offered nothing any more.
    run({ ...began, group, plugIn, isRefused: isRefused || asked !== undefined, isSettled: contactor === 'closed', stopping: undefined })
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
      isDone = report().hasCable && report().plugIn === transaction.plugIn
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
    // Offered and asked for: the contacts may be on their way, and only a later reading tells.
    if (openSince !== undefined && report().isOffering && report().wantsEnergy) openSince = clock.monotonic()
    desk.withdraw(keepsLocked)
    parts.record.note(openOf(transaction))
    way.follow(report(), openSince)
    changed()
    return true
  }

  const followTransaction = (transaction: Running, now: Report) => {
    if (now.contactor === 'closed') transaction.isSettled = true
    if (transaction.stopping !== undefined) return transaction.stopping.follow(now, openSince)
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
    openSince = now.contactor === 'closed' ? undefined : (openSince ?? now.at)
    if (isNewPlugIn || !now.hasCable) isDone = false
    if (!now.hasCable) heldFor = undefined
    if (running !== undefined) followTransaction(running, now)
    else if (isNewPlugIn && now.isPlugged) {
      isDone = wasCut
      wasCut = false
      if (!isDone) attempt.start()
    }
    if (!now.isPlugged && waiting === undefined) attempt.end()
    if (running === undefined && waiting !== undefined && now.isPlugged && isOperative() && !isFaulted()) begin(waiting)
    else changed()
  }
  const off = guard.reported.on((now) => {
    if (now.evse === number) follow(now)
  })
  // A board that already sees a car when the program starts.
  if (report().isPlugged)
    clock.after(`first look ${number}`, millis(0), () => {
      if (running === undefined && !isDone) attempt.start()
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
      return heldFor
    },
    unlock() {
      heldFor = undefined
      return guard.unlock(number)
    },
    get isFree() {
      return running === undefined && waiting === undefined && clock.monotonic() - begunAt >= 1 && isOperative() && !isFaulted()
    },
    get isPlugged() {
      return report().isPlugged
    },
    get doneFor() {
      return isDone ? lastToken : undefined
    },
    take(accepted) {
      waiting = accepted
      if (report().isPlugged) return begin(accepted) ? 'started' : 'refused'
      attempt.start()
      changed()
      return 'waiting'
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
      running.isRefused = true
      desk.permit('authorization', false)
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
    sampleNow: metering.sampleNow,
    meterWh: metering.meterWh,
    refresh: () => follow(report()),
    wasCutOff(token) {
      wasCut = true
      lastToken = token
      // A car that hangs on the cable is seen by then; one that comes later is a new one.
      clock.after(`cut off ${number}`, firstLook, () => {
        wasCut = false
        changed()
      })
      if (report().isPlugged) isDone = true
    },
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
