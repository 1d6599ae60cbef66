import { fork } from 'node:child_process'
import { bundled } from './bundle.ts'
import { type Figure, median, percentile, shown } from './figures.ts'
import type { Workbench } from './programs.ts'

/** Durable: on the disk when the call returns. Grouped: with the next durable one, or within a minute. */
export async function appends(bench: Workbench): Promise<readonly Figure[]> {
  bench.say('appends')
  const worker = await bundled('appends', bench.directory)
  const { durable, grouped } = await told<{ durable: readonly number[]; grouped: readonly number[] }>(worker, [bench.fresh('store')])
  const row = (what: string, samples: readonly number[]): Figure => ({
    what: `Append of a ${what} fact, p50 / p99`,
    measured: `${percentile(samples, 0.5).toFixed(3)} / ${percentile(samples, 0.99).toFixed(3)} ms`,
  })
  return [row('durable', durable), row('grouped', grouped)]
}

const days = 3
const longestDayMs = 2_000

interface Day {
  readonly cpuMs: number
  readonly processMs: number
  readonly samples: number
  readonly wh: number
  readonly status: string
}

export async function day(bench: Workbench): Promise<readonly Figure[]> {
  const worker = await bundled('day', bench.directory)
  const told24: Day[] = []
  for (let n = 0; n < days; n++) {
    bench.say(`24 simulated hours, ${n + 1} of ${days}`)
    told24.push(await told<Day>(worker, []))
  }
  const { samples = 0, wh = 0, status = '' } = told24[0] ?? {}
  if (status !== 'charging') throw new Error(`the car of the simulated day does not charge: ${status}`)
  const [cpuMs, processMs] = [median(told24.map((each) => each.cpuMs)), median(told24.map((each) => each.processMs))]
  return [
    {
      what: `CPU of 24 simulated hours of charging (${samples} MeterValues, ${Math.round(wh / 1_000)} kWh; with start ${shown(processMs, 'ms')})`,
      measured: shown(cpuMs, 'ms'),
      target: '2000 ms',
      isMet: cpuMs <= longestDayMs,
    },
  ]
}

interface Drain {
  readonly tookMs: number
  readonly cpuMs: number
  readonly delivered: number
  readonly rssMb: number
}

/** What waits after days offline leaves at this pace, each answer noted on the disk before the next message. */
export async function drain(bench: Workbench): Promise<readonly Figure[]> {
  bench.say('delivery after days offline')
  const { tookMs, cpuMs, delivered, rssMb } = await told<Drain>(await bundled('drain', bench.directory), [bench.fresh('store')])
  return [
    {
      what: `${delivered} facts that waited offline, delivered (CPU of both sides ${shown(cpuMs, 'ms')}; RSS ${shown(rssMb, 'MB')} then)`,
      measured: shown((delivered / tookMs) * 1_000, 'facts/s'),
    },
  ]
}

/** Runs a bundled file in a process of its own; resolves with what it tells. */
function told<T>(file: string, words: readonly string[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(file, words, { execArgv: [] })
    let message: T | undefined
    child.once('message', (each) => {
      message = each as T
    })
    child.once('exit', (code) => (message === undefined ? reject(new Error(`${file} ended with ${code} and told nothing`)) : resolve(message)))
  })
}
