import type { Clock } from '../../src/base/clock.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { Message, RequestOf, ResponseOf } from '../../src/ocpp/message.ts'
import { type CallOutcome, overSocket, type Peer, peer } from '../../src/ocpp/peer.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { type TriggerableMessage, TriggerMessage } from '../../src/ocpp16/messages/remote-trigger.ts'
import type { IdTagInfo, RegistrationStatus } from '../../src/ocpp16/messages/types.ts'
import { type Awaitable, whenKnown } from './books/awaitable.ts'
import type { EventBook } from './books/event-book.ts'
import type { Records } from './books/records.ts'
import { type TransactionBook, transactionBook } from './books/transactions.ts'
import type { AnswerSource, Manner } from './ocpp/answers.ts'
import type { Dialect } from './ocpp/dialect.ts'
import { dialects } from './ocpp/dialects.ts'
import type { OcppVersion } from './ocpp/ocpp-version.ts'
import { type ShownStatuses, shownStatuses } from './ocpp/shown-status.ts'
import type { Boot, ConnectorStatus } from './store/store.ts'

export interface CentralSystemOptions {
  readonly clock: Clock
  readonly log?: Log
  /** Heartbeat interval told to each station, s; default 300. */
  readonly heartbeat?: number
  /** The cards that are good, compared without regard to case; every card when left out. */
  readonly cards?: readonly string[]
  /** A closer answer about a card (Blocked, a parent id); undefined leaves it to `cards`. */
  readonly authorize?: (idTag: string, station: string) => IdTagInfo | undefined
  /** The answer to the n-th BootNotification of a station, n from 1; default always Accepted. */
  readonly bootStatus?: (station: string, attempt: number) => RegistrationStatus
  /** How an action of a station is treated; undefined: at once and kindly. */
  readonly manner?: (action: string, station: string) => Manner | undefined
  /** How long a station may take for an answer; default 30 s. */
  readonly messageTimeout?: Millis
  /** Where transactions are remembered; by default a book of this system alone. */
  readonly transactions?: TransactionBook & EventBook
  /** Where everything else is written down that an answer waits for; nowhere when left out. */
  readonly records?: Records
}

/** What is known of a station that has connected at least once. */
export interface Station {
  readonly id: string
  readonly isConnected: boolean
  /** What it speaks, or spoke last. */
  readonly version: OcppVersion
  /** What it said of itself; undefined when it connected without a BootNotification, as it may after a mere reconnect. */
  readonly make: Boot | undefined
  /** What it said last of each connector, in either version. */
  readonly statuses: readonly ConnectorStatus[]
  /** Its last BootNotification of OCPP 1.6. */
  readonly boot: RequestOf<typeof core.BootNotification> | undefined
  /** Its last StatusNotification of OCPP 1.6 of each connector, 0 for the station itself. */
  readonly connectors: ReadonlyMap<number, RequestOf<typeof core.StatusNotification>>
}

export interface StationFrame extends FrameSeen {
  readonly station: string
}

/** A request of a station that fits its declaration, before it is answered. */
export interface StationHeard {
  readonly station: string
  readonly action: string
  readonly request: unknown
}

export type Outcome<M extends Message> = Promise<CallOutcome<ResponseOf<M>>>

/** A central system for the desk: any station may come, and is answered kindly. */
export interface CentralSystem {
  readonly clock: Clock
  readonly stations: readonly Station[]
  readonly transactions: TransactionBook & EventBook
  readonly frames: Listenable<StationFrame>
  readonly requests: Listenable<StationHeard>
  readonly connected: Listenable<{ readonly station: string; readonly from: string; readonly version: OcppVersion }>
  /** `isReplaced`: the station is here still, on a newer connection. */
  readonly disconnected: Listenable<{ readonly station: string; readonly code: number; readonly reason: string; readonly isReplaced: boolean }>
  /** Takes a station's socket. A second connection of the same station takes the first one's place, in whichever version. */
  attach(socket: Socket, station: string, from?: string, version?: OcppVersion): void
  /** Of a request or a remote start: grows, below 2^31. */
  nextNumber(): number
  /** What a station speaks; undefined when it is not here. */
  dialectOf(station: string): Dialect | undefined
  /** Asks a station; `disconnected` when it is not here. */
  call<M extends Message>(station: string, message: M, request: RequestOf<M>): Outcome<M>
  // Words of OCPP 1.6 alone; `dispatchOver` asks in either version.
  requestStart(station: string, connectorId: number | undefined, idTag: string): Outcome<typeof core.RemoteStartTransaction>
  requestStop(station: string, transactionId: number): Outcome<typeof core.RemoteStopTransaction>
  reset(station: string, type: 'Hard' | 'Soft'): Outcome<typeof core.Reset>
  change(station: string, key: string, value: string): Outcome<typeof core.ChangeConfiguration>
  trigger(station: string, requestedMessage: TriggerableMessage, connectorId?: number): Outcome<typeof TriggerMessage>
  /** The newest request of this action, from this station or from any; undefined when none came. */
  last<M extends Message>(message: M, station?: string): RequestOf<M> | undefined
  /** Closes the connection of a station that hangs elsewhere by now (1000). */
  drop(station: string): void
  /** Closes every connection (1001, going away). */
  close(): void
}

interface Desk {
  readonly id: string
  readonly connectors: Map<number, RequestOf<typeof core.StatusNotification>>
  readonly statuses: Map<string, ConnectorStatus>
  readonly last: Map<string, unknown>
  readonly works: { open: number }
  shown: ShownStatuses
  version: OcppVersion
  make: Boot | undefined
  boot: RequestOf<typeof core.BootNotification> | undefined
  boots: number
  line: { readonly socket: Socket; readonly peer: Peer; readonly dialect: Dialect } | undefined
}

/** Stations that are gone are forgotten beyond so many, those that came first before others: anybody may call himself anything. */
const mostDesks = 20_000
/** Of one station. */
const mostConnectors = 1_000

export function centralSystem(options: CentralSystemOptions): CentralSystem {
  const { clock, log = silentLog, transactions = transactionBook(), records } = options
  const frames = signal<StationFrame>()
  const requests = signal<StationHeard>()
  const connected = signal<{ station: string; from: string; version: OcppVersion }>()
  const disconnected = signal<{ station: string; code: number; reason: string; isReplaced: boolean }>()
  const desks = new Map<string, Desk>()
  const last = new Map<string, unknown>()
  let lastNumber = 0
  const cards = options.cards === undefined ? undefined : new Set(options.cards.map((card) => card.toLowerCase()))

  const judge = (idTag: string, station: string): Awaitable<IdTagInfo> =>
    options.authorize?.(idTag, station) ??
    whenKnown(records?.judge(station, idTag), (known) => known ?? { status: cards === undefined || cards.has(idTag.toLowerCase()) ? 'Accepted' : 'Invalid' })
  const sourceFor = (desk: Desk): AnswerSource => ({
    clock,
    station: desk.id,
    transactions,
    shown: desk.shown,
    works: desk.works,
    heartbeat: options.heartbeat ?? 300,
    registration: () => options.bootStatus?.(desk.id, desk.boots) ?? 'Accepted',
    authorize: (card) => judge(card, desk.id),
    heard(action, request) {
      desk.last.set(action, request)
      last.set(action, request)
      if (desk.version === '1.6') keepWords16(desk, action, request)
      records?.seen(desk.id)
      requests.emit({ station: desk.id, action, request })
    },
    booted(boot) {
      desk.make = boot
      desk.boots++
      return records?.booted(desk.id, boot)
    },
    statusChanged(status) {
      const place = `${status.evse}/${status.connector}`
      if (desk.statuses.size < mostConnectors || desk.statuses.has(place)) desk.statuses.set(place, status)
      return records?.statusChanged(desk.id, status)
    },
    metered: (evse, samples) => records?.metered(desk.id, evse, samples),
    manner: (action) => options.manner?.(action, desk.id),
  })
  const attach = (socket: Socket, station: string, from = 'in memory', version: OcppVersion = '1.6') => {
    const desk = deskOf(desks, station, version)
    const stale = desk.line
    const dialect = dialects[version]
    const connection = peer({
      port: overSocket(socket),
      clock,
      log: log.with({ station }),
      routes: dialect.routes(sourceFor(desk)),
      known: dialect.actions,
      redact: dialect.redact,
      spelling: dialect.spelling,
      timeout: () => options.messageTimeout ?? seconds(30),
    })
    const line = { socket, peer: connection, dialect }
    desk.line = line
    stale?.socket.close(1000, 'replaced by a newer connection')
    connection.frames.on((frame) => frames.emit({ ...frame, station }))
    socket.closed.on(({ code, reason }) => {
      const isReplaced = desk.line !== line && desk.line !== undefined
      if (desk.line === line) desk.line = undefined
      disconnected.emit({ station, code, reason, isReplaced })
    })
    connected.emit({ station, from, version })
  }
  const call = async <M extends Message>(station: string, message: M, request: RequestOf<M>): Outcome<M> => {
    const line = desks.get(station)?.line
    return line === undefined ? { kind: 'disconnected' } : line.peer.call(message, request)
  }

  return {
    get stations() {
      return [...desks.values()].map(({ id, version, make, statuses, line, boot, connectors }) => ({
        id,
        isConnected: line !== undefined,
        version,
        make,
        statuses: [...statuses.values()],
        boot,
        connectors,
      }))
    },
    clock,
    transactions,
    frames,
    requests,
    connected,
    disconnected,
    attach,
    nextNumber() {
      lastNumber = Math.max(lastNumber + 1, Math.floor(clock.now().epochMs / 1_000)) % 0x7fff_ffff
      return lastNumber
    },
    dialectOf: (station) => desks.get(station)?.line?.dialect,
    call,
    requestStart: (station, connectorId, idTag) => call(station, core.RemoteStartTransaction, connectorId === undefined ? { idTag } : { connectorId, idTag }),
    requestStop: (station, transactionId) => call(station, core.RemoteStopTransaction, { transactionId }),
    reset: (station, type) => call(station, core.Reset, { type }),
    change: (station, key, value) => call(station, core.ChangeConfiguration, { key, value }),
    trigger: (station, requestedMessage, connectorId) =>
      call(station, TriggerMessage, connectorId === undefined ? { requestedMessage } : { requestedMessage, connectorId }),
    last: <M extends Message>(message: M, station?: string) =>
      (station === undefined ? last : desks.get(station)?.last)?.get(message.action) as RequestOf<M> | undefined,
    drop: (station) => desks.get(station)?.line?.socket.close(1000, 'replaced by a newer connection'),
    close() {
      for (const { line } of desks.values()) line?.socket.close(1001, 'central system is going away')
    },
  }
}

/** What is known of a station is in the words of one version: when it comes with the other one, it begins anew. */
function deskOf(desks: Map<string, Desk>, id: string, version: OcppVersion): Desk {
  const existing = desks.get(id)
  if (existing?.version === version) return existing
  if (existing !== undefined) {
    Object.assign(existing, { version, shown: shownStatuses(), make: undefined, boot: undefined })
    for (const map of [existing.connectors, existing.statuses, existing.last]) map.clear()
    return existing
  }
  const stranger = desks.size < mostDesks ? undefined : [...desks.values()].find(({ line }) => line === undefined)
  if (stranger !== undefined) desks.delete(stranger.id)
  const fresh = {
    connectors: new Map(),
    statuses: new Map(),
    last: new Map(),
    works: { open: 0 },
    shown: shownStatuses(),
    make: undefined,
    boot: undefined,
    boots: 0,
  }
  const desk: Desk = { id, version, ...fresh, line: undefined }
  desks.set(id, desk)
  return desk
}

/** Tests of stations look at what these said, word for word. */
function keepWords16(desk: Desk, action: string, request: unknown): void {
  if (action === core.BootNotification.action) desk.boot = request as RequestOf<typeof core.BootNotification>
  if (action !== core.StatusNotification.action) return
  const status = request as RequestOf<typeof core.StatusNotification>
  if (desk.connectors.size < mostConnectors || desk.connectors.has(status.connectorId)) desk.connectors.set(status.connectorId, status)
}
