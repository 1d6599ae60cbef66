import { wordsOf } from '../../../src/base/errors.ts'
import type { BooksOptions } from './books.ts'
import type { BenchStore } from './store.ts'

export interface BenchStoreOptions extends BooksOptions {
  /** `postgres://USER:PASSWORD@HOST/DATABASE`; it comes before the file. */
  readonly databaseUrl?: string | undefined
  /** Of SQLite; `:memory:` keeps nothing. */
  readonly file: string
}

/** Opens the database of a central system and brings its tables up to date.
 *  @throws ConfigError for one that cannot be reached, read or written; its words hold no password */
export async function openBenchStore({ databaseUrl, file, ...options }: BenchStoreOptions): Promise<BenchStore> {
  const { booksOver } = await import('./books.ts')
  if (databaseUrl === undefined) {
    const { sqliteEngine } = await import('./sqlite.ts')
    return booksOver(await sqliteEngine(file), options)
  }
  const { postgresEngine } = await import('./postgres.ts')
  const failed = (error: unknown) => options.log.warn({ reason: wordsOf(error) }, 'a connection to the database broke')
  return booksOver(await postgresEngine(databaseUrl, failed), options)
}
