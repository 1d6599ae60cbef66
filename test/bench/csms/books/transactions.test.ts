import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { TransactionEvent } from '../../../../bench/csms/books/booking.ts'
import { keepJournal } from '../../../../bench/csms/books/journal.ts'
import { transactionBook } from '../../../../bench/csms/books/transactions.ts'
import { ConfigError } from '../../../../src/base/errors.ts'

const start = { connectorId: 1, idTag: '04A2B3C4', meterStart: 100, timestamp: '2026-03-01T08:00:00.000Z' }
const stop = { meterStop: 4310, timestamp: '2026-03-01T09:00:00.000Z', reason: 'Local' as const }

describe('a start that comes again', () => {
  test('gets the same transaction id and is counted', () => {
    const book = transactionBook()
    expect([book.start('CP-1', start), book.start('CP-1', start), book.start('CP-1', start)]).toEqual([1, 1, 1])
    expect(book.all).toHaveLength(1)
    expect(book.startsResent).toBe(2)
    expect(book.all[0]?.startsResent).toBe(2)
  })

  test('is recognised after its transaction ended', () => {
    const book = transactionBook()
    book.start('CP-1', start)
    book.stop('CP-1', { ...stop, transactionId: 1 })
    expect(book.start('CP-1', start)).toBe(1)
    expect(book.running).toHaveLength(0)
  })

  test.each([
    ['station', 'CP-2', start],
    ['connector', 'CP-1', { ...start, connectorId: 2 }],
    ['card', 'CP-1', { ...start, idTag: 'OTHER' }],
    ['register', 'CP-1', { ...start, meterStart: 101 }],
    ['time', 'CP-1', { ...start, timestamp: '2026-03-01T08:00:00.001Z' }],
  ])('is another transaction when the %s differs', (_what, station, request) => {
    const book = transactionBook()
    book.start('CP-1', start)
    expect(book.start(station, request)).toBe(2)
  })
})

describe('a stop', () => {
  test('that comes again is counted, not noted as odd', () => {
    const book = transactionBook()
    book.start('CP-1', start)
    book.stop('CP-1', { ...stop, transactionId: 1 })
    book.stop('CP-1', { ...stop, transactionId: 1 })
    expect(book.ended.map(({ stop: last, stopsResent }) => [last?.meterStop, stopsResent])).toEqual([[4310, 1]])
    expect(book.oddities).toEqual([])
  })

  test('that says something else the second time is noted, and the first one stands', () => {
    const book = transactionBook()
    book.start('CP-1', start)
    book.stop('CP-1', { ...stop, transactionId: 1 })
    book.stop('CP-1', { ...stop, meterStop: 9999, transactionId: 1 })
    expect(book.ended[0]?.stop?.meterStop).toBe(4310)
    expect(book.oddities.map(({ what }) => what)).toEqual(['second stop, different from the first'])
  })

  test.each([-1, 77])('of transaction %i, which is not known, is noted', (transactionId) => {
    const book = transactionBook()
    book.stop('CP-1', { ...stop, transactionId })
    expect(book.oddities).toMatchObject([{ what: 'stop of an unknown transaction', transactionId }])
  })

  test('of another station ends nothing', () => {
    const book = transactionBook()
    book.start('CP-1', start)
    book.stop('CP-2', { ...stop, transactionId: 1 })
    expect(book.running).toHaveLength(1)
    expect(book.oddities).toHaveLength(1)
  })
})

test('samples are kept with their transaction, those without one are not missed', () => {
  const book = transactionBook()
  book.start('CP-1', start)
  const meterValue = [{ timestamp: '2026-03-01T08:00:10.000Z', sampledValue: [{ value: '110' }] }]
  book.sample('CP-1', { connectorId: 1, transactionId: 1, meterValue })
  book.sample('CP-1', { connectorId: 0, meterValue })
  book.sample('CP-1', { connectorId: 1, transactionId: 5, meterValue })
  expect(book.all[0]?.samples).toEqual(meterValue)
  expect(book.oddities.map(({ what }) => what)).toEqual(['sample of an unknown transaction'])
})

describe('the journal', () => {
  const place = () => join(mkdtempSync(join(tmpdir(), 'pilotwire-journal-')), 'journal.jsonl')
  const now = () => Date.UTC(2026, 2, 1, 8)
  const linesOf = (path: string) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TransactionEvent & { at: string })

  test('holds each event as a line that is there at once', () => {
    const path = place()
    const book = transactionBook()
    keepJournal(path, book, now)
    book.start('CP-1', start)
    book.start('CP-1', start)
    book.stop('CP-1', { ...stop, transactionId: 1 })
    expect(linesOf(path).map(({ event, at, ...rest }) => [event, at, 'resent' in rest && rest.resent])).toEqual([
      ['started', '2026-03-01T08:00:00.000Z', false],
      ['started', '2026-03-01T08:00:00.000Z', true],
      ['ended', '2026-03-01T08:00:00.000Z', false],
    ])
  })

  test('lets the next run go on counting and recognise what was sent before, a torn last line notwithstanding', () => {
    const path = place()
    const before = transactionBook()
    const first = keepJournal(path, before, now)
    before.start('CP-1', start)
    before.start('CP-1', { ...start, connectorId: 2 })
    first.close()
    appendFileSync(path, '{"event":"ended","stat')
    const book = transactionBook()
    keepJournal(path, book, now)
    expect(book.start('CP-1', start)).toBe(1)
    expect(book.start('CP-1', { ...start, connectorId: 3 })).toBe(3)
    expect(linesOf(path)).toHaveLength(4)
  })

  test('that cannot be written says so', () => {
    expect(() => keepJournal(tmpdir(), transactionBook(), now)).toThrow(ConfigError)
  })
})
