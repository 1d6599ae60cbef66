import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Database, openDatabase, type Row, type Statement, type Value } from './database.ts'
import { makeFile, syncDirectory } from './directory.ts'
import { migrate, versionOf } from './migrations.ts'
import { isSqlError, StoreError } from './store-error.ts'

/** Damaged files that are kept for a person to look at: the first ones, and the last. */
const keptAside = 5

/** The database at `path`, made where it is missing, made anew from what can be read where it is damaged.
 *  A new file is complete before it gets its name, so a crash leaves the old state or the new one:
 *  `.making` is unfinished, `.new` is finished and waits only for the damaged one to leave. */
export function openOrRecover(path: string, log: Log): { readonly database: Database; readonly recovered: boolean } {
  remove(`${path}.making`)
  if (!existsSync(path)) {
    setLogAside(path, log)
    const wasRecovered = existsSync(`${path}.new`)
    if (!wasRecovered) make(path, () => undefined)
    renameSync(`${path}.new`, path)
    syncDirectory(dirname(path))
    return { database: openChecked(path), recovered: wasRecovered }
  }
  try {
    return { database: openChecked(path), recovered: false }
  } catch (error) {
    if (!(error instanceof StoreError) || error.problem !== 'damaged') throw error
    log.error({ file: path, problem: error.message }, 'the database is damaged')
    replace(path, log)
    return { database: openChecked(path), recovered: true }
  }
}

/** @throws StoreError when the file is damaged or takes no writes */
function openChecked(path: string): Database {
  let database: Database | undefined
  try {
    database = openDatabase(path)
    // A file gets its name only with its tables in it: an empty one was cut off.
    if (versionOf(database) === 0) throw new StoreError('damaged', `${path}: no tables in it`)
    const verdict = database.prepare('PRAGMA quick_check(1)').get()?.quick_check
    if (verdict !== 'ok') throw new StoreError('damaged', `${path}: ${verdict}`)
    migrate(database)
    for (const [table, { columns }] of Object.entries(tables)) database.prepare(`SELECT ${columns.join(', ')} FROM ${table}`)
    // What the last process left to a later flush is made durable; and a disk that takes no writes is found now, not in a transaction.
    database.flush()
    return database
  } catch (error) {
    database?.close()
    // SQLite has no code of its own for an unknown file format or a table that is not where it was.
    throw isSqlError(error) ? new StoreError('damaged', `${path}: ${wordsOf(error)}`, error) : error
  }
}

/** Makes `<path>.new`. */
function make(path: string, fill: (fresh: Database) => void): void {
  const making = `${path}.making`
  makeFile(making)
  const fresh = openDatabase(making)
  try {
    migrate(fresh)
    fresh.atomically(() => fill(fresh))
  } finally {
    fresh.close()
  }
  renameSync(making, `${path}.new`)
  syncDirectory(dirname(path))
}

function replace(path: string, log: Log): void {
  remove(`${path}.new`)
  let kept: Readonly<Record<string, number>> = {}
  make(path, (fresh) => {
    kept = salvage(path, fresh)
  })
  const aside = asideName(path)
  renameSync(path, aside)
  // The reading above makes an empty log where there was none.
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) renameSync(`${path}-wal`, `${aside}-wal`)
  rmSync(`${path}-wal`, { force: true })
  rmSync(`${path}-shm`, { force: true })
  renameSync(`${path}.new`, path)
  syncDirectory(dirname(path))
  log.error({ file: path, aside, kept }, 'the damaged database was set aside and a new one begun with the rows that could be read')
}

/** A log without its database belongs to a file that is gone; SQLite would play it into the new one. */
function setLogAside(path: string, log: Log): void {
  if (existsSync(`${path}-wal`)) {
    const aside = asideName(path)
    renameSync(`${path}-wal`, `${aside}-wal`)
    log.error({ file: `${path}-wal`, aside: `${aside}-wal` }, 'the log of a database that is gone was set aside')
  }
  rmSync(`${path}-shm`, { force: true })
}

function asideName(path: string): string {
  for (let n = 1; n < keptAside; n++) {
    const name = `${path}.damaged-${n}`
    if (!existsSync(name) && !existsSync(`${name}-wal`)) return name
  }
  remove(`${path}.damaged-${keptAside}`)
  return `${path}.damaged-${keptAside}`
}

function remove(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
}

/** Tables in the order in which they may be filled, with the columns that order them. */
const tables = {
  ledger: { columns: ['sequence', 'boot_ms', 'boot', 'epoch_ms', 'trusted', 'kind', 'subject', 'fact'], order: ['sequence'] },
  cursors: { columns: ['reader', 'sequence'], order: ['reader'] },
  undeliverable: { columns: ['reader', 'sequence', 'reason'], order: ['reader', 'sequence'] },
  documents: { columns: ['kind', 'key', 'value'], order: ['kind', 'key'] },
} as const

/** Copies the rows that can be read and keep the rules of their table; returns how many by table. */
function salvage(path: string, fresh: Database): Record<string, number> {
  const kept: Record<string, number> = {}
  let source: Database
  try {
    source = openDatabase(path, { salvage: true })
  } catch {
    return kept
  }
  try {
    for (const [table, { columns, order }] of Object.entries(tables)) {
      const insert = fresh.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
      kept[table] = 0
      for (const row of readable(source, table, columns, order))
        kept[table] += insertSound(
          fresh,
          insert,
          columns.map((column) => row[column] ?? null),
        )
    }
  } finally {
    source.close()
  }
  // Later entries come after every cursor, else their reader would take them for done.
  fresh.exec("UPDATE sqlite_sequence SET seq = max(seq, (SELECT coalesce(max(sequence), 0) FROM cursors)) WHERE name = 'ledger'")
  fresh.exec(`INSERT INTO sqlite_sequence (name, seq) SELECT 'ledger', max(sequence) FROM cursors
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'ledger') HAVING max(sequence) IS NOT NULL`)
  return kept
}

/** Rows from the first on until a damaged page, then from the last one back. */
function* readable(source: Database, table: string, columns: readonly string[], order: readonly string[]): Generator<Row> {
  for (const direction of ['ASC', 'DESC']) {
    try {
      yield* source.prepare(`SELECT ${columns.join(', ')} FROM ${table} ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')}`).iterate()
      return
    } catch {
      // A damaged page ends this direction.
    }
  }
}

function insertSound(fresh: Database, insert: Statement, values: readonly Value[]): number {
  let changes = 0
  try {
    fresh.write('durable', () => {
      changes = insert.run(...values).changes
      return changes > 0
    })
  } catch (error) {
    if (error instanceof StoreError) throw error
    // A row that breaks the rules of its table was changed by the disk, however readable.
  }
  return changes
}
