import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Broker, brokerIn } from './broker.ts'
import { freePort, openControl } from './control.ts'
import { type Figure, median, shown } from './figures.ts'
import { type Program, pause, startStation, type Workbench } from './programs.ts'
import { visitor } from './visitor.ts'

/** More than the same station without the door, MB. */
const mostMb = { http: 12, mqtt: 10 } as const
/** Growth of the heap over the second half of the broker's restarts, after a collection, MB: compiled code, and lines of the log that are kept. */
const mostGrowthMb = 0.5
const requests = 300
const restarts = 40
const rounds = 3
/** After which the highest RSS of so many seconds counts. */
const settles = 8
const watches = 8

/** What the doors cost the core in memory while they are used, and whether MQTT grows while its broker is restarted again and again. In all
 *  three a car charges: its session is begun at a control door, which each of them has. */
export async function doors(bench: Workbench): Promise<readonly Figure[]> {
  const broker = await brokerIn(bench.fresh('broker'))
  await broker?.start()
  try {
    const caches = { none: bench.fresh('cache'), http: bench.fresh('cache'), mqtt: bench.fresh('cache') }
    const none: number[] = []
    const http: number[] = []
    const mqtt: number[] = []
    // The first has left its compiled code, as on a board that was started before.
    for (let round = 0; round <= rounds; round++) {
      bench.say(`memory with and without doors, ${round} of ${rounds}`)
      const found = [
        await rssOf(bench, { cache: caches.none, withHttp: false, broker: undefined }),
        await rssOf(bench, { cache: caches.http, withHttp: true, broker: undefined }),
        broker === undefined ? Number.NaN : await rssOf(bench, { cache: caches.mqtt, withHttp: true, broker }),
      ] as const
      if (round > 0) for (const [at, each] of [none, http, mqtt].entries()) each.push(found[at] ?? Number.NaN)
    }
    const figures = [
      { what: 'A station that charges, no HTTP and no MQTT, RSS', measured: shown(median(none), 'MB') },
      more('  with HTTP, page, events and 300 requests', http, none, mostMb.http),
    ]
    if (broker === undefined) return [...figures, { what: '  with MQTT: not measured, mosquitto is not installed', measured: '-' }]
    return [...figures, more('  with MQTT too', mqtt, http, mostMb.mqtt), await brokerRestarts(bench, broker)]
  } finally {
    await broker?.kill()
  }
}

function more(what: string, having: readonly number[], without: readonly number[], most: number): Figure {
  const cost = median(having) - median(without)
  return { what, measured: `+${shown(cost, 'MB')}`, beside: shown(median(without), 'MB'), target: `+${most} MB`, isMet: cost <= most }
}

interface Furnishing {
  readonly cache: string
  readonly withHttp: boolean
  readonly broker: Broker | undefined
}

async function rssOf(bench: Workbench, { cache, withHttp, broker }: Furnishing): Promise<number> {
  const [control, http] = [await freePort(), await freePort()]
  const words = ['--control', String(control), ...(withHttp ? ['--http', String(http)] : []), ...(broker === undefined ? [] : ['--mqtt', broker.url])]
  const station = startStation(bench, { state: bench.fresh('state'), cache, words })
  await charge(bench, station, control)
  const guest = visitor(`http://127.0.0.1:${http}`)
  if (withHttp) {
    await guest.follow()
    await guest.follow()
    await guest.readEverything(requests)
  }
  await pause(bench.clock, settles)
  let most = 0
  for (let second = 0; second < watches; second++) {
    most = Math.max(most, station.usage().rssMb)
    await pause(bench.clock, 1)
  }
  if (withHttp && guest.events < settles) throw new Error(`only ${guest.events} events came`)
  guest.close()
  await station.end()
  return most
}

async function charge({ central, clock }: Workbench, { id }: Program, control: number): Promise<void> {
  const line = await central.line(id)
  await line.next(({ action }) => action === 'StatusNotification')
  const isCharging = line.next(({ payload }) => (payload as { status?: unknown }).status === 'Charging')
  const door = await openControl(control)
  await door.say('plugin 1')
  await pause(clock, 1)
  await door.say('tag CARD 1')
  await isCharging
  door.close()
}

/** On SIGUSR2 the station collects its garbage and tells what is left, bytes. */
const collector = (file: string) =>
  `import { writeFileSync } from 'node:fs'; process.on('SIGUSR2', () => { gc(); gc(); writeFileSync(${JSON.stringify(file)}, String(process.memoryUsage().heapUsed)) })`

async function brokerRestarts(bench: Workbench, broker: Broker): Promise<Figure> {
  const directory = bench.fresh('heap')
  const [hook, told] = [join(directory, 'collector.mjs'), join(directory, 'heap')]
  writeFileSync(hook, collector(told))
  const words = ['--http', '0', '--mqtt', broker.url]
  const nodeOptions = `--expose-gc --import=${hook}`
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words, nodeOptions })
  await pause(bench.clock, settles)
  const heapMb = async () => {
    process.kill(station.pid, 'SIGUSR2')
    await pause(bench.clock, 1)
    return Number(readFileSync(told, 'utf8')) / 1e6
  }
  let half = Number.NaN
  for (let count = 1; count <= restarts; count++) {
    bench.say(`broker restarted ${count} of ${restarts} times`)
    await broker.kill()
    await broker.start()
    await pause(bench.clock, 3)
    if (count === restarts / 2) half = await heapMb()
  }
  const growth = (await heapMb()) - half
  await station.end()
  return {
    what: `  heap gained by broker restarts ${restarts / 2 + 1} to ${restarts}`,
    measured: shown(growth, 'MB'),
    target: `${mostGrowthMb} MB`,
    isMet: growth <= mostGrowthMb,
  }
}
