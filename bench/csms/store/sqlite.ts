import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { ConfigError, wordsOf } from '../../../src/base/errors.ts'
import type { Engine } from './engine.ts'
import { migrate } from './migrations.ts'
import { makePrivate } from './private-file.ts'
import { bound, type Statement, type Steps, type Value } from './steps.ts'
import type { Tables } from './tables.ts'

/** How long another program may hold the file, ms: everything waits for it. */
const busyMs = 2_000
const mostStatements = 500
/** Pages (4 KiB) that are given back at once, and how many may stand empty: most of them are soon written again. */
const piecePages = 128
const emptyShare = 1 / 4

/** A database in a file, or in memory (`:memory:`), brought up to date. @throws ConfigError for a file that cannot be used */
export async function sqliteEngine(file: string): Promise<Engine> {
  let raw: DatabaseSync | undefined
  try {
    makePrivate(file)
    raw = new DatabaseSync(file, { timeout: busyMs })
    // Before anything is in it: the file can give room back later, piece by piece.
    raw.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    const engine = engineOver(raw)
    await migrate(engine.db, 'sqlite')
    await engine.transact(function* () {
      yield { text: 'INSERT INTO pulse (id, at) VALUES (1, 0) ON CONFLICT DO NOTHING', parameters: [] }
    })
    return engine
  } catch (error) {
    raw?.close()
    throw refusalOf(file, error)
  }
}

function engineOver(raw: DatabaseSync): Engine {
  const prepared = statementsOf(raw)
  const db = new Kysely<Tables>({
    dialect: new SqliteDialect({
      database: {
        prepare: (text) => {
          const { statement } = prepared(text)
          const isReader = statement.columns().length > 0
          const values = (parameters: readonly unknown[]) => parameters.map((each) => bound(each as Value))
          return {
            reader: isReader,
            all: (parameters) => statement.all(...values(parameters)),
            run: (parameters) => statement.run(...values(parameters)),
            iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
          }
        },
        close: () => raw.close(),
      },
    }),
  })
  const take = (wanted: Statement) => {
    if ('text' in wanted) {
      const { statement, order } = prepared(wanted.text)
      return statement.all(...order.map((index) => bound(wanted.parameters[index])))
    }
    const { insert, conflict, rows } = wanted
    const { statement } = prepared(`${insert} VALUES (${Array(rows[0]?.length).fill('?').join(', ')}) ${conflict}`)
    for (const row of rows) statement.run(...row.map(bound))
    return []
  }
  return {
    name: 'sqlite',
    db,
    slot: 0,
    transact(steps) {
      raw.exec('BEGIN IMMEDIATE')
      try {
        const result = taken(steps(), take)
        raw.exec('COMMIT')
        return result
      } catch (error) {
        if (raw.isTransaction) raw.exec('ROLLBACK')
        throw error
      }
    },
    giveBack() {
      const count = (pragma: string) => Number(Object.values(raw.prepare(`PRAGMA ${pragma}`).get() ?? {})[0])
      const isMuch = () => count('freelist_count') > piecePages + count('page_count') * emptyShare
      if (count('auto_vacuum') === 0 || !isMuch()) return false
      raw.exec(`PRAGMA incremental_vacuum(${piecePages})`)
      return isMuch()
    },
    isItsOwn: (error) => error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && ownCodes.has(error.errcode & 0xff),
    async close() {
      if (raw.isOpen) raw.close()
    },
  }
}

function taken<T>(steps: Steps<T>, take: (wanted: Statement) => ReturnType<StatementSync['all']>): T {
  let next = steps.next([])
  while (next.done !== true) next = steps.next(take(next.value))
  return next.value
}

/** Statements by their text, compiled once. SQLite counts plain question marks: `order` says which parameter each of them is. */
function statementsOf(raw: DatabaseSync) {
  const known = new Map<string, { readonly statement: StatementSync; readonly order: readonly number[] }>()
  return (text: string) => {
    const existing = known.get(text)
    if (existing !== undefined) return existing
    const order: number[] = []
    const plain = text.replace(/\$(\d+)/g, (_, index) => {
      order.push(Number(index) - 1)
      return '?'
    })
    const fresh = { statement: raw.prepare(plain), order }
    if (known.size >= mostStatements) known.clear()
    known.set(text, fresh)
    return fresh
  }
}

/** Primary result codes, https://sqlite.org/rescode.html: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB. */
const ownCodes = new Set([5, 6, 8, 10, 11, 13, 14, 26])

function refusalOf(file: string, error: unknown): ConfigError {
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
  const words = wordsOf(error)
  if (/previously executed migration/.test(words))
    return new ConfigError('--database', '', `${file} was written by a newer version of this program`, 'Use that version, or name another file')
  if (code === 26) return new ConfigError('--database', '', `${file} is no SQLite database`, 'Name a database, or a file that does not exist yet')
  if (code === 5 || code === 6) return new ConfigError('--database', '', `another program holds ${file}`, 'End it, or name another file')
  return new ConfigError('--database', '', `${file} cannot be used (${words})`, 'Name a file that may be written, or :memory:')
}
