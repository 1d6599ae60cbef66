import { afterAll } from 'vitest'
import { hasPostgres, type Postgres as Server, startPostgres } from '../../../bench/perf/postgres.ts'
import { leaveOut } from '../../left-out.ts'

export { hasPostgres } from '../../../bench/perf/postgres.ts'

if (!hasPostgres) leaveOut('PostgreSQL: its server is not installed, or there is no user `postgres` to run it as')

const servers: Server[] = []
afterAll(async () => {
  for (const each of servers) await each.remove()
})
process.on('exit', () => {
  for (const each of servers) void each.crash()
})

export interface Postgres extends Omit<Server, 'remove'> {
  /** The URL of a new, empty database. */
  fresh(): Promise<string>
}

/** A real server, started. It is gone after the tests of the file. */
export async function postgres(): Promise<Postgres> {
  const server = await startPostgres('shared_buffers=32MB')
  if (server === undefined) throw new Error('PostgreSQL is not here')
  servers.push(server)
  let databases = 0
  return {
    ...server,
    async fresh() {
      const name = `fresh${++databases}`
      await server.query(`CREATE DATABASE ${name}`)
      return server.url.replace(/postgres$/, name)
    },
  }
}
