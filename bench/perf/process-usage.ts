import { readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface Usage {
  readonly cpuMs: number
  readonly rssMb: number
}

/** Of another process, as Linux counts: the nanoseconds of its threads (finer than the 10 ms of /proc/PID/stat), and its resident pages.
 *  @throws Error where there is no such process, or no /proc */
export function usageOf(pid: number): Usage {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.reduce((sum, thread) => sum + Number(readOf(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] ?? 0), 0)
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readOf(`/proc/${pid}/status`))?.[1]
  return { cpuMs: nanoseconds / 1e6, rssMb: Number(kib) / 1024 }
}

function readOf(path: string): string {
  return readFileSync(path, 'utf8')
}
