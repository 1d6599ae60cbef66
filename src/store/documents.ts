import type { Database, Statement } from './database.ts'
import { parsed } from './ledger.ts'
import type { Documents, Durability } from './store.ts'

/** The documents of any kind in a database that `migrate` has brought up to date. */
export function documentsIn(database: Database): <Value>(kind: string) => Documents<Value> {
  const statements: Statements = {
    database,
    select: database.statement('SELECT value FROM documents WHERE kind = ? AND key = ?'),
    upsert: database.statement('INSERT INTO documents (kind, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
    remove: database.statement('DELETE FROM documents WHERE kind = ? AND key = ?', 'seldom'),
    removeAll: database.statement('DELETE FROM documents WHERE kind = ?', 'seldom'),
    selectKeys: database.statement('SELECT key FROM documents WHERE kind = ? ORDER BY key', 'seldom'),
    selectAll: database.statement('SELECT key, value FROM documents WHERE kind = ? ORDER BY key', 'seldom'),
  }
  return <Value>(kind: string) => new DocumentsOfKind<Value>(statements, kind)
}

interface Statements extends Readonly<Record<'select' | 'upsert' | 'remove' | 'removeAll' | 'selectKeys' | 'selectAll', Statement>> {
  readonly database: Database
}

/** A class, because a station has two dozen kinds, and each closure would take its place in each of them. */
class DocumentsOfKind<Value> implements Documents<Value> {
  readonly #in: Statements
  readonly #kind: string

  constructor(statements: Statements, kind: string) {
    this.#in = statements
    this.#kind = kind
  }

  get(key: string): Value | undefined {
    const row = this.#in.select.get(this.#kind, key)
    return row === undefined ? undefined : parsed<Value>(row.value, this.#in.database.path)
  }

  put(key: string, value: Value, durability: Durability = 'durable'): void {
    const { database, select, upsert } = this.#in
    const text = JSON.stringify(value)
    if (text === undefined) throw new TypeError(`document ${this.#kind} ${key}: the value has no JSON form`)
    // An unchanged value is not written again: flash wears.
    database.write(durability, () => select.get(this.#kind, key)?.value !== text && upsert.run(this.#kind, key, text).changes > 0)
  }

  delete(key: string): void {
    this.#in.database.write('durable', () => this.#in.remove.run(this.#kind, key).changes > 0)
  }

  entries(): readonly (readonly [key: string, value: Value])[] {
    return this.#in.selectAll.all(this.#kind).map((row) => [String(row.key), parsed<Value>(row.value, this.#in.database.path)] as const)
  }

  keys(): readonly string[] {
    return this.#in.selectKeys.all(this.#kind).map((row) => String(row.key))
  }

  clear(): void {
    this.#in.database.write('durable', () => this.#in.removeAll.run(this.#kind).changes > 0)
  }
}
