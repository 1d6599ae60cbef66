import { DatabaseSync, type StatementSync, type SQLOutputValue as Value } from 'node:sqlite'
import type { Durability } from './store.ts'
import { storeErrorOf } from './store-error.ts'

export type { Value }
export type Row = Readonly<Record<string, Value>>

/** A prepared statement that throws StoreErrors. */
export interface Statement {
  /** Returns how many rows changed, and the id of the last row that was inserted. */
  run(...values: readonly Value[]): { readonly changes: number; readonly id: number }
  get(...values: readonly Value[]): Row | undefined
  all(...values: readonly Value[]): readonly Row[]
  /** One row at a time, for tables that may be large. */
  iterate(): Iterable<Row>
}

/** One SQLite file (or memory), its durability and its transactions. */
export interface Database {
  readonly path: string
  /** For pragmas and schema only; everything else is prepared. */
  exec(sql: string): void
  prepare(sql: string): Statement
  /** The same, prepared when it is first used: of what a store can do, most is asked of it seldom or never, and each statement that is
   *  prepared takes 5 kB. What is used seldom is prepared for each use, and goes with the garbage. */
  statement(sql: string, use?: 'seldom'): Statement
  /** One change. `run` tells whether it changed anything; when not, nothing is written. */
  write(durability: Durability, run: () => boolean): void
  /** One transaction around everything that `run` writes; inside another one, a part of it that can fail by itself. */
  atomically<T>(run: () => T, durability?: Durability): T
  /** Runs when the open transaction is committed, or at once outside of one; never when it is rolled back. */
  afterCommit(run: () => void): void
  /** True while something that was written is not known to be on the disk. */
  readonly hasUnflushed: boolean
  flush(): void
  readonly isOpen: boolean
  close(): void
}

export const inMemory = ':memory:'
/** Pages of 4 KiB that the log may hold before they move into the database: bounds the log to about 2 MiB. */
const checkpointPages = 256
const logLimitBytes = 2 * 1_024 * 1_024
/** 'PLWR', the mark by which `file` and a person know the database. */
const applicationId = 0x504c5752
/** How long a person's shell may hold the write lock before our write fails. */
const busyMs = 1_000

/** With `salvage` the file is only read, and as far as it goes even where it is shorter than its header says.
 *  @throws StoreError when the file cannot be opened or is no database */
export function openDatabase(path: string, { salvage = false }: { readonly salvage?: boolean } = {}): Database {
  const guarded = <T>(run: () => T): T => {
    try {
      return run()
    } catch (error) {
      throw storeErrorOf(error, path)
    }
  }
  const raw = guarded(() => new DatabaseSync(path, { readOnly: salvage, timeout: busyMs }))
  try {
    guarded(() => (salvage ? tolerateDamage(raw) : configure(raw, path === inMemory)))
  } catch (error) {
    raw.close()
    throw error
  }
  const exec = (sql: string) => guarded(() => raw.exec(sql))
  const prepare = (sql: string) => guarded(() => raw.prepare(sql))
  const { write, atomically, afterCommit, flush, isFlushed } = transactions(exec, () => raw.isTransaction)
  return {
    path,
    exec,
    prepare: (sql) => new GuardedStatement(sql, prepare, guarded, prepare(sql)),
    statement: (sql, use) => new GuardedStatement(sql, prepare, guarded, use),
    write,
    atomically,
    afterCommit,
    flush,
    get hasUnflushed() {
      return !isFlushed()
    },
    get isOpen() {
      return raw.isOpen
    },
    close: () => guarded(() => raw.close()),
  }
}

type Guarded = <T>(run: () => T) => T

/** A class, because a store has many and each closure would take its place. */
class GuardedStatement implements Statement {
  readonly #sql: string
  readonly #prepare: (sql: string) => StatementSync
  readonly #guarded: Guarded
  #prepared: StatementSync | 'seldom' | undefined

  constructor(sql: string, prepare: (sql: string) => StatementSync, guarded: Guarded, prepared?: StatementSync | 'seldom') {
    this.#sql = sql
    this.#prepare = prepare
    this.#guarded = guarded
    this.#prepared = prepared
  }

  get #statement(): StatementSync {
    if (this.#prepared === 'seldom') return this.#prepare(this.#sql)
    this.#prepared ??= this.#prepare(this.#sql)
    return this.#prepared
  }

  run(...values: readonly Value[]) {
    const { changes, lastInsertRowid } = this.#guarded(() => this.#statement.run(...values))
    return { changes: Number(changes), id: Number(lastInsertRowid) }
  }

  get(...values: readonly Value[]) {
    return this.#guarded(() => this.#statement.get(...values))
  }

  all(...values: readonly Value[]) {
    return this.#guarded(() => this.#statement.all(...values))
  }

  iterate() {
    return this.#statement.iterate()
  }
}

function configure(raw: DatabaseSync, isInMemory: boolean): void {
  // Of a dozen tables and indexes each takes a page at least: of the smallest, where no disk has larger ones to write.
  if (isInMemory) raw.exec('PRAGMA page_size = 512')
  // auto_vacuum takes effect only before the first table; incremental gives pages back when `trim` asks for it.
  raw.exec('PRAGMA auto_vacuum = INCREMENTAL')
  raw.exec('PRAGMA journal_mode = WAL')
  raw.exec('PRAGMA synchronous = FULL')
  raw.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`)
  raw.exec(`PRAGMA journal_size_limit = ${logLimitBytes}`)
  raw.exec('PRAGMA trusted_schema = OFF')
}

/** SQLite refuses a file that was cut off, unless its schema may be written: the one reader's key to what is left. */
function tolerateDamage(raw: DatabaseSync): void {
  raw.enableDefensive(false)
  raw.exec('PRAGMA writable_schema = ON')
}

interface Transactions extends Pick<Database, 'write' | 'atomically' | 'afterCommit' | 'flush'> {
  isFlushed(): boolean
}

/** In WAL mode a commit at synchronous=NORMAL appends to the log without fsync; one at FULL syncs the whole log file, and with it
 *  every commit before. A commit that changes no page writes and syncs nothing, so it never counts as a flush. */
function transactions(exec: (sql: string) => void, isOpen: () => boolean): Transactions {
  let synchronous: Durability = 'durable'
  // What an earlier process wrote may still be in the system's cache: only a flush tells.
  let unflushed = true
  let depth = 0
  /** Of the open transaction: something changed; something durable was asked for. */
  let changed = false
  let owesSync = false
  let followers: (() => void)[] = []

  const use = (durability: Durability) => {
    // The pragma is refused inside a transaction: it stands before each BEGIN.
    if (synchronous === durability) return
    exec(`PRAGMA synchronous = ${durability === 'durable' ? 'FULL' : 'NORMAL'}`)
    synchronous = durability
  }
  const flush = () => {
    if (!unflushed || depth > 0) return
    use('durable')
    // Writes the header page as it is: the smallest commit there is, and a commit is what syncs the log.
    try {
      exec(`BEGIN IMMEDIATE; PRAGMA application_id = ${applicationId}; COMMIT`)
    } catch (error) {
      if (isOpen()) exec('ROLLBACK')
      throw error
    }
    unflushed = false
  }
  const committed = (durability: Durability, didChange: boolean, wantsSync: boolean) => {
    if (didChange) unflushed = durability === 'grouped'
    if (wantsSync && unflushed) flush()
  }
  const outermost = <T>(run: () => T, durability: Durability): T => {
    use(durability)
    exec('BEGIN IMMEDIATE')
    depth = 1
    changed = false
    owesSync = false
    followers = []
    let result: T
    try {
      result = run()
      // SQLite rolls back by itself when the disk is full: should `run` have swallowed that error, this fails too.
      exec('COMMIT')
    } catch (error) {
      if (isOpen()) exec('ROLLBACK')
      throw error
    } finally {
      depth = 0
    }
    committed(durability, changed, owesSync)
    const due = followers
    followers = []
    for (const follow of due) follow()
    return result
  }
  const nested = <T>(run: () => T): T => {
    const name = `level${depth}`
    const before = followers.length
    exec(`SAVEPOINT ${name}`)
    depth += 1
    try {
      const result = run()
      exec(`RELEASE ${name}`)
      return result
    } catch (error) {
      if (isOpen()) exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
      followers.length = before
      throw error
    } finally {
      depth -= 1
    }
  }
  return {
    write(durability, run) {
      if (depth > 0) {
        if (!isOpen()) throw new Error('the transaction was rolled back by an earlier error')
        changed = run() || changed
        owesSync ||= durability === 'durable'
        return
      }
      use(durability)
      committed(durability, run(), durability === 'durable')
    },
    afterCommit(run) {
      if (depth === 0) run()
      else followers.push(run)
    },
    atomically: (run, durability = 'durable') => (depth === 0 ? outermost(run, durability) : nested(run)),
    isFlushed: () => !unflushed,
    flush,
  }
}
