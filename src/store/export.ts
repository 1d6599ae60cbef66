import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError } from '../base/errors.ts'
import { openDatabase } from './database.ts'
import { orConfigError } from './directory.ts'
import { databaseName } from './open.ts'

/** One fact as it is handed out: a line of JSON. */
export interface ExportedFact {
  readonly sequence: number
  /** ISO 8601, UTC. */
  readonly at: string
  /** False: no central system had told the time yet, since the program was started. */
  readonly trusted: boolean
  /** Readers (`ocpp1.6`) that are done with it. */
  readonly passed: readonly string[]
  /** Readers that gave it up, and why. */
  readonly undeliverable: Readonly<Record<string, string>>
  readonly fact: unknown
}

/** The ledger of a state directory, in order; a station may be running on it.
 *  @throws ConfigError when there is none, or it cannot be read */
export function* exportLedger(directory: string, options: { readonly undeliverable: boolean }): Generator<ExportedFact> {
  const path = join(resolve(directory), databaseName)
  if (!existsSync(path))
    throw new ConfigError(`state directory ${directory}`, '', 'there is no ledger in it', 'Give the directory of one charge point with --state')
  const database = orConfigError(directory, () => openDatabase(path, { salvage: true }))
  try {
    const cursors = database.prepare('SELECT reader, sequence FROM cursors ORDER BY reader').all()
    const reasons = database.prepare('SELECT reader, reason FROM undeliverable WHERE sequence = ? ORDER BY reader')
    const where = options.undeliverable ? 'WHERE sequence IN (SELECT sequence FROM undeliverable)' : ''
    const rows = database.prepare(`SELECT sequence, epoch_ms, trusted, fact FROM ledger ${where} ORDER BY sequence`)
    for (const row of rows.iterate()) {
      const sequence = Number(row.sequence)
      yield {
        sequence,
        at: new Date(Number(row.epoch_ms)).toISOString(),
        trusted: row.trusted === 1,
        passed: cursors.filter((cursor) => Number(cursor.sequence) >= sequence).map((cursor) => String(cursor.reader)),
        undeliverable: Object.fromEntries(reasons.all(sequence).map(({ reader, reason }) => [String(reader), String(reason)])),
        fact: JSON.parse(String(row.fact)) as unknown,
      }
    }
  } finally {
    database.close()
  }
}
