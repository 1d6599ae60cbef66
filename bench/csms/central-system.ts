import type { Clock } from '../../src/base/clock.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { type Listenable, signal } from '../../src/base/signal.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { Message, RequestOf, ResponseOf } from '../../src/ocpp/message.ts'
import { type CallOutcome, overSocket, type Peer, peer } from '../../src/ocpp/peer.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { errorSpelling16 } from '../../src/ocpp16/messages/call-errors.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { type TriggerableMessage, TriggerMessage } from '../../src/ocpp16/messages/remote-trigger.ts'
import type { IdTagInfo, RegistrationStatus } from '../../src/ocpp16/messages/types.ts'
import { redact } from '../../src/ocpp16/redact.ts'
import { answersTo, type Manner } from './answers.ts'
import { type Awaitable, whenKnown } from './awaitable.ts'
import { bootOf, measured16, statusOf } from './neutral16.ts'
import type { Records } from './records.ts'
import { type TransactionBook, transactionBook } from './transactions.ts'

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
  readonly transactions?: TransactionBook
  /** Where everything else is written down that an answer waits for; nowhere when left out. */
  readonly records?: Records
}

/** What is known of a station that has connected at least once. */
export interface Station {
  readonly id: string
  readonly isConnected: boolean
  /** Its last BootNotification; undefined when it connected without one, as it may after a mere reconnect. */
  readonly boot: RequestOf<typeof core.BootNotification> | undefined
  /** Its last StatusNotification of each connector, 0 for the station itself. */
  readonly connectors: ReadonlyMap<number, RequestOf<typeof core.StatusNotification>>
}

export interface StationFrame extends FrameSeen {
  readonly station: string
}

export type Outcome<M extends Message> = Promise<CallOutcome<ResponseOf<M>>>

/** A central system for the desk: any station may come, and is answered kindly. */
export interface CentralSystem {
  readonly stations: readonly Station[]
  readonly transactions: TransactionBook
  readonly frames: Listenable<StationFrame>
  readonly connected: Listenable<{ readonly station: string; readonly from: string }>
  readonly disconnected: Listenable<{ readonly station: string; readonly code: number; readonly reason: string }>
  /** Takes a station's socket. A second connection of the same station takes the first one's place. */
  attach(socket: Socket, station: string, from?: string): void
  /** Asks a station; `disconnected` when it is not here. */
  call<M extends Message>(station: string, message: M, request: RequestOf<M>): Outcome<M>
  requestStart(station: string, connectorId: number | undefined, idTag: string): Outcome<typeof core.RemoteStartTransaction>
  requestStop(station: string, transactionId: number): Outcome<typeof core.RemoteStopTransaction>
  reset(station: string, type: 'Hard' | 'Soft'): Outcome<typeof core.Reset>
  change(station: string, key: string, value: string): Outcome<typeof core.ChangeConfiguration>
  trigger(station: string, requestedMessage: TriggerableMessage, connectorId?: number): Outcome<typeof TriggerMessage>
  /** The newest request of this action, from this station or from any; undefined when none came. */
  last<M extends Message>(message: M, station?: string): RequestOf<M> | undefined
  /** Closes every connection (1001, going away). */
  close(): void
}

interface Desk {
  readonly id: string
  readonly connectors: Map<number, RequestOf<typeof core.StatusNotification>>
  readonly last: Map<string, unknown>
  boot: RequestOf<typeof core.BootNotification> | undefined
  boots: number
  line: { readonly socket: Socket; readonly peer: Peer } | undefined
}

export function centralSystem(options: CentralSystemOptions): CentralSystem {
  const { clock, log = silentLog, transactions = transactionBook(), records } = options
  const frames = signal<StationFrame>()
  const connected = signal<{ station: string; from: string }>()
  const disconnected = signal<{ station: string; code: number; reason: string }>()
  const desks = new Map<string, Desk>()
  const last = new Map<string, unknown>()
  const known = new Set(messages16.keys())
  const cards = options.cards === undefined ? undefined : new Set(options.cards.map((card) => card.toLowerCase()))

  const judge = (idTag: string, station: string): Awaitable<IdTagInfo> =>
    options.authorize?.(idTag, station) ??
    whenKnown(records?.judge(station, idTag), (known) => known ?? { status: cards === undefined || cards.has(idTag.toLowerCase()) ? 'Accepted' : 'Invalid' })
  const deskOf = (id: string): Desk => {
    const existing = desks.get(id)
    if (existing !== undefined) return existing
    const desk: Desk = { id, connectors: new Map(), last: new Map(), boot: undefined, boots: 0, line: undefined }
    desks.set(id, desk)
    return desk
  }
  const routesFor = (desk: Desk) =>
    answersTo({
      clock,
      station: desk.id,
      transactions,
      heartbeat: options.heartbeat ?? 300,
      registration: () => options.bootStatus?.(desk.id, desk.boots) ?? 'Accepted',
      authorize: (idTag) => judge(idTag, desk.id),
      heard(action, request) {
        desk.last.set(action, request)
        last.set(action, request)
        records?.seen(desk.id)
      },
      booted(request) {
        desk.boot = request
        desk.boots++
        return records?.booted(desk.id, bootOf(request, clock.now().epochMs))
      },
      statusChanged(request) {
        desk.connectors.set(request.connectorId, request)
        return records?.statusChanged(desk.id, statusOf(request, clock.now().epochMs))
      },
      metered: ({ connectorId, meterValue }) => records?.metered(desk.id, connectorId, measured16(meterValue)),
      manner: (action) => options.manner?.(action, desk.id),
    })
  const attach = (socket: Socket, station: string, from = 'in memory') => {
    const desk = deskOf(station)
    const stale = desk.line
    const connection = peer({
      port: overSocket(socket),
      clock,
      log: log.with({ station }),
      routes: routesFor(desk),
      known,
      redact,
      spelling: errorSpelling16,
      timeout: () => options.messageTimeout ?? seconds(30),
    })
    const line = { socket, peer: connection }
    desk.line = line
    stale?.socket.close(1000, 'replaced by a newer connection')
    connection.frames.on((frame) => frames.emit({ ...frame, station }))
    socket.closed.on(({ code, reason }) => {
      if (desk.line === line) desk.line = undefined
      disconnected.emit({ station, code, reason })
    })
    connected.emit({ station, from })
  }
  const call = async <M extends Message>(station: string, message: M, request: RequestOf<M>): Outcome<M> => {
    const line = desks.get(station)?.line
    return line === undefined ? { kind: 'disconnected' } : line.peer.call(message, request)
  }

  return {
    get stations() {
      return [...desks.values()].map(({ id, line, boot, connectors }) => ({ id, isConnected: line !== undefined, boot, connectors }))
    },
    transactions,
    frames,
    connected,
    disconnected,
    attach,
    call,
    requestStart: (station, connectorId, idTag) => call(station, core.RemoteStartTransaction, connectorId === undefined ? { idTag } : { connectorId, idTag }),
    requestStop: (station, transactionId) => call(station, core.RemoteStopTransaction, { transactionId }),
    reset: (station, type) => call(station, core.Reset, { type }),
    change: (station, key, value) => call(station, core.ChangeConfiguration, { key, value }),
    trigger: (station, requestedMessage, connectorId) =>
      call(station, TriggerMessage, connectorId === undefined ? { requestedMessage } : { requestedMessage, connectorId }),
    last: <M extends Message>(message: M, station?: string) =>
      (station === undefined ? last : desks.get(station)?.last)?.get(message.action) as RequestOf<M> | undefined,
    close() {
      for (const { line } of desks.values()) line?.socket.close(1001, 'central system is going away')
    },
  }
}
