import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { signal } from '../base/signal.ts'
import { seconds } from '../base/units.ts'
import type { GuardPort, Sign } from '../safety/port.ts'
import type { Store } from '../store/store.ts'
import { authorization, type CachedToken } from './authorization.ts'
import { availability, type StoredAvailability } from './availability.ts'
import type { Authority, ChargePoint, EvseView, Restart, TokenInfo } from './charge-point.ts'
import { evse } from './evse.ts'
import type { Fact, OpenTransaction } from './facts.ts'
import { metering, type Register } from './metering.ts'
import { offerDesk } from './offer.ts'
import type { Evse } from './outlet.ts'
import { presenting } from './presenting.ts'
import { transactionRecord } from './record.ts'
import { endCutOff } from './recovery.ts'
import { securityLog } from './security.ts'
import { type SettingValue, settings } from './settings.ts'

/** A stop takes the guard and the meter some 10 s at the most. */
const longestStop = seconds(12)

export interface ChargePointParts {
  readonly guard: GuardPort
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** A new unique identifier, a UUID. */
  readonly newId: () => string
  /** Charging is allowed before a central system has accepted this station for the first time. */
  readonly chargesUnaccepted: boolean
}

/** Puts the charge point together. Transactions that were cut off are ended before this returns. */
export function chargePoint(parts: ChargePointParts): ChargePoint & { close(): void } {
  const { guard, store, clock, log } = parts
  const ledger = store.ledger<Fact>()
  const open = store.documents<OpenTransaction>('open-transactions')
  const registers = store.documents<Register>('registers')
  const station = store.documents<boolean>('station')
  const values = settings(store.documents<SettingValue>('settings'))
  const usable = availability(store.documents<StoredAvailability>('availability'))
  const changed = signal<EvseView>()
  const restarting = signal<Restart>()
  let authority: Authority | undefined
  let sequence = 0
  let isShuttingDown = false
  const tokens = authorization({ cache: store.documents<CachedToken>('authorization-cache'), settings: values, clock, log, authority: () => authority })

  const record = transactionRecord({ store, ledger, open, availability: usable, clock, log })
  /** Reference rule 16: a station that no central system ever accepted does not charge, unless its owner says so. */
  const mayCharge = () => parts.chargesUnaccepted || station.get('everAccepted') === true
  /** A new core has no other witness of what happened meanwhile than the guard (safety rule 7). */
  const isVouchedFor = ({ id, evse }: OpenTransaction) => guard.evses.some((each) => each.evse === evse) && guard.report(evse).transaction === id
  const cutOff = endCutOff({ store, ledger, open, registers, now: clock.now(), log, isVouchedFor })
  // What waited for the end of a transaction that is open no more.
  for (const { evse: number } of guard.evses) if (open.get(String(number)) === undefined) usable.freed(number)
  /** Lamps show what the guard knows by itself; this is the rest, said once by each core: the one before may have said something else. */
  const signs = new Map<number, Sign>()
  const shown = (number: number, { status }: EvseView) => {
    const sign = status === 'unavailable' || status === 'reserved' ? status : 'none'
    if (signs.get(number) === sign) return
    signs.set(number, sign)
    guard.show(number, sign)
  }
  const evses: ReadonlyMap<number, Evse> = new Map(
    guard.evses.map((description) => {
      const offer = offerDesk(description, guard, clock, () => ++sequence)
      const meter = metering({ evse: description, guard, clock, log, ledger, registers, settings: values, offered: () => offer.current })
      const one = evse({
        description,
        guard,
        clock,
        log,
        record,
        settings: values,
        availability: usable,
        metering: meter,
        desk: offer,
        newId: parts.newId,
        changed: (view) => {
          desk.followCable()
          shown(description.evse, view)
          changed.emit(view)
        },
      })
      const cut = cutOff.find((transaction) => transaction.evse === description.evse)
      if (cut !== undefined) one.wasCutOff(cut.token)
      return [description.evse, one] as const
    }),
  )
  const all = [...evses.values()]
  const at = (number: number): Evse => {
    const found = evses.get(number)
    if (found === undefined) throw new RangeError(`there is no EVSE ${number}`)
    return found
  }

  const desk = presenting({
    ...{ all, at, guard, clock, log, settings: values, tokens, mayCharge },
    isShuttingDown: () => isShuttingDown,
    isPresentable: (token) => authority?.isPresentable(token) !== false,
  })

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

  for (const [, transaction] of open.entries()) at(transaction.evse).resume(transaction)

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
    async unlock(number) {
      const place = evses.get(number)
      if (place === undefined) return 'unknownEvse'
      if (guard.evses.find((each) => each.evse === number)?.cable === 'fixed') return 'none'
      place.stop('unlockCommand')
      await new Promise<void>((resolve) => {
        // A full disk can keep a transaction open: the car is not held for it.
        const timer = clock.after(`unlock ${number}`, longestStop, resolve)
        place.whenIdle(() => {
          timer.stop()
          resolve()
        })
      })
      return place.unlock()
    },
    limit(number, name, limit) {
      for (const one of number === 'all' ? all : [at(number)]) one.limit(name, limit)
    },
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
    security: securityLog({ ledger, clock, log }),
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
      for (const one of all) one.close()
      record.close()
    },
  }
}
