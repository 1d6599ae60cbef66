import * as words from '../../src/base/schema.ts'
import { seconds } from '../../src/base/units.ts'
import { message } from '../../src/ocpp/message.ts'
import type { CallOutcome } from '../../src/ocpp/peer.ts'
import type { Socket } from '../../src/ocpp/socket.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import type { Transaction as Booked } from '../csms/books/booking.ts'
import { type CentralSystem, type CentralSystemOptions, centralSystem } from '../csms/central-system.ts'
import { openDoor } from '../csms/door.ts'
import { cameAbout, type Passing, passing, type SimulatedClock } from '../desk/passing.ts'
import { keepNewest, type PassedFrame, type Payload, passedFrame } from './seen-frames.ts'

export { type SimulatedClock, steppedClock } from '../desk/passing.ts'
export type { PassedFrame, Payload } from './seen-frames.ts'

export interface CsmsOptions {
  /** 0, which is the default: any that is free. */
  readonly port?: number
  /** 127.0.0.1 by default. */
  readonly host?: string
  /** Told to each station, s; 300 by default. */
  readonly heartbeatS?: number
  /** The cards that are good; every card when left out. */
  readonly cards?: readonly string[]
  /** A closer answer about a card; undefined leaves it to `cards`. */
  readonly authorize?: (idTag: string, station: string) => 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx' | undefined
  /** The answer to the n-th BootNotification of a station, n from 1; always Accepted by default. */
  readonly boot?: (station: string, attempt: number) => 'Accepted' | 'Pending' | 'Rejected'
  /** How long a station may take for an answer, ms; 30,000 by default. */
  readonly timeoutMs?: number
  /** Simulated time: no port is opened, stations of this process with the same clock are handed `csms` itself. */
  readonly clock?: SimulatedClock
}

/** Which station, and which of its connectors. */
export interface At {
  /** May be left out where there is only one. */
  readonly station?: string
  /** From 1. */
  readonly connector?: number
}

export interface CsmsTransaction {
  readonly id: number
  readonly station: string
  readonly connector: number
  readonly idTag: string
  readonly meterStartWh: number
  /** Undefined while it runs. */
  readonly meterStopWh: number | undefined
  /** Of StopTransaction; undefined while it runs, `Local` when it was left out (OCPP 1.6 §6.45). */
  readonly reason: string | undefined
  /** ISO 8601, as the station said. */
  readonly startedAt: string
  readonly stoppedAt: string | undefined
  /** MeterValues that came for it. */
  readonly samples: number
}

/** A central system for tests of charge points, and the other end for the station of `pilotwire/station`. OCPP 1.6. */
export interface Csms {
  /** What a station is given, without its id: `ws://127.0.0.1:9000`. In simulated time `memory:`. */
  readonly url: string
  readonly port: number | undefined
  /** Ids of those that are connected. */
  readonly stations: readonly string[]
  /** In the order in which they began. */
  readonly transactions: readonly CsmsTransaction[]
  /** Every frame so far, oldest first; `out` left the station. */
  readonly frames: readonly (PassedFrame & { readonly station: string })[]
  /** The last status reported of a connector (1 by default, 0 the station itself): `Charging`. */
  status(at?: At): string | undefined
  /** The payload of the newest request of this action; undefined when none came. */
  last<T = Payload>(action: string, at?: Pick<At, 'station'>): T | undefined
  /** RemoteStartTransaction; resolves to its status. Without a connector the station chooses. */
  requestStart(idTag: string, at?: At): Promise<string>
  /** RemoteStopTransaction of this transaction, or of the only one that runs; resolves to its status. */
  requestStop(transactionId?: number): Promise<string>
  /** Any request: one of OCPP 1.6 that the station answers, or one that no OCPP knows. Resolves to the payload of the answer. Rejects with
   *  CsmsCallError. */
  send<T = Payload>(action: string, payload?: object, at?: Pick<At, 'station'>): Promise<T>
  /** Resolves as soon as the condition holds (in simulated time the clock is stepped). Rejects after `timeoutMs`, 30,000 by default. */
  until(condition: () => boolean, options?: { readonly timeoutMs?: number }): Promise<void>
  /** Takes the connection of a station in this process. */
  attach(socket: Socket, station: string): void
  /** Closes the connections and the port. */
  stop(): Promise<void>
}

/** A station did not answer with a CALLRESULT that fits. */
export class CsmsCallError extends Error {
  override readonly name = 'CsmsCallError'
  /** Of a CALLERROR, as it was spelled; else `timeout`, `disconnected`, or `invalid` for a CALLRESULT that does not fit its declaration. */
  readonly code: string
  constructor(action: string, code: string, words: string) {
    super(`${action}: ${code}${words === '' ? '' : `, ${words}`}`)
    this.code = code
  }
}

/** Starts a central system, on a port of its own, or with `clock` in memory. Rejects with an Error that says why the port cannot be had. */
export async function start(options: CsmsOptions = {}): Promise<Csms> {
  const time = passing(options.clock)
  const system = centralSystem({ clock: time.clock, ...systemOptions(options) })
  const frames: (PassedFrame & { station: string })[] = []
  system.frames.on((frame) => keepNewest(frames, { ...passedFrame(frame, true), station: frame.station }))
  const door =
    options.clock === undefined ? await openDoor(system, { host: options.host ?? '127.0.0.1', port: options.port ?? 0, versions: ['1.6'] }) : undefined
  const send = sender(system, time)
  return {
    url: door?.url ?? 'memory:',
    port: door?.port,
    get stations() {
      return connectedTo(system)
    },
    get transactions() {
      return system.transactions.all.map(transactionOf)
    },
    frames,
    status: ({ station, connector = 1 } = {}) => {
      const [known, ...others] = system.stations.filter(({ id }) => station === undefined || id === station)
      if (others.length > 0) throw new RangeError(`several stations were here: name one of ${system.stations.map(({ id }) => id).join(', ')}`)
      return known?.connectors.get(connector)?.status
    },
    last: <T>(action: string, { station }: Pick<At, 'station'> = {}) => system.last(message(action, anything), station) as T | undefined,
    async requestStart(idTag, { station, connector } = {}) {
      const payload = connector === undefined ? { idTag } : { idTag, connectorId: connector }
      return (await send<StatusAnswer>('RemoteStartTransaction', payload, station)).status
    },
    async requestStop(transactionId) {
      const { running, all } = system.transactions
      if (transactionId === undefined && running.length !== 1) throw new RangeError(`${running.length} transactions run: say which one to stop`)
      const wanted = transactionId === undefined ? running[0] : all.find(({ id }) => id === transactionId)
      const payload = { transactionId: transactionId ?? wanted?.id }
      return (await send<StatusAnswer>('RemoteStopTransaction', payload, wanted?.station)).status
    },
    send: <T>(action: string, payload: object = {}, { station }: Pick<At, 'station'> = {}) => send<T>(action, payload, station),
    until: (condition, limits) => cameAbout(time, condition, limits?.timeoutMs ?? seconds(30)),
    attach: (socket, station) => system.attach(socket, station),
    async stop() {
      if (door === undefined) system.close()
      else await door.close()
    },
  }
}

function systemOptions({ heartbeatS, cards, authorize, boot, timeoutMs }: CsmsOptions): Partial<CentralSystemOptions> {
  return {
    ...(heartbeatS === undefined ? {} : { heartbeat: heartbeatS }),
    ...(cards === undefined ? {} : { cards }),
    ...(boot === undefined ? {} : { bootStatus: boot }),
    ...(timeoutMs === undefined ? {} : { messageTimeout: timeoutMs }),
    ...(authorize === undefined
      ? {}
      : {
          authorize(idTag, station) {
            const status = authorize(idTag, station)
            return status === undefined ? undefined : { status }
          },
        }),
  }
}

function connectedTo(system: CentralSystem): readonly string[] {
  return system.stations.filter((each) => each.isConnected).map(({ id }) => id)
}

interface StatusAnswer {
  readonly status: string
}

/** Whatever a test wants to send, and whatever the answer: judged where OCPP 1.6 knows the action. */
const anything = { request: words.unsafe<Payload>({ type: 'object' }), response: words.unsafe<Payload>({ type: 'object' }) }

function sender(system: CentralSystem, time: Passing) {
  return async <T>(action: string, payload: object, station: string | undefined): Promise<T> => {
    const known = messages16.get(action)?.message
    const outcome = await time.during(system.call(station ?? onlyOneOf(system), known ?? message(action, anything), payload))
    if (outcome.kind === 'result') return outcome.payload as T
    throw new CsmsCallError(action, ...wordsOf(outcome))
  }
}

function wordsOf(outcome: Exclude<CallOutcome, { readonly kind: 'result' }>): readonly [code: string, words: string] {
  switch (outcome.kind) {
    case 'error':
      return [outcome.code, outcome.description]
    case 'invalid':
      return [outcome.kind, outcome.description]
    case 'timeout':
      return [outcome.kind, 'the station did not answer']
    case 'disconnected':
      return [outcome.kind, 'the station is not connected']
  }
}

/** @throws RangeError unless exactly one is there */
function onlyOneOf(system: CentralSystem): string {
  const [only, ...others] = connectedTo(system)
  if (only === undefined) throw new RangeError('no station is connected')
  if (others.length > 0) throw new RangeError(`several stations are connected: name one of ${[only, ...others].join(', ')}`)
  return only
}

function transactionOf({ id, station, start: begun, stop, samples }: Booked): CsmsTransaction {
  return {
    id,
    station,
    connector: begun.connectorId,
    idTag: begun.idTag,
    meterStartWh: begun.meterStart,
    meterStopWh: stop?.meterStop,
    reason: stop === undefined ? undefined : (stop.reason ?? 'Local'),
    startedAt: begun.timestamp,
    stoppedAt: stop?.timestamp,
    samples: samples.length,
  }
}
