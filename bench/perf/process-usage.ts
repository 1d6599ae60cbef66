import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface Usage {
  readonly cpuMs: number
  /** So long its threads could have run and had no core. */
  readonly waitedMs: number
  readonly rssMb: number
}

/** Of another process, as Linux counts: the nanoseconds of its threads (finer than the 10 ms of /proc/PID/stat), and its resident pages.
 *  @throws Error where there is no such process, or no /proc */
export function usageOf(pid: number): Usage {
  const threads = readdirSync(`/proc/${pid}/task`)
  let [ran, waited] = [0, 0]
  for (const thread of threads) {
    const [more = 0, longer = 0] = readOf(`/proc/${pid}/task/${thread}/schedstat`).split(' ').map(Number)
    ran += more
    waited += longer
  }
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readOf(`/proc/${pid}/status`))?.[1]
  return { cpuMs: ran / 1e6, waitedMs: waited / 1e6, rssMb: Number(kib) / 1024 }
}

/** Resident memory of a process, and its share of it: a page that n processes have counts 1/n. */
export interface Memory {
  readonly rssMb: number
  readonly pssMb: number
}

/** @throws Error where there is no such process, or a kernel before 4.14 */
export function memoryOf(pid: number): Memory {
  const rollup = readOf(`/proc/${pid}/smaps_rollup`)
  const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1]) / 1024
  return { rssMb: mb('Rss'), pssMb: mb('Pss') }
}

/** The processes that a process has started. */
export function childrenOf(pid: number): readonly number[] {
  return readOf(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
}

/** The first process among those whose command line holds the words. */
export function among(pids: readonly number[], words: string): number | undefined {
  return pids.find((pid) => readOf(`/proc/${pid}/cmdline`).includes(words))
}

/** Runs a process with all its threads before every ordinary one (SCHED_FIFO, as CPUSchedulingPolicy=fifo does). False: this user may not. */
export function hurry(pid: number): boolean {
  return spawnSync('chrt', ['--all-tasks', '--fifo', '--pid', '10', String(pid)], { stdio: 'ignore' }).status === 0
}

function readOf(path: string): string {
  return readFileSync(path, 'utf8')
}
