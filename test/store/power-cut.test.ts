import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { databaseName, openStore } from '../../src/store/open.ts'
import { type Counted, keptLog, manyDirectories, someMoment } from './directories.ts'

/** What the disk tears is at least this large (bytes). */
const sector = 512

/** A state directory at the moment of a durable write, and after grouped writes that no fsync followed. */
interface History {
  readonly database: string
  readonly synced: Buffer
  readonly later: Buffer
  readonly durableCount: number
  readonly writtenCount: number
}

/** Undefined when the log moved into the database in between: that is a sync of its own. */
function historyOf(directory: string, before: number, grouped: number, fillerSize: number): History | undefined {
  const store = openStore({ directory, log: keptLog() })
  const ledger = store.ledger<Counted>()
  const filler = 'x'.repeat(fillerSize)
  let n = 0
  const append = (durability: 'durable' | 'grouped') => ledger.append(someMoment, { kind: 'counted', n: ++n, filler }, { durability, subject: `${n % 7}` })
  for (let count = 1; count < before; count++) append('grouped')
  append('durable')
  const path = join(directory, databaseName)
  const database = readFileSync(path)
  const synced = readFileSync(`${path}-wal`)
  const durableCount = n
  for (let count = 0; count < grouped; count++) {
    append('grouped')
    if (count % 4 === 0) ledger.moveTo('reader', n, 'grouped')
  }
  const later = readFileSync(`${path}-wal`)
  const kept = `${path}.kept`
  copyFileSync(path, kept)
  const untouched = database.equals(readFileSync(kept))
  store.close()
  return untouched ? { database: kept, synced, later, durableCount, writtenCount: n } : undefined
}

/** Opens what a power cut left: every durable fact is there, and whatever else is there is the beginning of what was written. */
function expectSurvival(directory: string, history: History, wal: Buffer): void {
  mkdirSync(directory)
  copyFileSync(history.database, join(directory, databaseName))
  writeFileSync(join(directory, `${databaseName}-wal`), wal)
  const log = keptLog()
  const store = openStore({ directory, log })
  const ledger = store.ledger<Counted>()
  const entries = ledger.after(0, 100_000)
  expect(log.lines).toEqual([])
  expect(entries.length).toBeGreaterThanOrEqual(history.durableCount)
  expect(entries.length).toBeLessThanOrEqual(history.writtenCount)
  expect(entries.map((entry) => entry.fact.n)).toEqual(entries.map((_, index) => index + 1))
  expect(ledger.position('reader')).toBeLessThanOrEqual(ledger.last)
  expect(ledger.append(someMoment, { kind: 'counted', n: 0 }, { durability: 'durable' }).sequence).toBe(entries.length + 1)
  store.close()
}

const histories = fc.record({
  before: fc.integer({ min: 1, max: 300 }),
  grouped: fc.integer({ min: 1, max: 30 }),
  fillerSize: fc.integer({ min: 0, max: 3_000 }),
})

test('a log that was cut off anywhere after the durable write keeps that write', { timeout: 60_000 }, () => {
  const directories = manyDirectories()
  let cuts = 0
  fc.assert(
    fc.property(histories, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }), ({ before, grouped, fillerSize }, places) => {
      const history = historyOf(directories.next(), before, grouped, fillerSize)
      if (history === undefined) return
      const { synced, later } = history
      const from = firstDifference(synced, later)
      for (const place of [0, 1, ...places]) {
        expectSurvival(directories.next(), history, later.subarray(0, from + Math.round(place * (later.length - from))))
        cuts++
      }
    }),
    { numRuns: 15 },
  )
  expect(cuts).toBeGreaterThan(20)
})

test('a log whose unsynced sectors reached the disk in any order, or as rubbish, keeps what was durable', { timeout: 60_000 }, () => {
  const directories = manyDirectories()
  fc.assert(
    fc.property(histories, fc.integer(), ({ before, grouped, fillerSize }, seed) => {
      const history = historyOf(directories.next(), before, grouped, fillerSize)
      if (history === undefined) return
      for (let variant = 0; variant < 4; variant++) expectSurvival(directories.next(), history, torn(history, seed + variant))
    }),
    { numRuns: 15 },
  )
})

test('every byte at which one grouped write can be cut off', { timeout: 60_000 }, () => {
  const directories = manyDirectories()
  const history = historyOf(directories.next(), 3, 1, 100)
  if (history === undefined) throw new Error('the log moved into the database')
  const from = firstDifference(history.synced, history.later)
  // Around each edge of header, frame header and page every byte, elsewhere each 97th.
  for (let length = from; length <= history.later.length; length++) {
    const intoFrame = (length - 32) % (24 + 4_096)
    if (intoFrame > 30 && intoFrame < 4_110 && length % 97 !== 0) continue
    expectSurvival(directories.next(), history, history.later.subarray(0, length))
  }
})

function firstDifference(a: Buffer, b: Buffer): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at
}

/** The later log where each sector beyond what was synced holds its new content, its old content, or rubbish. */
function torn({ synced, later }: History, seed: number): Buffer {
  const from = firstDifference(synced, later)
  const result = Buffer.from(later)
  const fates = fc.sample(fc.constantFrom('new', 'new', 'new', 'old', 'rubbish'), { numRuns: Math.ceil(later.length / sector) + 1, seed })
  for (let start = from - (from % sector); start < later.length; start += sector) {
    const fate = fates[start / sector]
    for (let at = Math.max(start, from); at < Math.min(start + sector, later.length); at++) {
      if (fate === 'old') result[at] = synced[at] ?? 0
      if (fate === 'rubbish') result[at] = (at * 31 + seed) & 0xff
    }
  }
  return result
}
