import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Figure, shown } from './figures.ts'
import { usageOf } from './process-usage.ts'
import { pause, type Workbench } from './programs.ts'

/** What is asked for: 1,000 stations that charge, three minutes long. */
const asked = { stations: 1_000, seconds: 180 } as const
const mostRssMb = 400
const mostP99Ms = 50
/** Then so many, until one of them does not hold. */
const larger: readonly number[] = [1_500, 2_000, 2_500, 3_000, 4_000, 5_000]
const largerSeconds = 60
/** Stations switched on each second. */
const ramp = 25
const sampleEvery = 10
/** From the last station switched on until all of them charge, s. */
const settles = 15

/** A fleet of whole charge points against the central system of the bench on an SQLite file, each a process of its own: memory, CPU, messages
 *  and answers of 1,000 stations, and the most that hold. */
export async function fleet(bench: Workbench): Promise<readonly Figure[]> {
  const first = await runOf(bench, asked.stations, asked.seconds)
  const figures = figuresOf(asked.stations, first)
  let holds = doesHold(first) ? asked.stations : 0
  for (const stations of larger) {
    if (holds === 0) break
    const run = await runOf(bench, stations, largerSeconds)
    figures.push(...figuresOf(stations, run))
    if (!doesHold(run)) break
    holds = stations
  }
  return [...figures, { what: `Most stations with p99 below ${mostP99Ms} ms and no error`, measured: holds === 0 ? 'fewer than 1000' : String(holds) }]
}

/** What was seen while all of them charged. */
interface Run {
  readonly rssMb: number
  readonly serverRssMb: number
  /** Of a core, 0 to 1. */
  readonly cpu: number
  readonly serverCpu: number
  readonly framesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same of the whole run, the ramp with it. */
  readonly p99WholeMs: number
  readonly errors: number
  readonly charging: number
}

const doesHold = ({ p99Ms, errors }: Run) => p99Ms < mostP99Ms && errors === 0

function figuresOf(stations: number, run: Run): Figure[] {
  const isAsked = stations === asked.stations
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  return [
    {
      what: `${stations} stations charging: RSS of the fleet process`,
      measured: shown(run.rssMb, 'MB'),
      beside: shown(run.serverRssMb, 'MB'),
      ...(isAsked ? { target: `${mostRssMb} MB`, isMet: run.rssMb <= mostRssMb } : {}),
    },
    { what: '  CPU, of a core (beside: the central system)', measured: percent(run.cpu), beside: percent(run.serverCpu) },
    { what: '  frames a second, both ways', measured: run.framesPerSecond.toFixed(0) },
    {
      what: '  CALL to CALLRESULT, p50 and p99 while they charge',
      measured: `${shown(run.p50Ms, '').trim()} and ${shown(run.p99Ms, 'ms')}`,
      target: `p99 ${mostP99Ms} ms`,
      isMet: run.p99Ms < mostP99Ms,
    },
    { what: `  p99 of all, with the ramp of ${ramp} stations a second`, measured: shown(run.p99WholeMs, 'ms') },
    {
      what: `  errors, with ${run.charging} charging at the end`,
      measured: String(run.errors),
      target: '0',
      isMet: run.errors === 0 && run.charging === stations,
    },
  ]
}

async function runOf(bench: Workbench, stations: number, length: number): Promise<Run> {
  const { clock, say } = bench
  const built = join(bench.program, '..', 'pilotwire-bench.js')
  const program = existsSync(built) ? built : fileURLToPath(new URL('../main.ts', import.meta.url))
  const database = join(bench.fresh('fleet'), 'csms.db')
  const server = started(program, ['csms', '--port', '0', '--http', 'off', '--log', 'silent', '--database', database])
  const [csms = ''] = await server.said(/ws:\/\/[\w.]+:\d+/)
  const words = ['--stations', stations, '--pattern', 'steady', '--ramp', ramp, '--sample-interval', sampleEvery, '--metrics', 0].map(String)
  const fleet = started(program, ['fleet', '--csms', csms, ...words])
  try {
    const [metrics = ''] = await fleet.said(/http:\S+\/metrics/)
    say(`${stations} stations are switched on`)
    await pause(clock, stations / ramp + settles)
    const before = { at: clock.monotonic(), page: await pageOf(metrics), fleet: usageOf(fleet.pid), server: usageOf(server.pid) }
    say(`${stations} stations charge for ${length} s`)
    await pause(clock, length)
    const after = { at: clock.monotonic(), page: await pageOf(metrics), fleet: usageOf(fleet.pid), server: usageOf(server.pid) }
    const took = after.at - before.at
    return {
      rssMb: after.fleet.rssMb,
      serverRssMb: after.server.rssMb,
      cpu: (after.fleet.cpuMs - before.fleet.cpuMs) / took,
      serverCpu: (after.server.cpuMs - before.server.cpuMs) / took,
      framesPerSecond: (sumOf(after.page, /^pilotwire_fleet_frames_total\{/) - sumOf(before.page, /^pilotwire_fleet_frames_total\{/)) / (took / 1_000),
      p50Ms: quantile(after.page, before.page, 0.5),
      p99Ms: quantile(after.page, before.page, 0.99),
      p99WholeMs: quantile(after.page, [], 0.99),
      errors: sumOf(after.page, /^pilotwire_fleet_errors_total\{/),
      charging: sumOf(after.page, /^pilotwire_fleet_outlets\{status="charging"\}/),
    }
  } finally {
    await fleet.end()
    await server.end()
  }
}

interface Started {
  readonly pid: number
  said(words: RegExp): Promise<readonly string[]>
  end(): Promise<void>
}

function started(program: string, words: readonly string[]): Started {
  const child: ChildProcess = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NO_COLOR: '1' } })
  const gone = once(child, 'exit')
  let out = ''
  const hearers = new Set<() => void>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out = `${out}${text}`.slice(-10_000)
    for (const hear of hearers) hear()
  })
  return {
    pid: child.pid ?? 0,
    said: (expected) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = expected.exec(out)
          if (found !== null) resolve(found)
        }
        hearers.add(look)
        look()
        void gone.then(() => reject(new Error(`pilotwire-bench ${words[0]} ended:\n${out}`)))
      }),
    async end() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Lines of Prometheus. */
async function pageOf(url: string): Promise<readonly string[]> {
  return (await (await fetch(url)).text()).split('\n')
}

const numberIn = (line: string) => Number(line.slice(line.lastIndexOf(' ') + 1))
const sumOf = (page: readonly string[], name: RegExp) => page.filter((line) => name.test(line)).reduce((sum, line) => sum + numberIn(line), 0)

/** Of the answers between two pages, by straight lines between the bounds of the buckets, ms. */
function quantile(after: readonly string[], before: readonly string[], share: number): number {
  const countsOf = (page: readonly string[]) => {
    const counts = new Map<number, number>()
    for (const line of page) {
      const bound = /^pilotwire_fleet_call_seconds_bucket\{.*le="([^"]+)"\}/.exec(line)?.[1]
      if (bound === undefined) continue
      const ms = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1_000
      counts.set(ms, (counts.get(ms) ?? 0) + numberIn(line))
    }
    return counts
  }
  const earlier = countsOf(before)
  const rows = [...countsOf(after)].map(([ms, count]) => [ms, count - (earlier.get(ms) ?? 0)] as const).sort(([one], [two]) => one - two)
  const rank = share * (rows.at(-1)?.[1] ?? 0)
  let [least, below] = [0, 0]
  for (const [ms, count] of rows) {
    if (count >= rank) return ms === Number.POSITIVE_INFINITY ? least : least + ((rank - below) / Math.max(1, count - below)) * (ms - least)
    ;[least, below] = [ms, count]
  }
  return Number.NaN
}
