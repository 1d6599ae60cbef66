import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { openDatabase } from '../../src/store/database.ts'
import { migrate, migrations, versionOf } from '../../src/store/migrations.ts'
import { databaseName, openStore } from '../../src/store/open.ts'
import { newDirectory } from './directories.ts'

const steps = [
  'CREATE TABLE cards (tag TEXT) STRICT',
  "ALTER TABLE cards ADD COLUMN status TEXT NOT NULL DEFAULT 'accepted'",
  "INSERT INTO cards (tag, status) SELECT tag || '2', 'blocked' FROM cards",
]

test('an old database gains each later version once, and keeps its rows', () => {
  const database = openDatabase(':memory:')
  migrate(database, steps.slice(0, 1))
  database.exec("INSERT INTO cards VALUES ('A')")
  migrate(database, steps)
  migrate(database, steps)
  expect(versionOf(database)).toBe(3)
  expect(
    database
      .prepare('SELECT tag, status FROM cards ORDER BY tag')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([
    { tag: 'A', status: 'accepted' },
    { tag: 'A2', status: 'blocked' },
  ])
})

test('a step that fails leaves the version before it, whole', () => {
  const database = openDatabase(':memory:')
  expect(() => migrate(database, [...steps.slice(0, 1), 'CREATE TABLE half (a TEXT) STRICT; INSERT INTO missing VALUES (1)'])).toThrow('missing')
  expect(versionOf(database)).toBe(1)
  expect(() => database.prepare('SELECT * FROM half')).toThrow()
  migrate(database, steps)
  expect(versionOf(database)).toBe(3)
})

test('a database of a newer program is left alone and named', () => {
  const directory = newDirectory()
  mkdirSync(directory)
  const database = openDatabase(join(directory, databaseName))
  migrate(database, [...migrations, 'CREATE TABLE future (a TEXT) STRICT'])
  database.close()
  const open = () => openStore({ directory, log: silentLog })
  expect(open).toThrow(ConfigError)
  expect(open).toThrow(/pilotwire\.db: the database has version \d+, this program knows versions up to \d+\. Run the newer program again, .*--state/)
})

test('every version of the past can be brought to the present', () => {
  for (let version = 1; version <= migrations.length; version++) {
    const database = openDatabase(':memory:')
    migrate(database, migrations.slice(0, version))
    migrate(database)
    expect(versionOf(database)).toBe(migrations.length)
  }
})
