import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from '../../src/base/errors.ts'
import type { Database } from './database.ts'
import { makePrivate } from './store/private-file.ts'

/** Sees to it that one central system at a time serves from a file: two would each take the other's stations for gone. SQLite's own lock on a file
 *  beside it is let go by the system however the process ends. Who imports sites meanwhile needs none.
 *  @returns lets go @throws ConfigError while another one has it */
export function serveAlone({ url, file }: Database): () => void {
  if (url !== undefined || file === ':memory:') return () => {}
  // It stays when it is let go: whoever took it away could take it from under the next one.
  const lock = `${file}.lock`
  makePrivate(lock)
  const held = new DatabaseSync(lock)
  try {
    held.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch {
    held.close()
    throw new ConfigError('--database', '', `another central system serves from ${file}`, 'End that one, name another file, or write :memory:')
  }
  return () => held.close()
}
