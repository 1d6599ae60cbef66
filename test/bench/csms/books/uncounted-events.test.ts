import { expect, test } from 'vitest'
import type { BookedEvent } from '../../../../bench/csms/books/event-book.ts'
import { transactionBook } from '../../../../bench/csms/books/transactions.ts'

const event = (kind: BookedEvent['kind'], atMs: number): BookedEvent => ({
  ...{ reference: '505180f3', kind, seqNo: 0, atMs, evse: 1, connector: 1, tag: '04A2B3C4', measured: [] },
  reason: kind === 'ended' ? 'Remote' : undefined,
})

test('a station of OCPP 2.0.1 that numbers every event 0 ends its transaction all the same, once', () => {
  const book = transactionBook()
  book.event('CP-1', event('started', 1_000))
  expect(book.running).toHaveLength(1)
  book.event('CP-1', event('ended', 2_000))
  book.event('CP-1', event('ended', 2_000))
  expect(book.running).toEqual([])
  expect(book.ended).toMatchObject([{ reference: '505180f3', stop: { reason: 'Remote' }, stopsResent: 1 }])
})
