import { ConfigError } from '../base/errors.ts'
import type { Database } from './database.ts'

/** Forward only: the n-th text brings a database from version n-1 to n. A text that was released is never edited. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE ledger (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    boot_ms REAL NOT NULL,
    boot TEXT NOT NULL,
    epoch_ms INTEGER NOT NULL,
    trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    kind TEXT NOT NULL,
    subject TEXT,
    fact TEXT NOT NULL CHECK (json_valid(fact))
  ) STRICT;
  CREATE INDEX ledger_subject ON ledger (subject, sequence) WHERE subject IS NOT NULL;
  CREATE TABLE cursors (
    reader TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE undeliverable (
    reader TEXT NOT NULL,
    sequence INTEGER NOT NULL REFERENCES ledger (sequence),
    reason TEXT NOT NULL,
    PRIMARY KEY (reader, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX undeliverable_sequence ON undeliverable (sequence);
  CREATE TABLE documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL CHECK (json_valid(value)),
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;
  CREATE VIEW history AS
    SELECT sequence, strftime('%Y-%m-%dT%H:%M:%fZ', epoch_ms / 1000.0, 'unixepoch') AS at, trusted, kind, subject, fact FROM ledger;
  `,
]

/** Brings the tables up to this program's version, in one durable transaction per version.
 *  @throws ConfigError when a newer program has written the database */
export function migrate(database: Database, steps: readonly string[] = migrations): void {
  const found = versionOf(database)
  if (found > steps.length) {
    throw new ConfigError(
      database.path,
      '',
      `the database has version ${found}, this program knows versions up to ${steps.length}`,
      'Run the newer program again, or give another directory with --state',
    )
  }
  for (let version = found + 1; version <= steps.length; version++) {
    database.atomically(() => database.exec(`${steps[version - 1]}; PRAGMA user_version = ${version}`))
  }
}

export function versionOf(database: Database): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}
