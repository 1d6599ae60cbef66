import { type Listenable, signal } from '../../src/base/signal.ts'
import type { RequestOf } from '../../src/ocpp/message.ts'
import type { MeterValues, StartTransaction, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import type { MeterValue } from '../../src/ocpp16/messages/types.ts'
import type { Awaitable } from './awaitable.ts'

export type StartRequest = RequestOf<typeof StartTransaction>
export type StopRequest = RequestOf<typeof StopTransaction>
export type MeterRequest = RequestOf<typeof MeterValues>

/** What the central system knows of one transaction. */
export interface Transaction {
  readonly id: number
  readonly station: string
  readonly start: StartRequest
  /** How often the same StartTransaction came again: its answer was lost on the way. */
  readonly startsResent: number
  /** Undefined while it runs. */
  readonly stop: StopRequest | undefined
  /** How often the same StopTransaction came again. */
  readonly stopsResent: number
  /** From MeterValues, in the order of arrival. */
  readonly samples: readonly MeterValue[]
}

/** A message about a transaction that does not fit what is known: accepted, because a charge point must never be made
 *  to send it forever, and noted, because it is a mistake of one of the two. */
export interface Oddity {
  readonly station: string
  readonly what: 'stop of an unknown transaction' | 'second stop, different from the first' | 'sample of an unknown transaction'
  readonly transactionId: number
  readonly request: StopRequest | MeterRequest
}

/** One line of the journal. `at` is the central system's time, ISO 8601. */
export type TransactionEvent =
  | { readonly event: 'started'; readonly station: string; readonly transactionId: number; readonly resent: boolean; readonly request: StartRequest }
  | { readonly event: 'sampled'; readonly station: string; readonly transactionId: number; readonly request: MeterRequest }
  | { readonly event: 'ended'; readonly station: string; readonly transactionId: number; readonly resent: boolean; readonly request: StopRequest }
  | ({ readonly event: 'odd' } & Oddity)

export interface TransactionBook {
  readonly all: readonly Transaction[]
  readonly running: readonly Transaction[]
  readonly ended: readonly Transaction[]
  readonly oddities: readonly Oddity[]
  /** StartTransactions that came again, over all transactions. */
  readonly startsResent: number
  readonly happened: Listenable<TransactionEvent>
  /** The transaction's id: the known one when the same start comes again. */
  start(station: string, request: StartRequest): Awaitable<number>
  sample(station: string, request: MeterRequest): Awaitable<void>
  stop(station: string, request: StopRequest): Awaitable<void>
}

/** A book in memory, which can be filled from a journal. */
export interface MemoryBook extends TransactionBook {
  start(station: string, request: StartRequest): number
  sample(station: string, request: MeterRequest): void
  stop(station: string, request: StopRequest): void
  /** Takes in an event of an earlier run, silently. */
  replay(event: TransactionEvent): void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Entry = Omit<Mutable<Transaction>, 'samples'> & { readonly samples: MeterValue[] }

export function transactionBook(): MemoryBook {
  const entries = new Map<number, Entry>()
  const byStart = new Map<string, Entry>()
  const oddities: Oddity[] = []
  const happened = signal<TransactionEvent>()
  let lastId = 0

  const take = (event: TransactionEvent) => {
    if (event.event === 'odd') {
      oddities.push(event)
      return
    }
    const entry = entries.get(event.transactionId)
    if (event.event === 'started') {
      if (entry !== undefined) entry.startsResent++
      else {
        const { station, transactionId: id, request: start } = event
        const fresh: Entry = { id, station, start, startsResent: 0, stop: undefined, stopsResent: 0, samples: [] }
        entries.set(id, fresh)
        byStart.set(keyOf(station, start), fresh)
        lastId = Math.max(lastId, id)
      }
    } else if (entry === undefined) return
    else if (event.event === 'sampled') entry.samples.push(...event.request.meterValue)
    else if (event.resent) entry.stopsResent++
    else entry.stop = event.request
  }
  const record = (event: TransactionEvent) => {
    take(event)
    happened.emit(event)
  }
  /** A transaction belongs to the station that started it; another one's id is unknown here. */
  const find = (station: string, id: number) => {
    const entry = entries.get(id)
    return entry?.station === station ? entry : undefined
  }

  return {
    get all() {
      return [...entries.values()]
    },
    get running() {
      return [...entries.values()].filter((each) => each.stop === undefined)
    },
    get ended() {
      return [...entries.values()].filter((each) => each.stop !== undefined)
    },
    oddities,
    get startsResent() {
      return [...entries.values()].reduce((sum, each) => sum + each.startsResent, 0)
    },
    happened,
    replay: take,
    start(station, request) {
      const known = byStart.get(keyOf(station, request))
      const transactionId = known?.id ?? lastId + 1
      record({ event: 'started', station, transactionId, resent: known !== undefined, request })
      return transactionId
    },
    sample(station, request) {
      const { transactionId } = request
      if (transactionId === undefined) return
      if (find(station, transactionId) !== undefined) record({ event: 'sampled', station, transactionId, request })
      else record({ event: 'odd', station, what: 'sample of an unknown transaction', transactionId, request })
    },
    stop(station, request) {
      const { transactionId } = request
      const entry = find(station, transactionId)
      if (entry === undefined) record({ event: 'odd', station, what: 'stop of an unknown transaction', transactionId, request })
      else if (entry.stop === undefined) record({ event: 'ended', station, transactionId, resent: false, request })
      else if (isSameStop(entry.stop, request)) record({ event: 'ended', station, transactionId, resent: true, request })
      else record({ event: 'odd', station, what: 'second stop, different from the first', transactionId, request })
    },
  }
}

/** Two starts with these in common are one transaction: no car is plugged in twice at one millisecond. */
function keyOf(station: string, { connectorId, idTag, timestamp, meterStart }: StartRequest): string {
  return JSON.stringify([station, connectorId, idTag, timestamp, meterStart])
}

function isSameStop(a: StopRequest, b: StopRequest): boolean {
  return a.timestamp === b.timestamp && a.meterStop === b.meterStop && a.reason === b.reason
}
