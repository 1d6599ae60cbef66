import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StartRequest, StopRequest, TransactionEvent } from '../../../bench/csms/books/booking.ts'
import type { BookedEvent } from '../../../bench/csms/books/event-book.ts'
import { keptBooks } from '../../../bench/csms/books/kept-books.ts'
import { type TransactionBook, transactionBook } from '../../../bench/csms/books/transactions.ts'
import type { Measured } from '../../../bench/csms/store/store.ts'
import { silentLog } from '../../../src/base/log.ts'
import { engines, noon, type StoreWorld, storeWorld } from './stores.ts'

const [memory, file] = engines
const all = { offset: 0, limit: 100 }
const iso = (minute: number) => new Date(noon + minute * 60_000).toISOString()

let w: StoreWorld
beforeEach(async () => {
  w = await storeWorld(memory)
})
afterEach(() => w.close())
const booksOf = (store = w.store) => keptBooks({ store, clock: w.clock, log: silentLog })

const startAt = (minute: number): StartRequest => ({ connectorId: 1, idTag: 'CARD', meterStart: 100, timestamp: iso(minute) })
const stopAt = (transactionId: number, minute: number, more: Partial<StopRequest> = {}): StopRequest => ({
  ...{ transactionId, meterStop: 100 + minute * 10, timestamp: iso(minute) },
  ...more,
})
const meterValue = (minute: number) => [{ timestamp: iso(minute), sampledValue: [{ value: String(100 + minute * 10) }] }]

type Said =
  | { readonly what: 'start'; readonly station: string; readonly minute: number }
  | { readonly what: 'sample' | 'stop'; readonly station: string; readonly id: number; readonly minute: number }

async function told(book: TransactionBook, heard: readonly Said[]) {
  const events: TransactionEvent[] = []
  book.happened.on((event) => events.push(event))
  const ids: number[] = []
  for (const said of heard) {
    const { station, minute } = said
    if (said.what === 'start') ids.push(await book.start(station, startAt(minute)))
    else if (said.what === 'sample') await book.sample(station, { connectorId: 1, transactionId: said.id, meterValue: meterValue(minute) })
    else await book.stop(station, stopAt(said.id, minute))
  }
  return {
    ids,
    events,
    all: book.all,
    running: book.running,
    ended: book.ended,
    oddities: book.oddities.map(({ what, transactionId }) => [what, transactionId]),
    startsResent: book.startsResent,
  }
}

test('the book in a database says of everything what the book in memory says', async () => {
  const station = fc.constantFrom('A', 'B')
  const minute = fc.integer({ min: 0, max: 3 })
  const id = fc.integer({ min: 1, max: 5 })
  const said: fc.Arbitrary<Said> = fc.oneof(
    fc.record({ what: fc.constant('start' as const), station, minute }),
    fc.record({ what: fc.constantFrom('sample' as const, 'stop' as const), station, id, minute }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 25 }), async (heard) => {
      const fresh = await storeWorld(memory)
      const kept = await told(booksOf(fresh.store).transactions, heard)
      await fresh.close()
      expect(kept).toEqual(await told(transactionBook(), heard))
    }),
    { numRuns: 40 },
  )
})

test('what an earlier run began is running, is recognised, and ends', async () => {
  await w.close()
  w = await storeWorld(file)
  const id = await booksOf().transactions.start('A', startAt(0))
  await w.store.close()
  const { transactions } = booksOf(await w.again())
  await expect.poll(() => transactions.running).toMatchObject([{ id, station: 'A', start: { connectorId: 1, idTag: 'CARD', meterStart: 100 } }])
  expect(await transactions.start('A', startAt(0))).toBe(id)
  expect(transactions.startsResent).toBe(1)
  await transactions.stop('A', stopAt(id, 5))
  expect([transactions.running, transactions.ended]).toMatchObject([[], [{ id, stop: { meterStop: 150 } }]])
})

test('what was measured is kept, that of the stop too, and values of no transaction', async () => {
  const { transactions, records } = booksOf()
  const id = await transactions.start('A', startAt(0))
  await transactions.sample('A', { connectorId: 1, transactionId: id, meterValue: meterValue(1) })
  await transactions.stop('A', stopAt(id, 3, { transactionData: [...meterValue(1), ...meterValue(2)] }))
  expect((await w.store.transactions.samples({ ...all, transaction: id })).items.map(({ at, energy_wh }) => [at, energy_wh])).toEqual([
    [iso(1), 110],
    [iso(2), 120],
  ])
  await records.metered('A', 1, [{ atMs: noon + 600_000, voltage_v: 231 }])
  expect(await w.store.chargers.one('A')).toMatchObject({ connectors: [{ evse_id: 1, voltage_v: 231 }] })
})

test('a card is judged by the database where it is known there', async () => {
  const { records } = booksOf()
  await w.store.tokens.put({ tag: 'Good', status: 'Accepted', parent_tag: 'FLEET', expires_at: iso(1) })
  await w.store.tokens.put({ tag: 'bad', status: 'Blocked', expires_at: iso(-1) })
  expect(await records.judge('A', 'good')).toEqual({ status: 'Accepted', parentIdTag: 'FLEET', expiryDate: iso(1) })
  expect(await records.judge('A', 'BAD')).toMatchObject({ status: 'Blocked' })
  expect(await records.judge('A', 'other')).toBeUndefined()
  await w.clock.advance(60_000)
  expect(await records.judge('A', 'good')).toMatchObject({ status: 'Expired' })
})

const event = (kind: BookedEvent['kind'], seqNo: number, more: Partial<BookedEvent> = {}): BookedEvent => ({
  ...{ reference: 'T-1', kind, seqNo, atMs: noon + seqNo * 60_000, evse: undefined, connector: undefined, tag: undefined, measured: [], reason: undefined },
  ...more,
})
const measured = (minute: number): readonly Measured[] => [{ atMs: noon + minute * 60_000, energy_wh: 5_000 + minute * 100 }]
const session = [
  event('started', 0, { measured: measured(0) }),
  event('updated', 1, { evse: 1, connector: 1, tag: 'CARD' }),
  event('updated', 2, { measured: measured(2) }),
  event('ended', 3, { measured: measured(3), reason: 'Local', tag: 'STOPPER' }),
]
const whole = {
  ...{ reference: 'T-1', charger_id: 'A', evse_id: 1, connector_id: 1, tag: 'CARD', started_at: iso(0), stopped_at: iso(3) },
  ...{ meter_start_wh: 5_000, meter_stop_wh: 5_300, energy_wh: 300, reason: 'Local' },
}

test.each([
  ['once', [0, 1, 2, 3]],
  ['each twice', [0, 0, 1, 1, 2, 2, 3, 3]],
  ['all again', [0, 1, 2, 3, 0, 1, 2, 3]],
  ['the start last but one', [1, 2, 0, 3]],
] as const)('the events of a transaction of OCPP 2.0.1, %s', async (_, order) => {
  const { transactions } = booksOf()
  for (const index of order) await transactions.event('A', session[index] ?? (session[0] as BookedEvent))
  const { items, total } = await w.store.transactions.page(all)
  expect(total).toBe(1)
  expect(items[0]).toMatchObject(whole)
  expect((await w.store.transactions.samples({ ...all, transaction: items[0]?.id ?? 0 })).total).toBe(3)
  expect(transactions.ended).toMatchObject([{ id: items[0]?.id, stop: { meterStop: 5_300 } }])
  expect(transactions.running).toEqual([])
})

test('an end without a register ends at the last one that was heard, the second time too', async () => {
  const { transactions } = booksOf()
  const events: TransactionEvent[] = []
  transactions.happened.on((each) => void (each.event === 'learnt' || events.push(each)))
  for (const each of [...session.slice(0, 3), event('ended', 3), event('ended', 3)]) await transactions.event('A', each)
  expect((await w.store.transactions.page(all)).items).toMatchObject([{ meter_stop_wh: 5_200, energy_wh: 200, repeated: 1 }])
  expect(events).toMatchObject([{ event: 'started' }, { event: 'ended', resent: false }, { event: 'ended', resent: true }])
})

test('a station that sends its power alone is charged for the last of it too, whatever comes again', async () => {
  const { transactions } = booksOf()
  const power = (minute: number): readonly Measured[] => [{ atMs: noon + minute * 60_000, power_w: 6_000 }]
  const session = [event('started', 0), event('updated', 5, { measured: power(5) }), event('ended', 10, { measured: power(10) })]
  for (const each of [...session, ...session]) await transactions.event('A', each)
  expect((await w.store.transactions.page(all)).items).toMatchObject([{ meter_start_wh: 0, meter_stop_wh: 1_000, energy_wh: 1_000 }])
})

test('memory holds the last thousand that ended', async () => {
  const { transactions } = booksOf()
  const ids = await Promise.all(Array.from({ length: 1_010 }, (_, index) => transactions.start('A', startAt(index))))
  await Promise.all(ids.map((id) => transactions.stop('A', stopAt(id, 2_000))))
  expect([transactions.all.length, transactions.all.at(-1)?.id, transactions.running.length]).toEqual([1_000, ids.at(-1), 0])
})
