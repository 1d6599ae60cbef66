import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'
import { type Central, central } from './central.ts'
import { type Usage, usageOf } from './process-usage.ts'

/** What the measurements share. */
export interface Workbench {
  readonly clock: Clock
  /** The built program, dist/pilotwire.js. */
  readonly program: string
  /** The bundled bare client. */
  readonly bareClient: string
  /** For everything that is written; removed at the end. */
  readonly directory: string
  readonly central: Central
  fresh(name: string): string
  say(words: string): void
  close(): Promise<void>
}

export interface Program {
  readonly id: string
  readonly pid: number
  usage(): Usage
  /** SIGTERM, and what the program does on it. */
  end(): Promise<void>
}

export async function workbench(clock: Clock, paths: Pick<Workbench, 'program' | 'bareClient' | 'directory' | 'say'>): Promise<Workbench> {
  const desk = await central(clock)
  return {
    ...paths,
    clock,
    central: desk,
    fresh: (name) => mkdtempSync(join(paths.directory, `${name}-`)),
    close: async () => desk.close(),
  }
}

const flags: readonly string[] = []
let programs = 0

/** Starts the station as a person does. `cache`: the user's cache directory. */
export function startStation(
  bench: Workbench,
  options: { state: string; cache: string; words?: readonly string[]; node?: string; nodeOptions?: string },
): Program {
  const id = `PERF-${++programs}`
  const words = [bench.program, 'run', '--id', id, '--csms', bench.central.url, '--state', options.state, ...(options.words ?? [])]
  return programOf(id, spawn(options.node ?? process.execPath, [...flags, ...words], { stdio: 'ignore', env: withCache(options.cache, options.nodeOptions) }))
}

/** A Node that does nothing. */
export function startBareNode(node: string): Program {
  return programOf('node', spawn(node, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore', env: {} }))
}

function withCache(cache: string, nodeOptions?: string) {
  const { NODE_COMPILE_CACHE: _, CACHE_DIRECTORY: __, ...environment } = process.env
  return { ...environment, XDG_CACHE_HOME: cache, ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }) }
}

/** Guard and core as in the field: two programs that meet on a socket. What they keep and log is in `directory`. */
export interface Half {
  readonly board: string
  readonly socket: string
  readonly directory: string
  /** The Node that runs it; this one's own when left out. */
  readonly node?: string
}

type Inside = (words: readonly [string, ...string[]], environment: Readonly<Record<string, string>>) => ChildProcess

/** `inside` starts a program where there is GPIO. */
export function startGuard({ program }: Workbench, { board, socket, directory, node = process.execPath, inside }: Half & { inside?: Inside }): Program {
  const words = [program, 'guard', '--board', board, '--socket', socket, '--state', join(directory, 'guard')]
  const log = join(directory, 'guard.log')
  if (inside === undefined) {
    return programOf('guard', spawn(node, words, { stdio: ['ignore', 'ignore', openSync(log, 'a')], env: withCache(join(directory, 'guard-cache')) }))
  }
  // Its log goes where that of a service goes, to a file, and not through this process.
  return programOf('guard', inside(['sh', '-c', 'exec "$@" 2>>"$0"', log, node, ...words], { NODE_COMPILE_CACHE: join(directory, 'guard-cache') }))
}

export function startCore(bench: Workbench, { board, socket, directory, node = process.execPath }: Half): Program {
  const id = `PERF-${++programs}`
  const words = [bench.program, 'core', '--id', id, '--csms', bench.central.url, '--board', board, '--socket', socket, '--state', join(directory, 'core')]
  const log = openSync(join(directory, 'core.log'), 'a')
  return programOf(id, spawn(node, words, { stdio: ['ignore', 'ignore', log], env: withCache(join(directory, 'core-cache')) }))
}

export function startBareClient(bench: Workbench, part: 'start' | 'echo', cache: string): Program {
  const id = `BARE-${++programs}`
  const words = [bench.bareClient, `${bench.central.url}/${id}`, part]
  return programOf(id, spawn(process.execPath, [...flags, ...words], { stdio: 'ignore', env: { ...process.env, NODE_COMPILE_CACHE: cache } }))
}

function programOf(id: string, child: ChildProcess): Program {
  const ended = once(child, 'exit')
  return {
    id,
    pid: child.pid ?? 0,
    usage: () => usageOf(child.pid ?? 0),
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export const pause = (clock: Clock, length: number) => new Promise<void>((resolve) => clock.after('pause', seconds(length), resolve))
