import type { Clock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import type { Log } from '../../../src/base/log.ts'
import { epochOf } from '../../../src/base/moment.ts'
import { signal } from '../../../src/base/signal.ts'
import { measured16 } from '../ocpp/neutral16.ts'
import type { BenchStore } from '../store/store.ts'
import type { Oddity, StartRequest, StopRequest, TransactionEvent } from './booking.ts'
import type { EventBook } from './event-book.ts'
import { eventBookOn } from './kept-events.ts'
import type { Records } from './records.ts'
import { rememberedTransactions } from './remembered.ts'
import { keyOf, type TransactionBook } from './transactions.ts'

/** For the words of the console. */
const mostOddities = 1_000

export interface KeptBooks {
  readonly transactions: TransactionBook & EventBook
  readonly records: Records
}

/** The books of a central system that keeps everything in a database: what is awaited of them is committed. In memory are only the running
 *  transactions and the last thousand that ended, for whoever watches; `happened` is told after the commit. */
export function keptBooks({ store, clock, log }: { readonly store: BenchStore; readonly clock: Clock; readonly log: Log }): KeptBooks {
  const happened = signal<TransactionEvent>()
  const remembered = rememberedTransactions(store)
  const oddities: Oddity[] = []
  let startsResent = 0
  remembered.fill().catch((error: unknown) => log.warn({ reason: wordsOf(error) }, 'the transactions of earlier runs were not read'))

  const odd = (oddity: Oddity) => {
    oddities.push(oddity)
    if (oddities.length > mostOddities) oddities.shift()
    happened.emit({ event: 'odd', ...oddity })
  }
  const transactions: TransactionBook & EventBook = {
    get all() {
      return remembered.all
    },
    get running() {
      return remembered.all.filter(({ stop }) => stop === undefined)
    },
    get ended() {
      return remembered.all.filter(({ stop }) => stop !== undefined)
    },
    oddities,
    get startsResent() {
      return startsResent
    },
    happened,
    async start(station, request) {
      const { id, isRepeated } = await store.transactions.begin(begunBy(station, request, clock.now().epochMs))
      if (isRepeated) startsResent++
      remembered.started(id, station, request, isRepeated)
      happened.emit({ event: 'started', station, transactionId: id, resent: isRepeated, request })
      return id
    },
    async sample(station, request) {
      const { transactionId, connectorId, meterValue } = request
      if (transactionId === undefined) return
      const outcome = await store.transactions.sampled(station, connectorId, transactionId, measured16(meterValue))
      if (outcome === 'unknown') return odd({ station, what: 'sample of an unknown transaction', transactionId, request })
      remembered.sampled(transactionId, meterValue)
      happened.emit({ event: 'sampled', station, transactionId, request })
    },
    async stop(station, request) {
      const { transactionId } = request
      const outcome = await ended(store, station, request, clock.now().epochMs)
      if (outcome === 'unknown') return odd({ station, what: 'stop of an unknown transaction', transactionId, request })
      if (outcome === 'other') return odd({ station, what: 'second stop, different from the first', transactionId, request })
      await remembered.ended(transactionId, request, outcome === 'repeated')
      happened.emit({ event: 'ended', station, transactionId, resent: outcome === 'repeated', request })
    },
    event: eventBookOn(store, { remembered, happened }),
  }
  return { transactions, records: recordsOn(store, clock) }
}

function begunBy(station: string, request: StartRequest, now: number) {
  return {
    station,
    evse: request.connectorId,
    connector: 1,
    tag: request.idTag,
    startedAt: epochOf(request.timestamp) ?? now,
    meterStartWh: request.meterStart,
    key: keyOf(station, request),
    reference: undefined,
  }
}

/** What was measured goes with the stop, in one commit. */
async function ended(
  store: BenchStore,
  station: string,
  { transactionId, timestamp, meterStop, reason, idTag, transactionData = [] }: StopRequest,
  now: number,
) {
  const samples = measured16(transactionData)
  const kept = samples.length === 0 ? undefined : store.transactions.sampled(station, 0, transactionId, samples)
  const end = store.transactions.end(station, transactionId, { stoppedAt: epochOf(timestamp) ?? now, meterStopWh: meterStop, reason, tag: idTag })
  const [outcome] = await Promise.all([end, kept])
  return outcome
}

function recordsOn({ chargers, transactions, tokens }: BenchStore, clock: Clock): Records {
  return {
    booted: (station, boot) => chargers.booted(station, boot),
    statusChanged: (station, status) => chargers.statusChanged(station, status),
    async metered(station, evse, samples) {
      await transactions.sampled(station, evse, undefined, samples)
    },
    async judge(_station, card) {
      const token = await tokens.one(card)
      if (token === undefined) return undefined
      const { status, parent_tag, expires_at } = token
      const isExpired = expires_at !== undefined && Date.parse(expires_at) <= clock.now().epochMs
      return {
        status: status === 'Accepted' && isExpired ? 'Expired' : status,
        ...(parent_tag === undefined ? {} : { parentIdTag: parent_tag }),
        ...(expires_at === undefined ? {} : { expiryDate: expires_at }),
      }
    },
    seen: (station) => chargers.seen(station),
  }
}
