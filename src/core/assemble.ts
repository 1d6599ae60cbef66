import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { signal } from '../base/signal.ts'
import type { GuardPort, Sign } from '../safety/port.ts'
import type { Store } from '../store/store.ts'
import { authorization, type CachedToken } from './authorization.ts'
import { availability, type StoredAvailability } from './availability.ts'
import type { Authority, ChargePoint, EvseView, Restart, TokenInfo } from './charge-point.ts'
import { limiting } from './charging/limiting.ts'
import { chargingProfiles } from './charging/profiles.ts'
import type { Credentials } from './credentials.ts'
import { evse } from './evse.ts'
import type { Fact, OpenTransaction, TransactionEnded } from './facts.ts'
import { figuresOf } from './figures.ts'
import { fileWork } from './file-work.ts'
import { freeVend } from './free-vend.ts'
import type { KeptCable } from './held-cable.ts'
import { localControl } from './local-control.ts'
import { localList } from './local-list.ts'
import { metering, type Register } from './metering.ts'
import { offerDesk } from './offer.ts'
import type { Evse } from './outlet.ts'
import { presenting } from './presenting.ts'
import { transactionRecord } from './record.ts'
import { endCutOff } from './recovery.ts'
import type { Reservation } from './reservation.ts'
import { reservations } from './reserving.ts'
import { securityLog } from './security.ts'
import { sessionLog } from './session-log.ts'
import { type SettingValue, type SettingValues, settings } from './settings.ts'
import type { Site, SiteParts } from './site/site.ts'
import { type StoredStart, starts } from './starts.ts'
import { watchTampering } from './tamper-watch.ts'
import type { FilePorts } from './transfer.ts'
import { unlocking } from './unlocking.ts'

export interface ChargePointParts {
  readonly guard: GuardPort
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** A new unique identifier, a UUID. */
  readonly newId: () => string
  /** Of settings that the owner of this station gave another value than the table: they hold until one is set. */
  readonly factory: Partial<SettingValues>
  /** Undefined: neither firmware updates nor logs to send. */
  readonly files: FilePorts | undefined
  /** Load management on the spot; undefined: there is none here, and nothing of it is loaded. */
  readonly site?: (parts: SiteParts) => Site
  /** On a full disk: deletes what can be done without. False: nothing could be. */
  readonly makeRoom: () => boolean
}

/** Puts the charge point together. Transactions that were cut off are ended before this returns. */
export function chargePoint(parts: ChargePointParts): ChargePoint & { close(): void } {
  const { guard, store, clock, log, makeRoom } = parts
  const ledger = store.ledger<Fact>()
  const open = store.documents<OpenTransaction>('open-transactions')
  const registers = store.documents<Register>('registers')
  const station = store.documents<boolean>('station')
  const values = settings(store.documents<SettingValue>('settings'), parts.factory)
  const usable = availability(store.documents<StoredAvailability>('availability'))
  const reserved = store.documents<Reservation>('reservations')
  const heldCables = store.documents<KeptCable>('held-cables')
  const changed = signal<EvseView>()
  const restarting = signal<Restart>()
  const security = securityLog({ ledger, clock, log })
  const started = starts({ kept: store.documents<StoredStart>('starts'), clock, security })
  let authority: Authority | undefined
  let credentials: Credentials | undefined
  let site: Site | undefined
  let sequence = 0
  let isShuttingDown = false
  /** Every transaction that goes on has its place again: what looks free is. */
  let hasResumed = false
  const cache = store.documents<CachedToken>('authorization-cache')
  const list = localList({ store, clock, log, cache })
  const tokens = authorization({ cache, list, settings: values, clock, log, authority: () => authority })

  const isSilent = () => values.get('silentOfflineTransactions') && authority?.isReachable !== true
  const record = transactionRecord({ store, ledger, open, availability: usable, reserved, clock, log, isSilent, makeRoom })
  /** Reference rule 16: a station that no central system ever accepted does not charge, unless its owner says so. */
  const mayCharge = () => values.get('preBootTransactions') || station.get('everAccepted') === true
  /** A new core has no other witness of what happened meanwhile than the guard (safety rule 7). */
  const isVouchedFor = ({ id, evse }: OpenTransaction) => guard.evses.some((each) => each.evse === evse) && guard.report(evse).transaction === id
  const sessions = sessionLog({
    ...{ store, ledger, clock, log },
    figures(number) {
      const { view, meterWh } = at(number)
      const { amps = 0, watts = 0 } = figuresOf(view.report.reading)
      return { meterWh: meterWh(), powerW: watts, amps, offeredAmps: view.offered.amps, offeredWatts: view.offered.watts }
    },
  })
  const writeEnd = (fact: TransactionEnded, at: Moment) => {
    const samplesFirst = () => undefined
    // Written late, on a disk that was full: what waited for it is told.
    record.end(fact, at, samplesFirst, () => void (hasResumed && evses.get(fact.evse)?.refresh()))
  }
  const cutOff = endCutOff({ open, registers, now: clock.now(), log, isVouchedFor, end: writeEnd })
  // The end of one that was cut off may not be written yet.
  const goesOn = open
    .entries()
    .map(([, each]) => each)
    .filter(({ id }) => !cutOff.some((each) => each.id === id))
  // What waited for the end of a transaction that is open no more.
  for (const { evse: number } of guard.evses) if (open.get(String(number)) === undefined) record.freed(number)
  /** Lamps show what the guard knows by itself; this is the rest, said once by each core: the one before may have said something else. */
  const signs = new Map<number, Sign>()
  const shown = (number: number, { status }: EvseView) => {
    const sign = status === 'unavailable' || status === 'reserved' ? status : 'none'
    if (signs.get(number) === sign) return
    signs.set(number, sign)
    guard.show(number, sign)
  }
  const kept = reservations({
    ...{ kept: reserved, settings: values, clock, log },
    evses: guard.evses.map(({ evse: number }) => number),
    view: (number) => at(number).view,
    changed: (number) => at(number).refresh(),
  })
  const profiles = chargingProfiles({ store, outlets: guard.evses, open: goesOn.map(({ id }) => id), clock, log })
  const evses: ReadonlyMap<number, Evse> = new Map(
    guard.evses.map((description) => {
      const offer = offerDesk(description, guard, clock, () => ++sequence)
      const meter = metering({ evse: description, guard, clock, log, ledger, registers, settings: values, makeRoom, offered: () => offer.current })
      const one = evse({
        description,
        guard,
        clock,
        log,
        record,
        settings: values,
        availability: usable,
        reservations: kept,
        profiles,
        heldCables,
        metering: meter,
        desk: offer,
        newId: parts.newId,
        changed: (view) => {
          kept.follow(view.evse, view.status)
          desk.followCable()
          shown(description.evse, view)
          changed.emit(view)
          limits.follow(view)
          site?.follow(view)
          vend.look()
        },
      })
      const cut = cutOff.find((transaction) => transaction.evse === description.evse)
      if (cut !== undefined) one.wasCutOff(cut.token)
      return [description.evse, one] as const
    }),
  )
  const all = [...evses.values()]
  const limits = limiting({ profiles, outlets: guard.evses, places: () => all, clock, log })
  const at = (number: number): Evse => {
    const found = evses.get(number)
    if (found === undefined) throw new RangeError(`there is no EVSE ${number}`)
    return found
  }

  const desk = presenting({
    ...{ all, at, guard, clock, log, settings: values, tokens, reservations: kept, mayCharge },
    isShuttingDown: () => isShuttingDown,
    isPresentable: (token) => authority?.isPresentable(token) !== false,
  })

  const vend = freeVend({ all, settings: values, reservations: kept, clock, log, mayCharge: () => hasResumed && mayCharge() && !isShuttingDown })

  const setAvailability: ChargePoint['setAvailability'] = (number, isOperative) => {
    const places = number === 'all' ? all : evses.has(number) ? [at(number)] : []
    if (places.length === 0) return 'rejected'
    const outcomes = places.map((one) => usable.set(one.view.evse, isOperative, one.transaction !== undefined))
    if (number === 'all') usable.set(0, isOperative, outcomes.includes('scheduled'))
    for (const one of places) one.refresh()
    return outcomes.includes('scheduled') ? 'scheduled' : 'accepted'
  }

  const readerOff = guard.tokens.on(({ id, evse: number }) => {
    void desk.present(id, number).then((outcome) => log.info({ evse: number, outcome }, 'card presented'))
  })

  const local = localControl({
    ...{ store, clock, log },
    evses: [...evses.keys()],
    apply: (number, name, amps) => at(number).limit(name, amps),
  })
  site = parts.site?.({ ...{ profiles, values, store, clock, log }, outlets: guard.evses, places: () => all, grid: guard.grid })
  for (const transaction of goesOn) {
    at(transaction.evse).resume(transaction)
    sessions.resume(transaction.id)
  }
  hasResumed = true
  vend.look()
  const tamperOff = watchTampering(
    all.map(({ view }) => view),
    changed,
    security,
  )

  const work = fileWork({ ...{ files: parts.files, store, ledger, clock, log, security, changed, restarting, usable, all } })

  return {
    evses: [...evses.keys()],
    settings: values,
    changed,
    restarting,
    guard,
    now: () => clock.now(),
    view: (number) => at(number).view,
    get isOperative() {
      return usable.isOperative(0)
    },
    present: desk.present,
    remoteStart: desk.remoteStart,
    stop: (number, reason, token) => at(number).stop(reason, token),
    evseOf: (transaction) => all.find((one) => one.transaction?.id === transaction)?.view.evse,
    setAvailability,
    unlock: unlocking(guard, clock, evses),
    limit(number, name, limit) {
      for (const one of number === 'all' ? all : [at(number)]) one.limit(name, limit)
    },
    limitsOf: (number) => at(number).limits(),
    raise: (number, fault) => at(number).raise(fault),
    tokenAnswered(transaction: string, info: TokenInfo) {
      const started = ledger.about(transaction).find(({ fact }) => fact.kind === 'transactionStarted')?.fact
      if (started?.kind === 'transactionStarted') tokens.learn(started.token, info)
      const place = all.find((one) => one.transaction?.id === transaction)
      if (info.group !== undefined) place?.join(info.group)
      if (place === undefined || info.status === 'accepted') return
      log.warn({ evse: place.view.evse, transaction, outcome: info.status }, 'the central system refuses the token of a running transaction')
      if (values.get('stopTransactionOnInvalidId')) place.stop('deAuthorized')
      else place.refuse()
    },
    tokenLearnt: tokens.learn,
    clearAuthorizationCache: tokens.clearCache,
    learntTokens: () => cache.entries().map(([token, info]) => ({ token, ...info })),
    local,
    site,
    sessions,
    profiles,
    localList: list,
    reservations: kept,
    security,
    firmware: work?.firmware,
    logs: work?.logs,
    begun: started.begun,
    get credentials() {
      return credentials
    },
    set credentials(next) {
      credentials = next
    },
    get authority() {
      return authority
    },
    set authority(next) {
      authority = next
    },
    registered(accepted) {
      if (accepted && !station.get('everAccepted')) station.put('everAccepted', true)
    },
    sampleNow: (number) => at(number).sampleNow(),
    meterWh: (number) => at(number).meterWh(),
    restart: (restart) => restarting.emit(restart),
    async shutDown(reason, timeoutMs) {
      // Nobody begins what would be cut off.
      isShuttingDown = true
      started.ending(reason)
      for (const one of all) one.cancel()
      const running = all.filter((one) => one.stop(reason))
      const idle = Promise.all(running.map((one) => new Promise<void>((resolve) => one.whenIdle(resolve))))
      let timer: { stop(): void } | undefined
      const late = new Promise<void>((resolve) => {
        timer = clock.after('shut-down', timeoutMs, resolve)
      })
      await Promise.race([idle, late])
      timer?.stop()
      for (const one of running) one.finish()
    },
    close() {
      readerOff()
      work?.close()
      tamperOff()
      vend.close()
      for (const one of all) one.close()
      kept.close()
      local.close()
      sessions.close()
      limits.close()
      site?.close()
      record.close()
    },
  }
}
