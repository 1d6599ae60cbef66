import { mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { databaseName, openStore } from '../../src/store/open.ts'
import { type Counted, keptLog, manyDirectories, newDirectory, someMoment } from './directories.ts'

const count = 400

/** The bytes of a sound database with facts, a cursor and settings; its log is in it. */
function soundDatabase(): Buffer {
  const directory = newDirectory()
  const store = openStore({ directory, log: silentLog })
  const ledger = store.ledger<Counted>()
  store.atomically(() => {
    for (let n = 1; n <= count; n++)
      ledger.append(someMoment, { kind: 'counted', n, filler: 'x'.repeat(n % 300) }, { subject: `${n % 9}`, durability: 'durable' })
    ledger.moveTo('reader', count - 10, 'durable')
    ledger.giveUp('reader', 5, 'why')
    for (let key = 0; key < 50; key++) store.documents('settings').put(`key${key}`, { value: key })
  })
  store.close()
  return readFileSync(join(directory, databaseName))
}

function place(directory: string, bytes: Buffer): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, databaseName), bytes)
}

/** Opens what must open, and tells what was found. Nothing is ever lost in silence, and new facts come after every cursor. */
function survey(directory: string) {
  const log = keptLog()
  const store = openStore({ directory, log })
  const ledger = store.ledger<Counted>()
  const facts = ledger.after(0, 10_000)
  const settings = store.documents('settings').entries()
  const position = ledger.position('reader')
  if (log.lines.length === 0) expect([facts.length, settings.length, position]).toEqual([count, 50, count - 10])
  expect(position).toBeLessThanOrEqual(ledger.last)
  expect(facts.map((entry) => entry.sequence)).toEqual([...facts.map((entry) => entry.sequence)].sort((a, b) => a - b))
  const next = ledger.append(someMoment, { kind: 'counted', n: 0 }, { durability: 'durable' })
  expect(next.sequence).toBeGreaterThan(Math.max(position, ...facts.map((entry) => entry.sequence)))
  store.close()
  const quiet = keptLog()
  const again = openStore({ directory, log: quiet })
  expect(quiet.lines).toEqual([])
  expect(again.ledger<Counted>().after(0, 10_000)).toEqual([...facts, next])
  again.close()
  return { log, facts, settings, position, isNew: store.isNew, names: readdirSync(directory) }
}

describe('a damaged database', () => {
  test('is set aside with a loud line; the charger goes on with a new one', () => {
    const directory = newDirectory()
    place(directory, Buffer.from('this is no database, but it is longer than the header of one, which has a hundred bytes: so it goes on for a while'))
    const { log, facts, isNew, names } = survey(directory)
    expect(log.lines.map((line) => [line.level, line.event])).toEqual([
      ['error', 'the database is damaged'],
      ['error', 'the damaged database was set aside and a new one begun with the rows that could be read'],
    ])
    expect([facts, isNew]).toEqual([[], true])
    expect(names).toEqual(['pilotwire.db', 'pilotwire.db.damaged-1'])
  })

  test('of no bytes is damaged too: a new one gets its name with its tables in it', () => {
    const directory = newDirectory()
    place(directory, Buffer.alloc(0))
    expect(survey(directory).names).toContain('pilotwire.db.damaged-1')
  })

  test('that was cut off anywhere opens, and is never shorter in silence', { timeout: 60_000 }, () => {
    const sound = soundDatabase()
    const directories = manyDirectories()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sound.length - 1 }), (length) => {
        const directory = directories.next()
        place(directory, sound.subarray(0, length))
        const { facts, names } = survey(directory)
        expect(names).toContain('pilotwire.db.damaged-1')
        // What stands before the cut is kept: the first pages hold the tables' roots, one page some 20 facts.
        if (length > sound.length / 2) expect(facts.length).toBeGreaterThan(count / 4)
      }),
      { numRuns: 60 },
    )
  })

  test('with rubbish anywhere opens', { timeout: 60_000 }, () => {
    const sound = soundDatabase()
    const directories = manyDirectories()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sound.length - 1 }), fc.uint8Array({ minLength: 16, maxLength: 6_000 }), (at, rubbish) => {
        const directory = directories.next()
        const bytes = Buffer.from(sound)
        bytes.set(rubbish.subarray(0, bytes.length - at), at)
        place(directory, bytes)
        const log = keptLog()
        const store = openStore({ directory, log })
        const ledger = store.ledger<Counted>()
        const next = ledger.append(someMoment, { kind: 'counted', n: 0 }, { durability: 'durable' })
        expect(next.sequence).toBeGreaterThan(ledger.position('reader'))
        store.close()
      }),
      { numRuns: 60 },
    )
  })

  test('keeps the facts before and after the damage, the cursor and the settings', () => {
    const sound = soundDatabase()
    const page = leafOf(sound, 200)
    const bytes = Buffer.from(sound)
    bytes.fill(0xa5, page, page + 4_096)
    const directory = newDirectory()
    place(directory, bytes)
    const { facts, settings, position, isNew, log } = survey(directory)
    const numbers = facts.map((entry) => entry.fact.n)
    expect(numbers[0]).toBe(1)
    expect(numbers.at(-1)).toBe(count)
    expect(numbers.length).toBeGreaterThan(count - 60)
    expect(numbers.length).toBeLessThan(count)
    expect([settings.length, position, isNew]).toEqual([50, count - 10, false])
    expect(log.lines.at(-1)?.fields).toMatchObject({ kept: { ledger: numbers.length, cursors: 1, undeliverable: 1, documents: 50 } })
  })

  test('that was in use keeps the facts in its log', () => {
    const origin = newDirectory()
    place(origin, soundDatabase())
    const store = openStore({ directory: origin, log: silentLog })
    store.ledger<Counted>().append(someMoment, { kind: 'counted', n: count + 1 }, { durability: 'durable' })
    const bytes = readFileSync(join(origin, databaseName))
    const page = leafOf(bytes, 200)
    bytes.fill(0xa5, page, page + 4_096)
    const directory = newDirectory()
    place(directory, bytes)
    const wal = readFileSync(join(origin, `${databaseName}-wal`))
    writeFileSync(join(directory, `${databaseName}-wal`), wal)
    store.close()
    const { facts, names } = survey(directory)
    expect([facts[0]?.fact.n, facts.at(-1)?.fact.n]).toEqual([1, count + 1])
    expect(facts.length).toBeLessThan(count)
    expect(names).toContain('pilotwire.db.damaged-1')
  })

  test('does not fill the disk when it comes again and again', () => {
    const directory = newDirectory()
    for (let round = 0; round < 8; round++) {
      place(directory, Buffer.from(`rubbish of round ${round}`))
      openStore({ directory, log: silentLog }).close()
    }
    expect(readdirSync(directory).sort()).toEqual(['pilotwire.db', ...[1, 2, 3, 4, 5].map((n) => `pilotwire.db.damaged-${n}`)])
    expect(readFileSync(join(directory, 'pilotwire.db.damaged-1'), 'utf8')).toBe('rubbish of round 0')
    expect(readFileSync(join(directory, 'pilotwire.db.damaged-5'), 'utf8')).toBe('rubbish of round 7')
  })
})

describe('a recovery that was interrupted', () => {
  test('before the new file was complete begins again', () => {
    const directory = newDirectory()
    const sound = soundDatabase()
    place(directory, sound.subarray(0, sound.length - 4_096))
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(join(directory, `${databaseName}.making${suffix}`), 'half of something')
    const { facts, names } = survey(directory)
    expect(facts.length).toBeGreaterThan(0)
    expect(names.sort()).toEqual(['pilotwire.db', 'pilotwire.db.damaged-1'])
  })

  test('after the damaged file had left goes on with the new one', () => {
    const directory = newDirectory()
    place(directory, soundDatabase())
    renameSync(join(directory, databaseName), join(directory, `${databaseName}.new`))
    writeFileSync(join(directory, `${databaseName}.damaged-1`), 'rubbish')
    const { facts, names } = survey(directory)
    expect(facts).toHaveLength(count)
    expect(names.sort()).toEqual(['pilotwire.db', 'pilotwire.db.damaged-1'])
  })
})

test('a log without its database is not played into a new one', () => {
  const directory = newDirectory()
  const first = openStore({ directory, log: silentLog })
  first.documents('settings').put('old', 1)
  const wal = readFileSync(join(directory, `${databaseName}-wal`))
  first.close()
  renameSync(join(directory, databaseName), join(directory, 'elsewhere'))
  writeFileSync(join(directory, `${databaseName}-wal`), wal)
  const log = keptLog()
  const store = openStore({ directory, log })
  expect([store.isNew, store.documents('settings').entries()]).toEqual([true, []])
  expect(log.lines).toMatchObject([{ level: 'error', fields: { aside: expect.stringContaining('pilotwire.db.damaged-1-wal') } }])
  store.close()
})

test('a creation that was interrupted begins again', () => {
  const directory = newDirectory()
  openStore({ directory, log: silentLog }).close()
  renameSync(join(directory, databaseName), join(directory, `${databaseName}.making`))
  truncateSync(join(directory, `${databaseName}.making`), 1_000)
  const log = keptLog()
  const store = openStore({ directory, log })
  expect([store.isNew, log.lines]).toEqual([true, []])
  store.close()
  expect(readdirSync(directory)).toEqual([databaseName])
})

/** Offset of the leaf page of the ledger (b-tree page type 13) that holds fact number `n`. */
function leafOf(bytes: Buffer, n: number): number {
  const text = Buffer.from(`"n":${n},`)
  for (let page = 4_096; page < bytes.length; page += 4_096) {
    if (bytes[page] === 13 && bytes.subarray(page, page + 4_096).includes(text)) return page
  }
  throw new Error(`no leaf holds fact ${n}`)
}
