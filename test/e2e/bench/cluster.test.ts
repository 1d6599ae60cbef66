import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Balancer, balancer } from '../../../bench/perf/balancer.ts'
import { type CentralProcess, startCentral } from '../../../bench/perf/central-process.ts'
import { type LightStation, lightStation } from '../../../bench/perf/light-station.ts'
import { chance } from '../../../src/base/chance.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { type Broker, hasMosquitto, mosquitto } from '../mosquitto.ts'
import { hasPostgres, type Postgres, postgres } from './postgres.ts'

const clock = systemClock()
const program = new URL('../../../bench/main.ts', import.meta.url).pathname

describe.skipIf(!hasMosquitto || !hasPostgres)('three processes behind a balancer', () => {
  let broker: Broker
  let database: Postgres
  let processes: readonly CentralProcess[]
  let front: Balancer
  const stations: LightStation[] = []
  const come = (ids: readonly string[]) => {
    const fresh = ids.map((id) => lightStation({ url: `ws://127.0.0.1:${front.port}`, id, clock, chance }))
    stations.push(...fresh)
    return fresh
  }

  beforeAll(async () => {
    ;[broker, database] = await Promise.all([mosquitto(), postgres()])
    const start = (name: string) => startCentral({ program, name, broker: broker.url, databaseUrl: database.url })
    processes = await Promise.all(['one', 'two', 'three'].map(start))
    front = await balancer(processes.map(({ port }) => port))
  }, 60_000)
  afterAll(async () => {
    for (const each of stations) each.close()
    await front?.close()
    for (const each of processes ?? []) await each.kill()
  })

  test('a command posted to any process reaches every station', { timeout: 30_000 }, async () => {
    const ids = [...Array.from({ length: 57 }, (_, at) => `CL-${at}`), '+', '#', 'a b']
    await all(come(ids), ({ isConnected }) => isConnected)
    expect(front.handed).toEqual([20, 20, 20])
    const heard = new Map(stations.map((each) => [each.id, 0]))
    for (const { id, asked } of stations) asked.on(() => heard.set(id, (heard.get(id) ?? 0) + 1))
    for (const [at, { id }] of stations.entries()) await obeyed(processes[at % 3], id)
    expect([...heard.values()]).toEqual(stations.map(() => 1))
  })

  test('an event of a station at one process is seen by who listens at another', { timeout: 30_000 }, async () => {
    const watching = await Promise.all(processes.map((each) => events(each, '/events?topics=chargers,transactions,frames&charger=CL-1')))
    stations[1]?.begin('CARD')
    for (const each of watching) await each.until(/event: transaction\n.*CL-1/)
    // Frames travel from the moment at which the others know that somebody watches.
    const samples = clock.every('samples', 100, () => stations[1]?.sample())
    for (const each of watching) {
      await each.until(/event: frame\n.*MeterValues/)
      each.close()
    }
    samples.stop()
  })

  test('one is killed under load: its stations are at the others, commands find them, and no acknowledged message is missing', {
    timeout: 60_000,
  }, async () => {
    for (const each of stations) if (each.id !== 'CL-1') each.begin('CARD')
    await all(stations, ({ starts }) => starts.length === 1)
    const load = clock.every('load', 50, () => {
      for (const each of stations.filter(() => chance() < 0.2)) each.sample()
    })
    const [victim, ...survivors] = processes
    const before = stations.map(({ isConnected }) => isConnected)
    expect(before).not.toContain(false)
    await victim?.kill()
    const killedAt = clock.monotonic()
    await all(stations, ({ isConnected }) => !isConnected, 'some')
    await all(stations, ({ isConnected }) => isConnected)
    expect(clock.monotonic() - killedAt).toBeLessThan(30_000)
    for (const [at, { id }] of stations.entries()) await obeyed(survivors[at % 2], id)
    load.stop()
    for (const each of stations) each.end()
    await all(stations, ({ waiting }) => waiting === 0)
    const rows = await database.query('SELECT id, stopped_at FROM transactions ORDER BY id')
    const known = (of: (station: LightStation) => readonly number[]) => stations.flatMap(of).sort((a, b) => a - b)
    expect(rows.map(({ id }) => Number(id))).toEqual(known(({ starts }) => starts))
    expect(rows.filter(({ stopped_at }) => stopped_at !== null).map(({ id }) => Number(id))).toEqual(known(({ stops }) => stops))
    expect(rows.length).toBe(stations.length)
  })

  test('a station that comes elsewhere, while its old connection seems to be alive, is there: the old one is closed', { timeout: 30_000 }, async () => {
    const survivors = processes.slice(1)
    const connection = (at: CentralProcess | undefined) => {
      const socket = new WebSocket(`ws://127.0.0.1:${at?.port}/GHOST`, 'ocpp1.6')
      socket.on('message', (data) => socket.send(JSON.stringify([3, JSON.parse(String(data))[1], { status: 'Accepted' }])))
      return socket
    }
    const old = connection(survivors[0])
    const closed = once(old, 'close')
    for (const each of survivors) await obeyed(each, 'GHOST')
    const now = connection(survivors[1])
    expect((await closed)[0]).toBe(1000)
    for (const each of survivors) await obeyed(each, 'GHOST')
    expect(now.readyState).toBe(WebSocket.OPEN)
    now.terminate()
  })

  test('a broker that is killed is found again, and everybody says again who is where', { timeout: 30_000 }, async () => {
    await broker.kill()
    const survivors = processes.slice(1)
    for (const { id } of stations.slice(0, 10)) {
      const [one, other] = await Promise.all(survivors.map((each) => each.ask(`/chargers/${encodeURIComponent(id)}/start`, { tag: 'CARD' })))
      // Where it hangs it obeys; the other one says at once that it cannot reach it.
      expect([200, 422, 504]).toEqual(expect.arrayContaining([one?.status, other?.status]))
      expect([one?.status, other?.status].filter((status) => status === 200)).toEqual([200])
    }
    await broker.start()
    for (const [at, { id }] of stations.entries()) await obeyed(survivors[at % 2], id)
    const { body } = await (survivors[0] as CentralProcess).ask('/statistics/dashboard')
    expect(body).toMatchObject({ connected: stations.length })
  })

  test('one that is asked to end says good-bye: its stations are at the last one, and nothing is left of it', { timeout: 30_000 }, async () => {
    const [, last, leaving] = processes
    expect(await leaving?.end()).toBe(0)
    await all(stations, ({ isConnected }) => isConnected)
    for (const { id } of stations) await obeyed(last, id)
    const heard = broker.listen('pilotwire/csms/default/process/+')
    expect(await heard.next(() => true)).toContain('{"process":"two"}')
    await heard.close()
    expect(heard.all.length).toBe(1)
  })
})

/** Asked until it does: the process hears within moments where the station hangs. */
async function obeyed(at: CentralProcess | undefined, id: string): Promise<void> {
  const since = clock.monotonic()
  for (;;) {
    const answer = await at?.ask(`/chargers/${encodeURIComponent(id)}/start`, { tag: 'CARD' })
    if (answer?.status === 200) return
    if (clock.monotonic() - since > 5_000) expect(answer, id).toMatchObject({ status: 200 })
  }
}

/** Resolves as soon as it is true of all of them, or of some. */
function all(stations: readonly LightStation[], is: (station: LightStation) => boolean, how: 'every' | 'some' = 'every'): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.every('look', 20, () => {
      if (!stations[how](is)) return
      timer.stop()
      resolve()
    })
  })
}

async function events({ httpUrl, token }: CentralProcess, path: string) {
  const ended = new AbortController()
  const answer = await fetch(`${httpUrl}${path}`, { headers: { authorization: `Bearer ${token}` }, signal: ended.signal })
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  let text = ''
  return {
    async until(words: RegExp) {
      while (!words.test(text)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended before ${words}:\n${text}`)
        text += new TextDecoder().decode(value)
      }
    },
    close: () => ended.abort(),
  }
}
