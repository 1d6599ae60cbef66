import type { Moment } from '../base/moment.ts'
import { signal } from '../base/signal.ts'
import type { Database, Row } from './database.ts'
import type { Durability, Entry, Ledger, TrimOptions } from './store.ts'
import { StoreError } from './store-error.ts'

type AnyFact = { readonly kind: string }

const columns = 'ledger.sequence, boot_ms, boot, epoch_ms, trusted, subject, fact'

/** The ledger of a database that `migrate` has brought up to date. Nothing is cached: a rollback needs no care. */
export function ledgerIn<Fact extends AnyFact>(database: Database): Ledger<Fact> {
  const insert = database.statement('INSERT INTO ledger (boot_ms, boot, epoch_ms, trusted, kind, subject, fact) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const selectAfter = database.statement(`SELECT ${columns} FROM ledger WHERE sequence > ? ORDER BY sequence LIMIT ?`)
  const selectAbout = database.statement(`SELECT ${columns} FROM ledger WHERE subject = ? ORDER BY sequence`)
  // The counter outlives the entries, so that `last` does not fall when the newest entries are trimmed.
  const selectLast = database.statement("SELECT seq AS sequence FROM sqlite_sequence WHERE name = 'ledger'")
  const selectPosition = database.statement('SELECT sequence FROM cursors WHERE reader = ?')
  const upsertPosition = database.statement('INSERT INTO cursors (reader, sequence) VALUES (?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence')
  // Of an entry that went in the meantime there is nothing to note.
  const upsertGivenUp = database.statement(`
    INSERT INTO undeliverable (reader, sequence, reason) SELECT ?, sequence, ? FROM ledger WHERE sequence = ?
    ON CONFLICT DO UPDATE SET reason = excluded.reason`)
  const selectGivenUp = database.statement(
    `SELECT ${columns}, reason FROM undeliverable JOIN ledger USING (sequence) WHERE reader = ? ORDER BY ledger.sequence`,
  )
  // A boot is as old as its first entry: the end of a transaction that was cut off bears a moment of the boot before.
  const selectBoots = database.statement('SELECT boot, MAX(boot_ms) AS last_ms FROM ledger GROUP BY boot ORDER BY MIN(sequence)', 'seldom')
  // SQLite takes the other columns from the row with the largest sequence.
  const selectOrigins = database.statement('SELECT boot, epoch_ms - boot_ms AS origin, MAX(sequence) FROM ledger WHERE trusted >= ? GROUP BY boot', 'seldom')
  const selectCount = database.statement('SELECT COUNT(*) AS count FROM ledger WHERE kind = ? AND sequence > ?')
  const remove = database.statement(`
    DELETE FROM ledger WHERE sequence IN (SELECT value FROM json_each(?)) AND sequence NOT IN (SELECT sequence FROM undeliverable)`)
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
    boots() {
      const originsOf = (trusted: 0 | 1) => new Map(selectOrigins.all(trusted).map((row) => [row.boot, Number(row.origin)]))
      const [trusted, believed] = [originsOf(1), originsOf(0)]
      return selectBoots.all().map(({ boot, last_ms }) => ({
        boot: String(boot),
        lastMs: Number(last_ms),
        trustedOriginMs: trusted.get(boot),
        believedOriginMs: believed.get(boot),
      }))
    },
    count: (kind, sequence) => Number(selectCount.get(kind, sequence)?.count ?? 0),
    remove(sequences) {
      let removed = 0
      database.write('grouped', () => {
        removed = remove.run(JSON.stringify(sequences)).changes
        return removed > 0
      })
      return removed
    },
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
      if (sequence > last()) throw new RangeError(`reader ${reader} cannot give up ${sequence}: the ledger ends at ${last()}`)
      database.write('durable', () => upsertGivenUp.run(reader, reason, sequence).changes > 0)
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
/** Entries of one kind that a reader gave up and that are kept for people. A central system that refuses everything must not fill the disk. */
const mostGivenUp = 10_000
/** Free pages that go back to the disk with it, of 4 KiB: more than a batch leaves, some 10 ms. */
const vacuumPages = 300

/** Deletes the oldest entries that nobody needs, at most one batch. Returns how many. */
export function trimmer(database: Database): (options: TrimOptions) => number {
  const selectPosition = database.statement('SELECT sequence FROM cursors WHERE reader = ?', 'seldom')
  // The id that starts the newest `keep` entries: counted in entries, for sequences may have gaps.
  const selectOldestKept = database.statement('SELECT sequence FROM ledger ORDER BY sequence DESC LIMIT 1 OFFSET ?', 'seldom')
  const remove = database.statement(
    `
    DELETE FROM ledger WHERE sequence IN (
      SELECT sequence FROM ledger
      WHERE sequence <= ?1 AND sequence NOT IN (SELECT sequence FROM undeliverable)
        AND (subject IS NULL OR subject NOT IN (SELECT value FROM json_each(?2)))
      ORDER BY sequence LIMIT ${trimBatch}
    )`,
    'seldom',
  )
  const selectGivenUp = database.statement('SELECT COUNT(*) AS count FROM undeliverable', 'seldom')
  const forget = database.statement(
    `
    DELETE FROM undeliverable WHERE (reader, sequence) IN (
      SELECT reader, sequence FROM (
        SELECT reader, sequence, ROW_NUMBER() OVER (PARTITION BY reader, kind ORDER BY sequence DESC) AS place
        FROM undeliverable JOIN ledger USING (sequence)
      ) WHERE place > ${mostGivenUp}
    )`,
    'seldom',
  )
  return ({ keep, readers, spare = [] }) => {
    if (Number(selectGivenUp.get()?.count) > mostGivenUp) database.write('grouped', () => forget.run().changes > 0)
    const newestToGo = Number(selectOldestKept.get(Math.max(0, keep))?.sequence ?? 0)
    const limit = Math.min(newestToGo, ...readers.map((reader) => Number(selectPosition.get(reader)?.sequence ?? 0)))
    if (limit === 0) return 0
    let removed = 0
    // Losing the deletion in a power cut costs nothing: it is done again.
    database.write('grouped', () => {
      removed = remove.run(limit, JSON.stringify(spare)).changes
      return removed > 0
    })
    if (removed > 0) database.exec(`PRAGMA incremental_vacuum(${vacuumPages})`)
    return removed
  }
}
