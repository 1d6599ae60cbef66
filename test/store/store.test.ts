import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { databaseName, openStore } from '../../src/store/open.ts'
import { type Counted, keptLog, newDirectory, someMoment } from './directories.ts'

const places = [
  ['a directory', () => newDirectory()],
  ['memory', () => undefined],
] as const

describe.each(places)('a store in %s', (_place, place) => {
  const open = () => openStore({ directory: place(), log: silentLog })

  test('keeps facts in order, each as it was appended', () => {
    const ledger = open().ledger<Counted>()
    expect(ledger.last).toBe(0)
    const first = ledger.append(someMoment, { kind: 'counted', n: 1 }, { subject: 'tx', durability: 'durable' })
    const second = ledger.append({ ...someMoment, trusted: false }, { kind: 'counted', n: 2, filler: 'ü\u0000"' }, { durability: 'grouped' })
    expect(first).toEqual({ sequence: 1, at: someMoment, subject: 'tx', fact: { kind: 'counted', n: 1 } })
    expect(ledger.after(0, Number.POSITIVE_INFINITY)).toEqual([first, second])
    expect(ledger.after(0, 1)).toEqual([first])
    expect(ledger.after(1, 10)).toEqual([second])
    expect(ledger.after(2, 10)).toEqual([])
    expect(ledger.about('tx')).toEqual([first])
    expect(ledger.about('other')).toEqual([])
    expect(ledger.last).toBe(2)
  })

  test('remembers where each reader stands, and never beyond the last fact', () => {
    const ledger = open().ledger<Counted>()
    expect(ledger.position('ocpp16')).toBe(0)
    expect(() => ledger.moveTo('ocpp16', 1, 'durable')).toThrow(RangeError)
    ledger.append(someMoment, { kind: 'counted', n: 1 }, { durability: 'grouped' })
    ledger.moveTo('ocpp16', 1, 'grouped')
    expect([ledger.position('ocpp16'), ledger.position('ocpp201')]).toEqual([1, 0])
    for (const nonsense of [-1, 0.5, Number.NaN, 2]) expect(() => ledger.moveTo('ocpp16', nonsense, 'grouped')).toThrow(RangeError)
    expect(ledger.position('ocpp16')).toBe(1)
  })

  test('shows what a reader gave up, with its reason', () => {
    const ledger = open().ledger<Counted>()
    const entry = ledger.append(someMoment, { kind: 'counted', n: 1 }, { durability: 'grouped' })
    ledger.giveUp('ocpp16', 1, 'FormationViolation')
    ledger.giveUp('ocpp16', 1, 'FormationViolation, again')
    expect(ledger.undeliverable('ocpp16')).toEqual([{ entry, reason: 'FormationViolation, again' }])
    expect(ledger.undeliverable('ocpp201')).toEqual([])
    expect(() => ledger.giveUp('ocpp16', 2, 'no such entry')).toThrow()
  })

  test('keeps documents by kind and key', () => {
    const store = open()
    const settings = store.documents<{ readonly value: string } | number>('settings')
    expect(settings.get('a')).toBeUndefined()
    settings.put('b', { value: 'x' })
    settings.put('a', 1)
    settings.put('a', 2, 'grouped')
    store.documents('other').put('a', 'elsewhere')
    expect(settings.entries()).toEqual([
      ['a', 2],
      ['b', { value: 'x' }],
    ])
    settings.delete('a')
    settings.delete('never there')
    expect(settings.get('a')).toBeUndefined()
    settings.clear()
    expect(settings.entries()).toEqual([])
    expect(store.documents('other').get('a')).toBe('elsewhere')
    expect(() => store.documents<unknown>('settings').put('a', undefined)).toThrow(TypeError)
  })

  test('takes back everything when an atomic run throws', () => {
    const store = open()
    const ledger = store.ledger<Counted>()
    const settings = store.documents<number>('settings')
    settings.put('a', 1)
    ledger.append(someMoment, { kind: 'counted', n: 1 }, { durability: 'durable' })
    expect(() =>
      store.atomically(() => {
        ledger.append(someMoment, { kind: 'counted', n: 2 }, { durability: 'durable' })
        ledger.moveTo('reader', 2, 'durable')
        ledger.giveUp('reader', 2, 'never')
        settings.put('a', 2)
        expect([ledger.last, ledger.position('reader'), settings.get('a')]).toEqual([2, 2, 2])
        throw new Error('no')
      }),
    ).toThrow('no')
    expect([ledger.last, ledger.position('reader'), settings.get('a'), ledger.undeliverable('reader')]).toEqual([1, 0, 1, []])
    expect(store.atomically(() => ledger.append(someMoment, { kind: 'counted', n: 3 }, { durability: 'grouped' }).sequence)).toBe(2)
  })

  test('tells of a fact once it is kept: after the commit, and never when it was taken back', () => {
    const store = open()
    const ledger = store.ledger<Counted>()
    const told: number[] = []
    ledger.appended.on((entry) => told.push(entry.fact.n))
    const append = (n: number) => ledger.append(someMoment, { kind: 'counted', n }, { durability: 'grouped' })
    append(1)
    expect(told).toEqual([1])
    store.atomically(() => {
      append(2)
      expect(() =>
        store.atomically(() => {
          append(3)
          throw new Error('no')
        }),
      ).toThrow('no')
      store.atomically(() => append(4))
      expect(told).toEqual([1])
    })
    expect(told).toEqual([1, 2, 4])
    expect(() =>
      store.atomically(() => {
        append(5)
        throw new Error('no')
      }),
    ).toThrow('no')
    append(6)
    expect(told).toEqual([1, 2, 4, 6])
  })

  test('an inner atomic run that throws takes back its own part only', () => {
    const store = open()
    const settings = store.documents<number>('settings')
    store.atomically(() => {
      settings.put('outer', 1)
      expect(() =>
        store.atomically(() => {
          settings.put('inner', 1)
          store.atomically(() => settings.put('innermost', 1))
          throw new Error('no')
        }),
      ).toThrow('no')
      store.atomically(() => settings.put('second', 1))
    })
    expect(settings.entries().map(([key]) => key)).toEqual(['outer', 'second'])
  })
})

describe('a store in a directory', () => {
  test('is found again as it was left, facts, cursors, documents and given up', () => {
    const directory = newDirectory()
    const before = openStore({ directory, log: silentLog })
    expect(before.isNew).toBe(true)
    const entries = [1, 2, 3].map((n) => before.ledger<Counted>().append(someMoment, { kind: 'counted', n }, { durability: 'grouped' }))
    before.ledger().moveTo('reader', 2, 'grouped')
    before.ledger().giveUp('reader', 1, 'why')
    before.documents('settings').put('a', { b: [1] }, 'grouped')
    before.close()
    const log = keptLog()
    const after = openStore({ directory, log })
    expect(after.isNew).toBe(false)
    expect(after.ledger<Counted>().after(0, 10)).toEqual(entries)
    expect(after.ledger().position('reader')).toBe(2)
    expect(after.ledger().undeliverable('reader')).toEqual([{ entry: entries[0], reason: 'why' }])
    expect(after.documents('settings').entries()).toEqual([['a', { b: [1] }]])
    expect(log.lines).toEqual([])
    after.close()
    // Closing again is harmless.
    after.close()
  })

  test('is new until the first document, so that a crash in between leaves nothing out', () => {
    const directory = newDirectory()
    openStore({ directory, log: silentLog }).close()
    const again = openStore({ directory, log: silentLog })
    expect(again.isNew).toBe(true)
    again.documents('settings').put('a', 1)
    again.close()
    expect(openStore({ directory, log: silentLog }).isNew).toBe(false)
  })

  test('is for its owner alone, and readable by a person with a shell', () => {
    const directory = newDirectory()
    const store = openStore({ directory, log: silentLog })
    store.ledger<Counted>().append(someMoment, { kind: 'counted', n: 1 }, { subject: 'tx', durability: 'durable' })
    const mode = (path: string) => statSync(path).mode & 0o777
    expect(mode(directory)).toBe(0o700)
    expect(readdirSync(directory).sort()).toEqual(['pilotwire.db', 'pilotwire.db-shm', 'pilotwire.db-wal'])
    for (const name of readdirSync(directory)) expect([name, mode(join(directory, name))]).toEqual([name, 0o600])
    const shell = new DatabaseSync(join(directory, databaseName), { readOnly: true })
    expect({ ...shell.prepare('SELECT * FROM history').get() }).toEqual({
      sequence: 1,
      at: '2026-03-01T08:00:00.000Z',
      trusted: 1,
      kind: 'counted',
      subject: 'tx',
      fact: '{"kind":"counted","n":1}',
    })
    shell.close()
    store.close()
  })

  test('takes a directory that exists already as it is', () => {
    const directory = newDirectory()
    mkdirSync(directory, { mode: 0o750 })
    openStore({ directory, log: silentLog }).close()
    expect(statSync(directory).mode & 0o777).toBe(0o750)
  })

  test('keeps its log small however much is written', () => {
    const directory = newDirectory()
    const store = openStore({ directory, log: silentLog })
    const ledger = store.ledger<Counted>()
    for (let n = 1; n <= 3_000; n++) ledger.append(someMoment, { kind: 'counted', n, filler: 'x'.repeat(500) }, { durability: 'grouped' })
    expect(statSync(join(directory, `${databaseName}-wal`)).size).toBeLessThan(2.5 * 1_024 * 1_024)
    store.close()
  })
})

describe('trim', () => {
  const filled = (directory: string | undefined, count: number) => {
    const store = openStore({ directory, log: silentLog })
    const ledger = store.ledger<Counted>()
    store.atomically(() => {
      for (let n = 1; n <= count; n++) ledger.append(someMoment, { kind: 'counted', n }, { subject: n === 3 ? 'running' : 'over', durability: 'grouped' })
    })
    return { store, ledger, sequences: () => ledger.after(0, count).map((entry) => entry.sequence) }
  }

  test('deletes what every reader is done with, beyond the newest', () => {
    const { store, ledger, sequences } = filled(undefined, 10)
    ledger.moveTo('a', 9, 'grouped')
    ledger.moveTo('b', 4, 'grouped')
    expect(store.trim({ keep: 2, readers: ['a', 'b'] })).toBe(4)
    expect(sequences()).toEqual([5, 6, 7, 8, 9, 10])
    expect(store.trim({ keep: 5, readers: ['a'] })).toBe(1)
    expect(sequences()).toEqual([6, 7, 8, 9, 10])
    expect(store.trim({ keep: 5, readers: ['a'] })).toBe(0)
  })

  test('deletes nothing while a reader has not begun', () => {
    const { store, ledger } = filled(undefined, 10)
    ledger.moveTo('a', 10, 'grouped')
    expect(store.trim({ keep: 0, readers: ['a', 'b'] })).toBe(0)
  })

  test('spares what could not be delivered and what is still running', () => {
    const { store, ledger, sequences } = filled(undefined, 10)
    ledger.moveTo('a', 10, 'grouped')
    ledger.giveUp('a', 5, 'why')
    expect(store.trim({ keep: 1, readers: ['a'], spare: ['running'] })).toBe(7)
    expect(sequences()).toEqual([3, 5, 10])
    expect(ledger.undeliverable('a')).toHaveLength(1)
  })

  test('spares of each kind the newest 10,000 that could not be delivered: a central system may refuse everything for years', () => {
    const { store, ledger } = filled(undefined, 0)
    store.atomically(() => {
      for (let n = 1; n <= 10_700; n++) {
        const { sequence } = ledger.append(someMoment, { kind: 'counted', n }, { durability: 'grouped' })
        ledger.giveUp('a', sequence, 'why')
        ledger.moveTo('a', sequence, 'grouped')
      }
    })
    while (store.trim({ keep: 1, readers: ['a'] }) > 0);
    expect(ledger.undeliverable('a')).toHaveLength(10_000)
    expect(ledger.after(0, 1)[0]?.sequence).toBe(701)
  })

  test('an entry that went before its reader gave it up is no trouble', () => {
    const { store, ledger } = filled(undefined, 10)
    ledger.moveTo('a', 10, 'grouped')
    store.trim({ keep: 1, readers: ['a'] })
    ledger.giveUp('b', 2, 'why')
    expect(ledger.undeliverable('b')).toEqual([])
  })

  test('never lets a sequence be used again, even when everything went', () => {
    const directory = newDirectory()
    const { store, ledger, sequences } = filled(directory, 10)
    ledger.moveTo('a', 10, 'grouped')
    expect(store.trim({ keep: 0, readers: ['a'] })).toBe(10)
    expect([sequences(), ledger.last, ledger.position('a')]).toEqual([[], 10, 10])
    store.close()
    const again = openStore({ directory, log: silentLog })
    expect(again.ledger<Counted>().append(someMoment, { kind: 'counted', n: 1 }, { durability: 'durable' }).sequence).toBe(11)
    again.close()
  })

  test('gives the space back to the disk', () => {
    const directory = newDirectory()
    const { store, ledger } = filled(directory, 20_000)
    ledger.moveTo('a', 20_000, 'durable')
    store.close()
    const size = () => statSync(join(directory, databaseName)).size
    const before = size()
    const again = openStore({ directory, log: silentLog })
    let calls = 0
    while (again.trim({ keep: 1_000, readers: ['a'] }) > 0) calls++
    expect(calls).toBe(38)
    again.close()
    expect(size()).toBeLessThan(before / 5)
  })
})
