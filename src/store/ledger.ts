import type { Moment } from '../base/moment.ts'
import { signal } from '../base/signal.ts'
import type { Database, Row } from './database.ts'
import type { Durability, Entry, Ledger, TrimOptions } from './store.ts'
import { StoreError } from './store-error.ts'

type AnyFact = { readonly kind: string }

const columns = 'ledger.sequence, boot_ms, boot, epoch_ms, trusted, subject, fact'

/** The ledger of a database that `migrate` has brought up to date. Nothing is cached: a rollback needs no care. */
export function ledgerIn<Fact extends AnyFact>(database: Database): Ledger<Fact> {
  const insert = database.prepare('INSERT INTO ledger (boot_ms, boot, epoch_ms, trusted, kind, subject, fact) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const selectAfter = database.prepare(`SELECT ${columns} FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?`)
  const selectAbout = database.prepare(`SELECT ${columns} FROM ledger WHERE subject = ? ORDER BY sequence`)
  // The counter outlives the entries, so that `last` does not fall when the newest entries are trimmed.
  const selectLast = database.prepare("SELECT seq AS sequence FROM sqlite_sequence WHERE name = 'ledger'")
  const selectPosition = database.prepare('SELECT sequence FROM cursors WHERE reader = ?')
  const upsertPosition = database.prepare('INSERT INTO cursors (reader, sequence) VALUES (?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence')
  const upsertGivenUp = database.prepare(
    'INSERT INTO undeliverable (reader, sequence, reason) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET reason = excluded.reason',
  )
  const selectGivenUp = database.prepare(`SELECT ${columns}, reason FROM undeliverable JOIN ledger USING (sequence) WHERE reader = ? ORDER BY ledger.sequence`)
  const appended = signal<Entry<Fact>>()
  const entryOf = (row: Row): Entry<Fact> => readEntry<Fact>(row, database.path)
  const last = () => Number(selectLast.get()?.sequence ?? 0)
  const position = (reader: string) => Number(selectPosition.get(reader)?.sequence ?? 0)

  return {
    append(at, fact, { subject, durability }) {
      const epochMs = Math.round(at.epochMs)
      const text = JSON.stringify(fact)
      let sequence = 0
      database.write(durability, () => {
        sequence = insert.run(at.bootMs, at.boot, epochMs, at.trusted ? 1 : 0, fact.kind, subject ?? null, text).id
        return true
      })
      const entry: Entry<Fact> = { sequence, at: { ...at, epochMs }, subject, fact }
      database.afterCommit(() => appended.emit(entry))
      return entry
    },
    appended,
    after: (sequence, limit) => selectAfter.all(sequence, Math.min(limit, Number.MAX_SAFE_INTEGER)).map(entryOf),
    about: (subject) => selectAbout.all(subject).map(entryOf),
    get last() {
      return last()
    },
    position,
    moveTo(reader: string, sequence: number, durability: Durability) {
      if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > last()) {
        throw new RangeError(`reader ${reader} cannot move to ${sequence}: the ledger ends at ${last()}`)
      }
      database.write(durability, () => selectPosition.get(reader)?.sequence !== sequence && upsertPosition.run(reader, sequence).changes > 0)
    },
    giveUp(reader, sequence, reason) {
      database.write('durable', () => upsertGivenUp.run(reader, sequence, reason).changes > 0)
    },
    undeliverable: (reader) => selectGivenUp.all(reader).map((row) => ({ entry: entryOf(row), reason: String(row.reason) })),
  }
}

function readEntry<Fact>(row: Row, path: string): Entry<Fact> {
  const at: Moment = { bootMs: Number(row.boot_ms), boot: String(row.boot), epochMs: Number(row.epoch_ms), trusted: row.trusted === 1 }
  return { sequence: Number(row.sequence), at, subject: row.subject === null ? undefined : String(row.subject), fact: parsed<Fact>(row.fact, path) }
}

/** JSON that this program wrote. @throws StoreError when the disk has changed it */
export function parsed<Value>(text: unknown, path: string): Value {
  try {
    return JSON.parse(String(text)) as Value
  } catch (error) {
    throw new StoreError('damaged', `${path}: a row is not JSON`, error)
  }
}

/** Entries that one call may delete: bounds the pause on a slow card. */
const trimBatch = 500

/** Deletes the oldest entries that nobody needs, at most one batch. Returns how many. */
export function trimmer(database: Database): (options: TrimOptions) => number {
  const selectPosition = database.prepare('SELECT sequence FROM cursors WHERE reader = ?')
  // The id that starts the newest `keep` entries: counted in entries, for sequences may have gaps.
  const selectOldestKept = database.prepare('SELECT sequence FROM ledger ORDER BY sequence DESC LIMIT 1 OFFSET ?')
  const remove = database.prepare(`
    DELETE FROM ledger WHERE sequence IN (
      SELECT sequence FROM ledger
      WHERE sequence <= ?1 AND sequence NOT IN (SELECT sequence FROM undeliverable)
        AND (subject IS NULL OR subject NOT IN (SELECT value FROM json_each(?2)))
      ORDER BY sequence LIMIT ${trimBatch}
    )`)
  return ({ keep, readers, spare = [] }) => {
    const newestToGo = Number(selectOldestKept.get(Math.max(0, keep))?.sequence ?? 0)
    const limit = Math.min(newestToGo, ...readers.map((reader) => Number(selectPosition.get(reader)?.sequence ?? 0)))
    if (limit === 0) return 0
    let removed = 0
    // Losing the deletion in a power cut costs nothing: it is done again.
    database.write('grouped', () => {
      removed = remove.run(limit, JSON.stringify(spare)).changes
      return removed > 0
    })
    if (removed > 0) database.exec('PRAGMA incremental_vacuum')
    return removed
  }
}
