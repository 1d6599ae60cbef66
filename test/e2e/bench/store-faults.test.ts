import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { describe, expect, test } from 'vitest'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { freshDirectory } from '../program.ts'
import { hasPostgres, postgres } from './postgres.ts'
import { sharedPostgres, start } from './stores.ts'

const open = (place: { readonly file?: string; readonly databaseUrl?: string }) =>
  openBenchStore({ file: '', ...place, clock: simulatedClock(), log: silentLog, currency: 'EUR', tariffPerKwh: 1 })

async function refusal(place: Parameters<typeof open>[0]): Promise<string> {
  const error = await open(place).then(
    () => undefined,
    (caught: unknown) => caught,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as ConfigError).message
}

describe('SQLite', () => {
  test('a file that is no database, or cannot be made, is refused in words', async () => {
    const file = join(freshDirectory(), 'letter.txt')
    writeFileSync(file, 'Dear Sir or Madam, this is a letter. '.repeat(100))
    expect(await refusal({ file })).toMatch(/letter\.txt is no SQLite database\. Name a database/)
    expect(await refusal({ file: join(file, 'bench.db') })).toMatch(/cannot be used .* Name a file that may be written/)
  })

  test('a database of a newer program is left alone', async () => {
    const file = join(freshDirectory(), 'bench.db')
    await (await open({ file })).close()
    const raw = new DatabaseSync(file)
    raw.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-future', '2030-01-01T00:00:00.000Z')`)
    raw.close()
    expect(await refusal({ file })).toMatch(/written by a newer version/)
  })

  test('while another program holds the database nothing is acknowledged, and afterwards everything goes on', async () => {
    const file = join(freshDirectory(), 'bench.db')
    const store = await open({ file })
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.chargers.put({ id: 'A' })).rejects.toThrow(/the database takes nothing: database is locked/)
    other.exec('ROLLBACK')
    other.close()
    await store.chargers.put({ id: 'A' })
    expect(await store.health()).toBeUndefined()
    await store.close()
  })
})

describe.skipIf(!hasPostgres)('PostgreSQL', () => {
  test('an address that leads nowhere is refused in words without the password', async () => {
    const { port } = await sharedPostgres()
    const mute = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const closed = (mute.address() as { readonly port: number }).port
    mute.close()
    await once(mute, 'close')
    const words = await Promise.all([
      refusal({ databaseUrl: `postgres://bench:s3cret@127.0.0.1:${closed}/bench` }),
      refusal({ databaseUrl: `postgres://bench:s3cret@127.0.0.1:${port}/nothing` }),
      refusal({ databaseUrl: `postgres://nobody:s3cret@127.0.0.1:${port}/bench` }),
      refusal({ databaseUrl: 'mysql://bench:s3cret@127.0.0.1/bench' }),
      refusal({ databaseUrl: 's3cret' }),
    ])
    expect(words.join('\n')).not.toContain('s3cret')
    expect(words[0]).toMatch(/no PostgreSQL answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start it/)
    expect(words[1]).toMatch(/has no database nothing/)
    expect(words[2]).toMatch(/refuses the user nobody/)
    expect(words[3]).toMatch(/is no URL of PostgreSQL/)
    expect(words[4]).toMatch(/is no URL of PostgreSQL/)
  })

  test('three processes may begin at once', async () => {
    const databaseUrl = await (await sharedPostgres()).fresh()
    const stores = await Promise.all([1, 2, 3].map(() => open({ databaseUrl })))
    const ids = await Promise.all(stores.map((each) => each.transactions.begin(start('A'))))
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
    expect(ids.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1)
    await Promise.all(stores.map((each) => each.close()))
  })

  test('a write that waits crosswise for another process is done after it', async () => {
    const server = await sharedPostgres()
    const databaseUrl = await server.fresh()
    const store = await open({ databaseUrl })
    for (const id of ['A', 'B']) await store.chargers.connected(id, 'p', '1.6')
    const other = new Client({ connectionString: databaseUrl })
    await other.connect()
    await other.query(`BEGIN; UPDATE stations SET name = 'other' WHERE id = 'B'`)
    const gone = store.chargers.allGone('p')
    const waiting = () => server.query(`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`, databaseUrl)
    await expect.poll(waiting).toHaveLength(1)
    await other.query(`UPDATE stations SET name = 'other' WHERE id = 'A'`)
    await other.query('COMMIT')
    expect([...(await gone)].sort()).toEqual(['A', 'B'])
    expect(await store.chargers.one('A')).toMatchObject({ name: 'other', is_connected: false })
    await other.end()
    await store.close()
  })

  test('a server that crashes takes nothing, which is said, and nothing that was acknowledged', async () => {
    const server = await postgres()
    const store = await open({ databaseUrl: server.url })
    await store.chargers.put({ id: 'A', name: 'kept' })
    const writes = Array.from({ length: 200 }, (_, index) => store.chargers.put({ id: `B-${index}` }))
    const settled = Promise.allSettled(writes)
    await writes[0]
    await server.crash()
    const outcomes = await settled
    await expect(store.chargers.put({ id: 'C' })).rejects.toThrow(/the database takes nothing/)
    expect(await store.health()).toMatch(/the database takes nothing/)
    store.chargers.seen('A')
    await server.start()
    expect(await store.health()).toBeUndefined()
    expect(await store.chargers.one('A')).toMatchObject({ name: 'kept' })
    const there = new Set((await store.chargers.page({ offset: 0, limit: 1_000 })).items.map(({ id }) => id))
    for (const [index, { status }] of outcomes.entries()) if (status === 'fulfilled') expect(there).toContain(`B-${index}`)
    await store.close()
    await server.stop()
  })
})
