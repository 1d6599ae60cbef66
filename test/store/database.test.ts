import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrations.ts'
import { storeIn } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { type Counted, newDirectory, someMoment } from './directories.ts'

function opened() {
  const directory = newDirectory()
  mkdirSync(directory)
  const path = join(directory, 'a.db')
  const database = openDatabase(path)
  migrate(database)
  database.flush()
  const store = storeIn(database)
  const ledger = store.ledger<Counted>()
  return {
    database,
    store,
    ledger,
    logSize: () => statSync(`${path}-wal`).size,
    append: (durability: 'durable' | 'grouped') => ledger.append(someMoment, { kind: 'counted', n: 1 }, { durability }),
  }
}

/** 1: commits are not synced, 2: each commit syncs the log. */
const synchronous = (database: Database) => database.prepare('PRAGMA synchronous').get()?.synchronous

describe('durability', () => {
  test.each<[string, (store: Store) => void]>([
    ['a document that is put', (store) => store.documents('a').put('new', 1)],
    ['a document that is deleted', (store) => store.documents('a').delete('old')],
    ['documents that are cleared', (store) => store.documents('a').clear()],
    ['an entry that is given up', (store) => store.ledger<Counted>().giveUp('reader', 1, 'no')],
    [
      'a grouped step with something durable before something grouped',
      (store) =>
        store.atomically(() => {
          store.documents('a').put('new', 1)
          store.documents('a').put('newer', 1, 'grouped')
        }, 'grouped'),
    ],
  ])('%s is on the disk when the call returns', (_what, write) => {
    const { store, append } = opened()
    store.documents('a').put('old', 1)
    append('grouped')
    expect(store.hasUnflushed).toBe(true)
    write(store)
    expect(store.hasUnflushed).toBe(false)
  })
  test('a durable write syncs the log and with it every grouped write before; a grouped one does not', () => {
    const { database, store, append } = opened()
    expect(store.hasUnflushed).toBe(false)
    append('grouped')
    expect([synchronous(database), store.hasUnflushed]).toEqual([1, true])
    append('durable')
    expect([synchronous(database), store.hasUnflushed]).toEqual([2, false])
    append('grouped')
    expect([synchronous(database), store.hasUnflushed]).toEqual([1, true])
  })

  test('flush makes a commit, for only a commit that writes is synced; without need it writes nothing', () => {
    const { database, store, append, logSize } = opened()
    append('grouped')
    const before = logSize()
    store.flush()
    const after = logSize()
    expect([synchronous(database), store.hasUnflushed]).toEqual([2, false])
    expect(after).toBeGreaterThan(before)
    store.flush()
    expect(logSize()).toBe(after)
  })

  test('a durable write of what a grouped one wrote already is synced all the same', () => {
    const { store, ledger, append, logSize } = opened()
    append('durable')
    for (const write of [
      (durability: 'durable' | 'grouped') => store.documents('settings').put('a', 1, durability),
      (durability: 'durable' | 'grouped') => ledger.moveTo('reader', 1, durability),
    ]) {
      write('grouped')
      expect(store.hasUnflushed).toBe(true)
      const before = logSize()
      write('durable')
      expect(store.hasUnflushed).toBe(false)
      expect(logSize()).toBeGreaterThan(before)
      const after = logSize()
      write('durable')
      expect(logSize()).toBe(after)
    }
  })

  test('a change of nothing is no flush', () => {
    const { store, append } = opened()
    append('grouped')
    store.atomically(() => undefined)
    expect(store.hasUnflushed).toBe(true)
    store.documents('settings').delete('never there')
    expect(store.hasUnflushed).toBe(false)
  })

  test('an atomic run is durable as a whole, unless it was asked to be grouped and holds nothing durable', () => {
    const { store, append } = opened()
    store.atomically(() => append('grouped'))
    expect(store.hasUnflushed).toBe(false)
    store.atomically(() => append('grouped'), 'grouped')
    expect(store.hasUnflushed).toBe(true)
    store.atomically(() => append('durable'), 'grouped')
    expect(store.hasUnflushed).toBe(false)
  })

  test('what an earlier process left is unflushed until it is flushed', () => {
    const { database } = opened()
    expect(openDatabase(database.path).hasUnflushed).toBe(true)
  })
})

describe('a disk that becomes full', () => {
  /** No page beyond those in use now. */
  const fill = (database: Database) => database.exec(`PRAGMA max_page_count = ${Number(database.prepare('PRAGMA page_count').get()?.page_count)}`)
  const makeRoom = (database: Database) => database.exec('PRAGMA max_page_count = 100000')

  test('refuses the fact in words, keeps what was there, and takes facts again when there is room', () => {
    const { database, ledger } = opened()
    fill(database)
    let accepted = 0
    const appendMany = () => {
      for (; accepted < 1_000; accepted++) ledger.append(someMoment, { kind: 'counted', n: accepted + 1, filler: 'x'.repeat(700) }, { durability: 'durable' })
    }
    expect(appendMany).toThrow(expect.objectContaining({ name: 'StoreError', problem: 'full', message: expect.stringContaining('the disk is full') }))
    expect(accepted).toBeGreaterThan(0)
    expect(ledger.after(0, 2_000).map((entry) => entry.fact.n)).toEqual(Array.from({ length: accepted }, (_, index) => index + 1))
    makeRoom(database)
    expect(ledger.append(someMoment, { kind: 'counted', n: 0 }, { durability: 'durable' }).sequence).toBe(accepted + 1)
  })

  test('leaves nothing of an atomic run behind, even when the run does not mind the error', () => {
    const { database, store, ledger } = opened()
    ledger.append(someMoment, { kind: 'counted', n: 1 }, { durability: 'durable' })
    fill(database)
    const big = 'x'.repeat(100_000)
    const run = () =>
      store.atomically(() => {
        store.documents('settings').put('before', 1)
        expect(() => ledger.append(someMoment, { kind: 'counted', n: 2, filler: big }, { durability: 'durable' })).toThrow('the disk is full')
        store.documents('settings').put('after', 1)
      })
    let failed = false
    try {
      run()
    } catch {
      failed = true
    }
    // SQLite may keep the transaction or end it; half of it must not stay behind an error.
    const keys = store
      .documents('settings')
      .entries()
      .map(([key]) => key)
    expect(keys).toEqual(failed ? [] : ['after', 'before'])
    expect(ledger.last).toBe(1)
    makeRoom(database)
    store.documents('settings').put('later', 1)
    expect(store.documents('settings').get('later')).toBe(1)
  })
})

test('a file that takes no writes says so', () => {
  const { database } = opened()
  database.exec('PRAGMA query_only = ON')
  const store = storeIn(database)
  expect(() => store.documents('settings').put('a', 1)).toThrow(expect.objectContaining({ name: 'StoreError', problem: 'readOnly' }))
})

test('a database that another program holds for writing says so', { timeout: 10_000 }, () => {
  const { database, store } = opened()
  const other = openDatabase(database.path)
  other.exec('BEGIN IMMEDIATE')
  expect(() => store.documents('settings').put('a', 1)).toThrow(expect.objectContaining({ problem: 'busy' }))
  expect(() => store.atomically(() => undefined)).toThrow(expect.objectContaining({ problem: 'busy' }))
  other.exec('ROLLBACK')
  store.documents('settings').put('a', 2)
  expect(store.documents('settings').get('a')).toBe(2)
})

test('a row that the disk has changed is reported as damage', () => {
  const { database, store } = opened()
  store.documents('settings').put('a', 1)
  database.exec("PRAGMA ignore_check_constraints = ON; UPDATE documents SET value = '{'")
  expect(() => store.documents('settings').get('a')).toThrow(expect.objectContaining({ problem: 'damaged' }))
})
