import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chance } from '../../src/base/chance.ts'
import type { Millis } from '../../src/base/units.ts'
import { type Balancer, balancer } from './balancer.ts'
import { brokerIn } from './broker.ts'
import { type CentralProcess, startCentral } from './central-process.ts'
import { type Figure, percentile, shown } from './figures.ts'
import { type LightStation, lightStation } from './light-station.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { pause, type Workbench } from './programs.ts'

const stationsInAll = 500
/** Between two messages of a station; a session is five of them. */
const sampleEvery: Millis = 2_000
/** s. */
const loadBefore = 20
const loadAfter = 20
const longestWait = 60_000

/** Three central system processes on PostgreSQL and mosquitto behind a balancer, one of them killed under the load of charging stations. */
export async function cluster(bench: Workbench): Promise<readonly Figure[]> {
  const broker = await brokerIn(bench.fresh('broker'))
  const postgres = await startPostgres()
  if (broker === undefined || postgres === undefined) return [{ what: 'three central systems', measured: 'left out: mosquitto or PostgreSQL is not installed' }]
  await broker.start()
  const built = join(bench.program, '..', 'pilotwire-bench.js')
  const program = existsSync(built) ? built : fileURLToPath(new URL('../main.ts', import.meta.url))
  const start = (name: string) => startCentral({ program, name, broker: broker.url, databaseUrl: postgres.url })
  // The first one makes the tables.
  const processes = [await start('one'), ...(await Promise.all(['two', 'three'].map(start)))]
  const front = await balancer(processes.map(({ port }) => port))
  const stations = fleet(bench, front)
  try {
    return await killed(bench, { processes, postgres, stations })
  } finally {
    for (const each of stations) each.close()
    await front.close()
    for (const each of processes) await each.kill()
    await broker.kill()
    await postgres.remove()
  }
}

function fleet({ clock }: Workbench, { port }: Balancer): readonly LightStation[] {
  return Array.from({ length: stationsInAll }, (_, at) => lightStation({ url: `ws://127.0.0.1:${port}`, id: `CL-${at}`, clock, chance }))
}

interface World {
  readonly processes: readonly CentralProcess[]
  readonly postgres: Postgres
  readonly stations: readonly LightStation[]
}

async function killed(bench: Workbench, { processes, postgres, stations }: World): Promise<readonly Figure[]> {
  const { clock, say } = bench
  const [victim, ...survivors] = processes
  const survivor = survivors[0]
  if (victim === undefined || survivor === undefined) throw new Error('no processes')
  const allBack = (ids: readonly LightStation[]) => until(bench, () => ids.every((each) => each.isConnected))
  const connectedIn = await allBack(stations)
  say(`${stations.length} stations are connected`)
  const stopLoad = charging(bench, stations)
  const before = processes.map((each) => ({ usage: each.usage(), at: clock.monotonic() }))
  await pause(clock, loadBefore)
  const loads = processes.map((each, at) => ({ name: each.name, ...perSecond(before[at], each.usage(), clock.monotonic()) }))
  const routed = await commands(bench, survivor, stations)

  say('one process is killed')
  const lost = stations.filter((each) => each.isConnected)
  const down = new Set<LightStation>()
  await victim.kill()
  const killedAt = clock.monotonic()
  await pause(clock, 0.5)
  for (const each of lost) if (!each.isConnected) down.add(each)
  const firstCommand = await commandAfterReturn(bench, survivor, [...down])
  await allBack(stations)
  const backAfter = clock.monotonic() - killedAt
  await pause(clock, loadAfter)
  stopLoad()
  for (const each of stations) each.end()
  await until(bench, () => stations.every(({ waiting }) => waiting === 0))
  const told = await commands(bench, survivor, [...down])
  const kept = await audit(postgres, stations)
  return [
    { what: `cluster: ${stations.length} stations connect to three processes`, measured: shown(connectedIn / 1_000, 's') },
    ...loads.map(
      ({ name, cpu, rssMb }): Figure => ({ what: `cluster: process ${name} under load`, measured: `${cpu.toFixed(0)} % CPU, ${rssMb.toFixed(0)} MB` }),
    ),
    {
      what: 'cluster: command over REST to any station, p50/p99',
      measured: `${shown(percentile(routed, 0.5), 'ms')}, ${shown(percentile(routed, 0.99), 'ms')}`,
    },
    {
      what: `cluster: all ${down.size} stations of a killed process are back`,
      measured: shown(backAfter / 1_000, 's'),
      target: '30 s',
      isMet: down.size > 0 && backAfter <= 30_000,
    },
    {
      what: 'cluster: first command to one of them at another process, after it was back',
      measured: shown(firstCommand / 1_000, 's'),
      target: '5 s',
      isMet: firstCommand <= 5_000,
    },
    { what: 'cluster: commands to all of them, p99', measured: shown(percentile(told, 0.99), 'ms') },
    ...kept,
  ]
}

/** One session after the other, each station at its own time. Returns what ends it. */
function charging({ clock }: Workbench, stations: readonly LightStation[]): () => void {
  const timers = stations.map((each) => {
    let at = 0
    const step = () => {
      if (at === 0) each.begin('CARD')
      else if (at < 4) each.sample()
      else each.end()
      at = (at + 1) % 5
    }
    return { first: clock.after('load', chance() * sampleEvery, step), next: clock.every('load', sampleEvery * (0.9 + 0.2 * chance()), step) }
  })
  return () => {
    for (const { first, next } of timers) {
      first.stop()
      next.stop()
    }
  }
}

/** A command to each at this process, ten at a time; how long each took (ms). Rejects when one does not arrive. */
async function commands({ clock }: Workbench, at: CentralProcess, stations: readonly LightStation[]): Promise<readonly Millis[]> {
  const took: Millis[] = []
  const queue = [...stations]
  const worker = async () => {
    for (let each = queue.pop(); each !== undefined; each = queue.pop()) {
      const since = clock.monotonic()
      const { status, body } = await at.ask(`/chargers/${each.id}/start`, { tag: 'CARD' })
      if (status !== 200) throw new Error(`${each.id}: ${status} ${JSON.stringify(body)}`)
      took.push(clock.monotonic() - since)
    }
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  return took
}

/** From the moment at which the first of these is back until a command to it has come through (ms). */
async function commandAfterReturn(bench: Workbench, at: CentralProcess, stations: readonly LightStation[]): Promise<Millis> {
  let back: LightStation | undefined
  await until(bench, () => {
    back = stations.find(({ isConnected }) => isConnected)
    return back !== undefined
  })
  const since = bench.clock.monotonic()
  while (bench.clock.monotonic() - since < longestWait) {
    const { status } = await at.ask(`/chargers/${back?.id}/start`, { tag: 'CARD' })
    if (status === 200) return bench.clock.monotonic() - since
    await pause(bench.clock, 0.05)
  }
  return Number.POSITIVE_INFINITY
}

/** What stations were told was taken, against what is in the database. */
async function audit(postgres: Postgres, stations: readonly LightStation[]): Promise<readonly Figure[]> {
  const starts = stations.flatMap((each) => each.starts)
  const stops = stations.flatMap((each) => each.stops)
  const rows = await postgres.query('SELECT id, station_id, start_key, stopped_at FROM transactions')
  const ids = new Set(rows.map(({ id }) => Number(id)))
  const ended = new Set(rows.filter(({ stopped_at }) => stopped_at !== null).map(({ id }) => Number(id)))
  const keys = new Set(rows.map(({ station_id, start_key }) => JSON.stringify([station_id, start_key])))
  const missing = starts.filter((id) => !ids.has(id)).length
  const open = stops.filter((id) => !ended.has(id)).length
  const double = rows.length - keys.size + (starts.length - new Set(starts).size)
  return [
    {
      what: 'cluster: starts acknowledged / rows / missing',
      measured: `${starts.length} / ${rows.length} / ${missing}`,
      target: 'equal, none',
      isMet: missing === 0 && rows.length === starts.length,
    },
    {
      what: 'cluster: stops acknowledged / ended / missing',
      measured: `${stops.length} / ${ended.size} / ${open}`,
      target: 'equal, none',
      isMet: open === 0 && ended.size === stops.length,
    },
    { what: 'cluster: transactions that are there twice', measured: String(double), target: '0', isMet: double === 0 },
  ]
}

function perSecond(before: { usage: ReturnType<CentralProcess['usage']>; at: Millis } | undefined, now: ReturnType<CentralProcess['usage']>, at: Millis) {
  return { cpu: before === undefined ? 0 : ((now.cpuMs - before.usage.cpuMs) / (at - before.at)) * 100, rssMb: now.rssMb }
}

/** How long it took (ms). Rejects after a minute. */
async function until({ clock }: Workbench, done: () => boolean): Promise<Millis> {
  const since = clock.monotonic()
  while (!done()) {
    if (clock.monotonic() - since > longestWait) throw new Error(`not within ${longestWait} ms: ${done}`)
    await pause(clock, 0.02)
  }
  return clock.monotonic() - since
}
