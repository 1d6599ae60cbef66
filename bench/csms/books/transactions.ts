import { type Listenable, signal } from '../../../src/base/signal.ts'
import type { MeterValue } from '../../../src/ocpp16/messages/types.ts'
import type { Awaitable } from './awaitable.ts'
import { bookEvent } from './booked-events.ts'
import type { BookedStop, MeterRequest, Oddity, StartRequest, StopRequest, Transaction, TransactionEvent } from './booking.ts'
import type { BookedEvent } from './event-book.ts'

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
  event(station: string, event: BookedEvent): void
  /** Takes in an event of an earlier run, silently. */
  replay(event: TransactionEvent): void
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Entry = Omit<Mutable<Transaction>, 'samples'> & { readonly samples: MeterValue[] }

export function transactionBook(): MemoryBook {
  const entries = new Map<number, Entry>()
  const byStart = new Map<string, Entry>()
  /** The events of OCPP 2.0.1 that were booked, by transaction. */
  const seqNos = new Map<number, Set<number>>()
  const oddities: Oddity[] = []
  const happened = signal<TransactionEvent>()
  let lastId = 0

  const take = (event: TransactionEvent) => {
    if (event.event === 'odd') {
      oddities.push(event)
      return
    }
    const entry = entries.get(event.transactionId)
    if (event.seqNo !== undefined) seqNos.set(event.transactionId, (seqNos.get(event.transactionId) ?? new Set()).add(event.seqNo))
    if (event.event === 'started') {
      if (entry !== undefined) entry.startsResent++
      else {
        const { station, transactionId: id, request: start, reference } = event
        const own = reference === undefined ? {} : { reference }
        const fresh: Entry = { id, station, ...own, start, startsResent: 0, stop: undefined, stopsResent: 0, samples: [] }
        entries.set(id, fresh)
        byStart.set(reference === undefined ? keyOf(station, start) : referenceKey(station, reference), fresh)
        lastId = Math.max(lastId, id)
      }
      return
    }
    if (entry === undefined) return
    if (event.event === 'learnt') entry.start = event.request
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
    event(station, event) {
      const known = byStart.get(referenceKey(station, event.reference))
      bookEvent({ known, isBooked: (id, seqNo) => seqNos.get(id)?.has(seqNo) === true, nextId: () => lastId + 1, record }, station, event)
    },
  }
}

const referenceKey = (station: string, reference: string) => JSON.stringify([station, reference])

/** Two starts with these in common are one transaction: no car is plugged in twice at one millisecond. */
export function keyOf(station: string, { connectorId, idTag, timestamp, meterStart }: StartRequest): string {
  return JSON.stringify([station, connectorId, idTag, timestamp, meterStart])
}

function isSameStop(a: BookedStop, b: BookedStop): boolean {
  return a.timestamp === b.timestamp && a.meterStop === b.meterStop && a.reason === b.reason
}
