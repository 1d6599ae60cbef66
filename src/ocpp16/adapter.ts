import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { epochOf } from '../base/moment.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import type { Authority, ChargePoint } from '../core/charge-point.ts'
import { setClock } from '../core/clock-setting.ts'
import type { Fact } from '../core/facts.ts'
import { bootDocuments, settledMoments } from '../core/moments.ts'
import { transactionTimes } from '../core/transaction-times.ts'
import type { Link } from '../ocpp/link.ts'
import type { RequestOf } from '../ocpp/message.ts'
import { type Peer, peer, type Route, routesOf } from '../ocpp/peer.ts'
import { type BootAnswer, type Registration, registration } from '../ocpp/registration.ts'
import { type Reporter, reporter } from '../ocpp/reporter.ts'
import type { Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import { delivery } from './delivery.ts'
import { coreRoutes, type HandlerParts } from './handlers/core.ts'
import { firmwareManagementRoutes } from './handlers/firmware-management.ts'
import { localAuthListRoutes } from './handlers/local-auth-list.ts'
import { remoteTriggerRoutes } from './handlers/remote-trigger.ts'
import { reservationRoutes } from './handlers/reservation.ts'
import { securityRoutes } from './handlers/security.ts'
import { smartChargingRoutes } from './handlers/smart-charging.ts'
import { heartbeatTimer } from './heartbeat.ts'
import { errorSpelling16 } from './messages/call-errors.ts'
import { messages16 } from './messages/catalogue.ts'
import { Authorize, BootNotification } from './messages/core.ts'
import { noticeRests } from './notice-rests.ts'
import { type NoticeReader, noticeAttempts, noticeDelivery, noticeReaders } from './notices.ts'
import { transactionNumbers } from './numbers.ts'
import { ownProfiles, profilesOf } from './profiles.ts'
import { redact } from './redact.ts'
import { startHolds } from './start-holds.ts'
import { statusNotifier } from './status-notifier.ts'
import { longestIdTag, tokenInfoOf } from './translate.ts'
import { triggers } from './triggers.ts'

/** Name of this door's cursor in the ledger, and of its subprotocol. */
export const ocpp16 = 'ocpp1.6'
/** Every cursor of this door in the ledger. */
export const ocpp16Readers: readonly [string, ...string[]] = [ocpp16, ...Object.keys(noticeReaders)]

export interface Ocpp16Parts {
  readonly core: ChargePoint
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly link: Link
  readonly identity: RequestOf<typeof BootNotification>
  readonly options: { readonly bootAfterReconnect: boolean; readonly gapBetweenCallsMs: Millis }
  /** Uniform in 0..1. */
  readonly chance: () => number
  /** Message ids; random UUIDs by default. */
  readonly newId?: () => string
}

/** The OCPP 1.6J door of a charge point. */
export interface Ocpp16 {
  readonly peer: Peer
  readonly registration: Registration
  readonly reporter: Reporter
  /** The central system's number for one of our transactions, once it gave one. */
  numberOf(transaction: string): number | undefined
  /** Facts that wait to be delivered, and those that were given up. */
  reports(): { readonly waiting: number; readonly undeliverable: number }
  close(): void
}

const bootRetry = minutes(1)
/** The wait after the first failure of a notice. */
const noticeRetry = minutes(1)

export function ocpp16Door(parts: Ocpp16Parts): Ocpp16 {
  const { core, store, clock, log, link } = parts
  const { settings } = core
  const ledger = store.ledger<Fact>()
  const numbers = transactionNumbers(store.documents<number>('ocpp16-transactions'))
  /** Actions that TriggerMessage asked for, which may leave before the station is accepted. */
  const triggered: string[] = []
  const routes = new Map<string, Route>()
  const centralSystemActions = new Set([...messages16].filter(([, { sender }]) => sender !== 'chargePoint').map(([action]) => action))

  const conversation = peer({
    port: link,
    clock,
    log,
    routes,
    spelling: errorSpelling16,
    known: centralSystemActions,
    redact,
    ...(parts.newId === undefined ? {} : { newId: parts.newId }),
    timeout: () => seconds(settings.get('messageTimeout')),
    gap: parts.options.gapBetweenCallsMs,
    mayCall: (action) => signedUp.mayInitiate || action === BootNotification.action || (signedUp.state === 'pending' && takeTriggered(action)),
    gate: () => (signedUp.mayAnswer ? 'answer' : 'ignore'),
    invalid: (words) => core.security.note('invalidMessages', words),
  })
  const takeTriggered = (action: string) => {
    const at = triggered.indexOf(action)
    if (at >= 0) triggered.splice(at, 1)
    return at >= 0
  }

  const sendBoot = async (): Promise<BootAnswer | undefined> => {
    const outcome = await conversation.call(BootNotification, parts.identity)
    if (outcome.kind !== 'result') return undefined
    const { status, currentTime, interval } = outcome.payload
    const epochMs = epochOf(currentTime)
    if (epochMs !== undefined) setClock(clock, core.security, epochMs)
    return { status: bootStatus[status], interval: seconds(interval) }
  }
  const signedUp = registration({
    clock,
    log,
    link,
    sendBoot,
    ownInterval: () => bootRetry,
    bootAfterReconnect: () => parts.options.bootAfterReconnect,
    chance: parts.chance,
  })

  const heart = heartbeatTimer({
    ...{ peer: conversation, clock },
    intervalS: () => settings.get('heartbeatInterval'),
    mayBeat: () => signedUp.isOnline,
    timeTold: (epochMs) => setClock(clock, core.security, epochMs),
  })
  const holds = startHolds({
    clock,
    isKnown: (transaction) => numbers.numberOf(transaction) !== undefined,
    isRunning: (transaction) => core.evseOf(transaction) !== undefined,
    released: () => statuses.catchUp(),
  })
  const statuses = statusNotifier({ core, peer: conversation, clock, mayReport: () => signedUp.isOnline, isStartPending: holds.isPending })
  const settled = settledMoments(bootDocuments(store), ledger, clock)
  const reports = reporter({
    store,
    ledger,
    reader: ocpp16,
    clock,
    log,
    deliver: delivery({
      core,
      peer: conversation,
      ledger,
      numbers,
      startTried: holds.tried,
      times: transactionTimes(ledger, settled),
    }),
    mayDeliver: () => signedUp.isOnline,
    attempts: () => settings.get('transactionMessageAttempts'),
    retryInterval: () => seconds(settings.get('transactionMessageRetryInterval')),
    givenUp: ({ fact }) => {
      if (fact.kind === 'transactionEnded') numbers.forget(fact.transaction)
    },
  })
  const noticesOf = (reader: NoticeReader) => {
    const rests = noticeRests(clock, () => notices.resume())
    const notices = reporter({
      ...{ store, ledger, reader, clock, log },
      deliver: noticeDelivery(reader, { peer: conversation, settled, dropped: link.dropped, ended: rests.ended }),
      mayDeliver: () => signedUp.isOnline && rests.mayTry,
      attempts: () => (reader === 'ocpp1.6-security' ? Number.POSITIVE_INFINITY : noticeAttempts),
      retryInterval: () => noticeRetry,
    })
    const stop = () => {
      notices.stop()
      rests.stop()
    }
    return { resume: notices.resume, wake: notices.wake, stop }
  }
  const notices = [noticesOf('ocpp1.6-security'), noticesOf('ocpp1.6-notices')]
  const handlerParts: HandlerParts = { core, numbers, isAccepted: () => signedUp.state === 'accepted' }
  const triggerParts = {
    ...handlerParts,
    triggers: triggers({
      ...{ core, peer: conversation, numbers, heart, statuses },
      bootNow: () => void signedUp.bootNow(),
      now: () => settled(clock.now()),
      release(action) {
        if (!signedUp.mayInitiate) triggered.push(action)
      },
    }),
  }
  const profiles = profilesOf(core)
  const routesByProfile = {
    Core: coreRoutes(handlerParts),
    FirmwareManagement: firmwareManagementRoutes(handlerParts),
    LocalAuthListManagement: localAuthListRoutes(handlerParts),
    RemoteTrigger: remoteTriggerRoutes(triggerParts),
    Reservation: reservationRoutes(handlerParts),
    SmartCharging: smartChargingRoutes(handlerParts),
  } satisfies Record<(typeof ownProfiles)[number], readonly Route[]>
  const offered = ownProfiles.filter((profile) => profiles.includes(profile)).flatMap((profile) => routesByProfile[profile])
  for (const [action, route] of routesOf(...offered, ...securityRoutes(triggerParts))) routes.set(action, route)

  const authority: Authority = {
    get isReachable() {
      return signedUp.isOnline
    },
    isPresentable: (token) => token !== '' && token.length <= longestIdTag,
    async authorize(token) {
      const outcome = await conversation.call(Authorize, { idTag: token })
      return outcome.kind === 'result' ? tokenInfoOf(outcome.payload.idTagInfo) : undefined
    },
  }
  core.authority = authority
  const offs = [
    signedUp.accepted.on(({ interval }) => {
      // A disk that is full holds up no report.
      attempted(
        () => {
          // 0 keeps our own (reference rule 11); a negative one is nonsense.
          if (interval > 0) settings.set('heartbeatInterval', Math.min(2_147_483_647, Math.round(interval / 1_000)))
          core.registered(true)
        },
        (error) => log.error({ error: error.message }, 'what the central system said at boot cannot be kept'),
      )
      statuses.reportAll()
    }),
    signedUp.online.on(() => {
      reports.resume()
      for (const each of notices) each.resume()
      statuses.catchUp()
      heart.restart()
    }),
    ledger.appended.on(({ fact }) => {
      if (fact.kind === 'transactionEnded') holds.forget(fact.transaction)
      reports.wake()
      for (const each of notices) each.wake()
    }),
    // What was asked for on one connection, or while pending, is not owed later.
    link.dropped.on(() => triggered.splice(0)),
    signedUp.changed.on(() => triggered.splice(0)),
    link.dropped.on(() => statuses.dropped()),
    settings.changed.on((name) => {
      if (name === 'heartbeatInterval') heart.restart()
    }),
  ]
  return {
    peer: conversation,
    registration: signedUp,
    reporter: reports,
    numberOf: numbers.numberOf,
    reports: () => ({ waiting: reports.behind, undeliverable: ledger.undeliverable(ocpp16).length }),
    close() {
      for (const off of offs) off()
      reports.stop()
      for (const each of notices) each.stop()
      signedUp.stop()
      statuses.stop()
      heart.stop()
    },
  }
}

const bootStatus = { Accepted: 'accepted', Pending: 'pending', Rejected: 'rejected' } as const
