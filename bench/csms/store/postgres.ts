import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { ConfigError, wordsOf } from '../../../src/base/errors.ts'
import type { Engine } from './engine.ts'
import { migrate } from './migrations.ts'
import { bound, type Row, type Statement, type Steps, type Value } from './steps.ts'
import type { Tables } from './tables.ts'

/** Connections for reading, and one for the writes of this process. */
const mostConnections = 6
const patienceMs = 5_000
/** A database that does not answer a statement in this time is taken for gone, ms. */
const longestStatementMs = 15_000
/** Rows in one statement. */
const mostRows = 100
/** Two processes waited for each other's rows; the one that was sent back comes again. */
const crossings = new Set(['40P01', '40001'])
const mostTries = 3
/** OIDs of bigint and numeric: counts and moments, all below 2^53. */
const numbers = new Set([20, 1700])

/** A database of PostgreSQL, brought up to date. @throws ConfigError where it cannot be reached or used; its words never hold the password */
export async function postgresEngine(url: string, failed: (error: unknown) => void): Promise<Engine> {
  const { default: pg } = await import('pg')
  let pool: Pool | undefined
  try {
    pool = new pg.Pool({
      connectionString: url,
      max: mostConnections,
      connectionTimeoutMillis: patienceMs,
      query_timeout: longestStatementMs,
      application_name: 'pilotwire-bench',
      keepAlive: true,
      types: {
        getTypeParser: (oid: number, format?: 'text' | 'binary') => (numbers.has(oid) ? Number : pg.types.getTypeParser(oid, format as 'text')),
      } as never,
    })
    // A connection that breaks, idle or not; whoever needs one next gets a fresh one.
    pool.on('error', failed)
    pool.on('connect', (client) => void client.on('error', () => {}))
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: readingFrom(pool) }) })
    await migrate(db, 'postgres')
    const writer = writerOf(pool)
    const slot = await writer.transact(function* () {
      yield { text: 'INSERT INTO pulse (id, at) VALUES (1, 0) ON CONFLICT DO NOTHING', parameters: [] }
      const [row] = yield { text: 'SELECT pg_backend_pid() % 16 AS slot', parameters: [] }
      return Number(row?.['slot'])
    })
    return {
      name: 'postgres',
      db,
      slot,
      transact: writer.transact,
      isItsOwn: isOwn,
      async close() {
        writer.release()
        await db.destroy()
      },
    }
  } catch (error) {
    await pool?.end().catch(() => {})
    throw refusalOf(url, error)
  }
}

/** What is asked for may hold what no column holds. */
function readingFrom(pool: Pool): PostgresPool {
  return {
    options: {},
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect()
      const query = (text: string, parameters: readonly Value[]) => client.query(text, parameters.map(bound))
      return { query: query as never, release: (isBroken) => client.release(isBroken) }
    },
  }
}

function writerOf(pool: Pool) {
  const names = new Map<string, string>()
  let held: PoolClient | undefined
  const dismiss = (isBroken: boolean) => {
    held?.release(isBroken)
    held = undefined
  }
  const ask = async (client: PoolClient, text: string, parameters: readonly Value[]): Promise<QueryResult<Row>> => {
    const name = names.get(text) ?? `w${names.size}`
    names.set(text, name)
    return client.query<Row>({ name, text, values: parameters.map(bound) })
  }
  const take = async (client: PoolClient, wanted: Statement): Promise<readonly Row[]> => {
    if ('text' in wanted) return (await ask(client, wanted.text, wanted.parameters)).rows
    const { insert, conflict, rows } = wanted
    for (let from = 0; from < rows.length; from += mostRows) await insertRows(client, insert, conflict, rows.slice(from, from + mostRows))
    return []
  }
  /** A connection that was cut while nobody used it is noticed here, where nothing was asked yet. */
  const begun = async (): Promise<PoolClient> => {
    for (const isLast of [false, true]) {
      const client = held ?? (await pool.connect())
      held = client
      try {
        await client.query('BEGIN')
        return client
      } catch (error) {
        dismiss(true)
        if (isLast) throw error
      }
    }
    throw new Error('no connection')
  }
  const attempt = async <T>(steps: () => Steps<T>): Promise<T> => {
    const client = await begun()
    try {
      const running = steps()
      let next = running.next([])
      while (next.done !== true) next = running.next(await take(client, next.value))
      await client.query('COMMIT')
      return next.value
    } catch (error) {
      await client.query('ROLLBACK').catch(() => dismiss(true))
      if (isOwn(error)) dismiss(true)
      throw error
    }
  }
  return {
    release: () => dismiss(false),
    async transact<T>(steps: () => Steps<T>): Promise<T> {
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(steps)
        } catch (error) {
          if (tries === mostTries || !crossings.has(codeOf(error))) throw error
        }
      }
    },
  }
}

async function insertRows(client: PoolClient, insert: string, conflict: string, rows: readonly (readonly Value[])[]): Promise<void> {
  let count = 0
  const places = rows.map((row) => `(${row.map(() => `$${++count}`).join(', ')})`)
  await client.query({ text: `${insert} VALUES ${places.join(', ')} ${conflict}`, values: rows.flatMap((row) => row.map(bound)) })
}

/** SQLSTATE: 08 connection, 25006 read only, 53 no room, 57 going down, 58 its files. Without one the connection itself broke. */
function isOwn(error: unknown): boolean {
  const code = codeOf(error)
  return !/^[0-9A-Z]{5}$/.test(code) || /^(08|53|57P|58)/.test(code) || code === '25006' || code === '57014'
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')

function refusalOf(url: string, error: unknown): ConfigError {
  const refuse = (problem: string, remedy: string) => new ConfigError('DATABASE_URL', '', problem, remedy)
  const { hostname, port, pathname, username } = URL.canParse(url) ? new URL(url) : { hostname: '', port: '', pathname: '', username: '' }
  if (!/^postgres(ql)?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
    return refuse('is no URL of PostgreSQL', 'Write postgres://USER:PASSWORD@HOST/DATABASE')
  const place = `${hostname}:${port === '' ? 5432 : port}`
  const code = codeOf(error)
  if (code === '28P01' || code === '28000') return refuse(`PostgreSQL at ${place} refuses the user ${username} or the password`, 'Correct them in the URL')
  if (code === '3D000') return refuse(`PostgreSQL at ${place} has no database ${pathname.slice(1)}`, 'Create it, or name another one')
  if (code === '25006') return refuse(`the database at ${place} takes no writes`, 'Name the primary server')
  if (code === '42501') return refuse(`the user ${username} may not make tables there`, 'Grant it CREATE on the schema, or name another user')
  if (/previously executed migration/.test(wordsOf(error))) return refuse('the database was written by a newer version of this program', 'Use that version')
  if (['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET'].includes(code) || /timeout/i.test(wordsOf(error)))
    return refuse(`no PostgreSQL answers at ${place}${code === '' ? '' : ` (${code})`}`, 'Start it, or correct the URL')
  return refuse(`PostgreSQL at ${place} cannot be used (${withoutSecret(url, wordsOf(error))})`, 'Correct the URL, or unset it to use a file')
}

function withoutSecret(url: string, words: string): string {
  const { password } = new URL(url)
  return [password, safelyDecoded(password)].filter((each) => each !== '').reduce((text, secret) => text.replaceAll(secret, '***'), words)
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
