import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

/** A line of a program's log. */
export interface LogLine {
  readonly level?: string
  readonly msg?: string
  readonly [field: string]: unknown
}

/** A program that runs, heard by its log. */
export interface Running {
  readonly child: ChildProcess
  readonly log: readonly LogLine[]
  /** The first line with these words from line `from` on, now or when it comes. Rejects when the program ends before. */
  said(words: string, from?: number): Promise<LogLine>
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export function start(program: string, words: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } })
  const log: LogLine[] = []
  let waiting: (() => boolean)[] = []
  const look = () => {
    waiting = waiting.filter((each) => !each())
  }
  let isEnded = false
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.push(read(line))
    look()
  })
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      isEnded = true
      resolve(code ?? signal ?? 'SIGKILL')
      look()
    })
  })
  return {
    child,
    log,
    ended,
    said: (words, from = 0) =>
      new Promise((resolve, reject) => {
        const isDone = () => {
          const found = log.slice(from).find(({ msg }) => msg?.includes(words))
          if (found !== undefined) resolve(found)
          else if (isEnded) reject(new Error(`the program ended before it said "${words}":\n${log.map((each) => JSON.stringify(each)).join('\n')}`))
          return found !== undefined || isEnded
        }
        if (!isDone()) waiting.push(isDone)
      }),
  }
}

function read(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return { level: 'fatal', msg: line }
  }
}

/** One line to the control door of a core, and its reply. */
export function say(address: string, line: string): Promise<string> {
  const socket = new WebSocket(`ws://${address}`)
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('the control door closed')))
    socket.once('open', () => socket.send(line))
    socket.once('message', (data) => {
      resolve(String(data))
      socket.close()
    })
  })
}

/** What `status` prints of connector 1. */
export interface Picture {
  readonly status: string
  readonly contactor: string
  readonly transactionUuid: string | null
}

export async function pictureAt(address: string): Promise<Picture> {
  const { connectors } = JSON.parse((await say(address, 'status')).replace(/^ok /, '')) as { readonly connectors: readonly Picture[] }
  const [first] = connectors
  if (first === undefined) throw new Error('no connector')
  return first
}
