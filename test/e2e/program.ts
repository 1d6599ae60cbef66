import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import { type RawData, WebSocket } from 'ws'
import { systemClock } from '../../src/base/clock.ts'
import { bundledProgram } from '../crash/bundle.ts'
import { watched } from './watched.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const clock = systemClock()
const running = new Set<ChildProcessWithoutNullStreams>()
const directories: string[] = []
afterAll(async () => {
  const ends = [...running].map((child) => once(child, 'close'))
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(ends)
  for (const each of directories) rmSync(each, { recursive: true, force: true })
})

/** A directory of this test's own. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-e2e-'))
  directories.push(directory)
  return directory
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** A process as a user starts it, with pipes instead of a terminal. */
export interface Program {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: string
  readonly err: string
  readonly ended: Promise<Ended>
  /** The first match in both outputs together, as soon as it is there. `from` counts characters of what was said before. */
  said(words: RegExp, from?: number): Promise<RegExpExecArray>
  /** Everything said so far, both outputs in the order in which they came. */
  readonly all: string
  type(line: string): void
  /** Sends a signal and tells how long (ms) the process took to end. */
  end(signal?: NodeJS.Signals): Promise<Ended & { readonly tookMs: number }>
}

export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly directory?: string
  /** Closes standard input at once, as `</dev/null` does. */
  readonly noInput?: boolean
}

/** What a person's shell might hold and a test must not: everything else is handed down. */
const cleared = {
  OCPP_LOG_LEVEL: undefined,
  OCPP_LOG_FILE: undefined,
  OCPP_PROTOCOL_DEBUG: undefined,
  STATE_DIRECTORY: undefined,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
}

export function program(script: string, words: readonly string[], options: ProgramOptions = {}): Program {
  const child = spawn(process.execPath, [resolve(root, script), ...words], {
    cwd: options.directory ?? root,
    env: { ...process.env, ...cleared, ...options.environment },
  })
  running.add(child)
  child.stdin.on('error', () => {})
  if (options.noInput === true) child.stdin.end()
  const heard = watched<string>()
  const streams = { out: '', err: '' }
  for (const [name, stream] of [
    ['out', child.stdout],
    ['err', child.stderr],
  ] as const) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      streams[name] += text
      heard.add(text)
    })
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    running.delete(child)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...streams }
  })
  const all = () => heard.all.join('')
  return {
    child,
    get out() {
      return streams.out
    },
    get err() {
      return streams.err
    },
    get all() {
      return all()
    },
    ended,
    async said(words, from = 0) {
      const match = () => words.exec(all().slice(from))
      await Promise.race([
        heard.until(() => match() !== null),
        ended.then(({ code, signal }) => {
          if (match() === null) throw new Error(`ended with ${code ?? signal} before it said ${words}:\n${all()}`)
        }),
      ])
      return match() as RegExpExecArray
    },
    type: (line) => void child.stdin.write(`${line}\n`),
    async end(signal = 'SIGTERM') {
      const began = clock.monotonic()
      child.kill(signal)
      const how = await ended
      return { ...how, tookMs: clock.monotonic() - began }
    },
  }
}

/** `pilotwire` with these words. */
/** The program as the package has it: sources would take most of a test to start. */
export const bundle = await bundledProgram(freshDirectory())
export const pilotwire = (words: readonly string[], options?: ProgramOptions): Program => program(bundle, words, options)

/** A client of the control door: a line out, its reply in. */
export interface Control {
  ask(line: string): Promise<string>
  /** What `status` prints. */
  status(): Promise<StatusPicture>
  readonly socket: WebSocket
  readonly closed: Promise<number>
}

/** The part of `status` that tests look at. */
export interface StatusPicture {
  readonly id: string
  readonly link: string
  readonly connectors: readonly {
    readonly connector: number
    readonly status: string
    readonly contactor: string
    readonly plugged: boolean
    readonly tag: string | null
    readonly meterWh: number
    readonly amps: number | null
    readonly transaction: number | null
    readonly offeredAmps: number
  }[]
}

export async function control(url: string): Promise<Control> {
  const socket = new WebSocket(url)
  const replies = watched<string>()
  let asked = 0
  socket.on('message', (data: RawData) => replies.add(String(data)))
  const closed = once(socket, 'close').then(([code]) => code as number)
  await once(socket, 'open')
  const ask = async (line: string) => {
    const mine = asked++
    socket.send(line)
    await Promise.race([
      replies.until(() => replies.all.length > mine),
      closed.then((code) => {
        if (replies.all.length <= mine) throw new Error(`the control door closed (${code}) instead of answering ${line}`)
      }),
    ])
    return replies.all[mine] as string
  }
  return { ask, socket, closed, status: async () => JSON.parse((await ask('status')).replace(/^ok /, '')) as StatusPicture }
}

/** The control door of a program that was started with `--control 0`. */
export async function controlOf(station: Program): Promise<Control> {
  const [, address = ''] = await station.said(/"control":"([^"]+)"/)
  return control(`ws://${address}`)
}
