import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeDirectories } from '../../src/base/directories.ts'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'

/** Where a central system keeps what it knows. */
export interface Database {
  /** Of PostgreSQL; it comes before the file. */
  readonly url: string | undefined
  /** Of SQLite; `:memory:` keeps nothing. */
  readonly file: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** What was asked for: a file, else DATABASE_URL, else a file in the user's state directory. @param file of `--database` @throws ConfigError for a
 *  DATABASE_URL that is none */
export function databaseOf(file: string | undefined, environment: Environment): Database {
  if (file !== undefined) return { url: undefined, file }
  const url = environment['DATABASE_URL']
  if (url !== undefined && url !== '') return { url: postgresUrl(url), file: ':memory:' }
  return { url: undefined, file: join(stateDirectory(environment), 'csms.db') }
}

/** As a charger's: where systemd says, else among the user's own (XDG Base Directory: a relative path is invalid and ignored). */
function stateDirectory(environment: Environment): string {
  const given = environment['STATE_DIRECTORY']?.split(':')[0]
  if (given !== undefined && given !== '') return given
  const xdg = environment['XDG_STATE_HOME']
  return join(xdg?.startsWith('/') ? xdg : join(environment['HOME'] || homedir(), '.local', 'state'), 'pilotwire-bench')
}

function postgresUrl(url: string): string {
  const protocol = URL.canParse(url) ? new URL(url).protocol : undefined
  if (protocol === 'postgres:' || protocol === 'postgresql:') return url
  // It is not quoted: there may be a password in it.
  throw new ConfigError(
    'DATABASE_URL',
    '',
    'is no URL of PostgreSQL',
    'Write postgres://USER:PASSWORD@HOST/DATABASE, or unset it and name a file with --database',
  )
}

/** For people: a URL without its password and whatever stands behind the question mark. */
export function databaseWords({ url, file }: Database): string {
  if (url === undefined) return file === ':memory:' ? 'in memory, nothing is kept' : file
  const { protocol, username, host, pathname } = new URL(url)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}

/** Makes the directory of a file. @throws ConfigError when it cannot be had */
export function makeRoom({ url, file }: Database): void {
  if (url !== undefined || file === ':memory:') return
  try {
    makeDirectories(dirname(file), 0o700)
  } catch (error) {
    throw new ConfigError('--database', '', `${dirname(file)} cannot be made (${wordsOf(error)})`, 'Name a file that may be written, or :memory:')
  }
}
