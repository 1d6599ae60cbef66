import type { Database } from './database.ts'
import { parsed } from './ledger.ts'
import type { Documents } from './store.ts'

/** The documents of any kind in a database that `migrate` has brought up to date. */
export function documentsIn(database: Database): <Value>(kind: string) => Documents<Value> {
  const select = database.prepare('SELECT value FROM documents WHERE kind = ? AND key = ?')
  const upsert = database.prepare('INSERT INTO documents (kind, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
  const remove = database.prepare('DELETE FROM documents WHERE kind = ? AND key = ?')
  const removeAll = database.prepare('DELETE FROM documents WHERE kind = ?')
  const selectKeys = database.prepare('SELECT key FROM documents WHERE kind = ? ORDER BY key')
  const selectAll = database.prepare('SELECT key, value FROM documents WHERE kind = ? ORDER BY key')
  return <Value>(kind: string): Documents<Value> => ({
    get(key) {
      const row = select.get(kind, key)
      return row === undefined ? undefined : parsed<Value>(row.value, database.path)
    },
    put(key, value, durability = 'durable') {
      const text = JSON.stringify(value)
      if (text === undefined) throw new TypeError(`document ${kind} ${key}: the value has no JSON form`)
      // An unchanged value is not written again: flash wears.
      database.write(durability, () => select.get(kind, key)?.value !== text && upsert.run(kind, key, text).changes > 0)
    },
    delete(key) {
      database.write('durable', () => remove.run(kind, key).changes > 0)
    },
    entries: () => selectAll.all(kind).map((row) => [String(row.key), parsed<Value>(row.value, database.path)] as const),
    keys: () => selectKeys.all(kind).map((row) => String(row.key)),
    clear() {
      database.write('durable', () => removeAll.run(kind).changes > 0)
    },
  })
}
