import { join, resolve } from 'node:path'
import type { Log } from '../base/log.ts'
import { type Database, inMemory, openDatabase } from './database.ts'
import { makeDirectory, orConfigError } from './directory.ts'
import { documentsIn } from './documents.ts'
import { ledgerIn, trimmer } from './ledger.ts'
import { migrate } from './migrations.ts'
import { openOrRecover } from './recovery.ts'
import { reserveFor } from './reserve.ts'
import type { Ledger, Store } from './store.ts'

export const databaseName = 'pilotwire.db'

/** Opens the state directory, or memory when there is none. A damaged database is set aside with a loud line, what can be read of
 *  it is kept, and the charger goes on.
 *  @throws ConfigError when the directory cannot be used or a newer program has written it */
export function openStore({ directory, log }: { readonly directory: string | undefined; readonly log: Log }): Store {
  if (directory === undefined) {
    const database = openDatabase(inMemory)
    migrate(database)
    database.flush()
    return storeIn(database)
  }
  makeDirectory(directory)
  return orConfigError(directory, () => {
    const path = join(resolve(directory), databaseName)
    const { database, recovered } = openOrRecover(path, log)
    return storeIn(database, { recovered, directory })
  })
}

/** The store over a database that `migrate` has brought up to date. */
export function storeIn(database: Database, { recovered = false, directory }: { readonly recovered?: boolean; readonly directory?: string } = {}): Store {
  const ledger: Ledger<{ readonly kind: string }> = ledgerIn(database)
  const holds = (table: string) => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined
  return {
    // Also after a crash between the making of the database and the first setting: nothing was put, so nothing can be overwritten.
    isNew: !holds('documents') && (recovered || !holds('ledger')),
    // One ledger: which facts are in it is the caller's knowledge.
    ledger: <Fact extends { readonly kind: string }>() => ledger as unknown as Ledger<Fact>,
    documents: documentsIn(database),
    atomically: database.atomically,
    trim: trimmer(database),
    reserve: reserveFor(database, directory),
    get hasUnflushed() {
      return database.hasUnflushed
    },
    flush: database.flush,
    close() {
      if (!database.isOpen) return
      try {
        database.flush()
      } finally {
        database.close()
      }
    },
  }
}
