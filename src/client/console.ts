import type { Clock } from '../base/clock.ts'
import { shownAddress } from '../base/shown-address.ts'
import { asksForHelp, openPrompt, type Prompt, tellRows } from '../local/prompt.ts'
import { ControlConnectionError } from './errors.ts'
import { type Lines, openLines } from './lines.ts'

export interface ConsoleOptions {
  /** `ws://127.0.0.1:9100`; also `127.0.0.1:9100` and `9100`. */
  readonly address: string
  readonly token: string | undefined
  readonly clock: Clock
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly errors: NodeJS.WritableStream
  /** A person sits there. */
  readonly isTerminal: boolean
}

/** A person waits as long as it takes, and ctrl-C ends it. ms */
const anyPatience = 1_000_000_000
const leaving = /^\s*(?:exit|quit|shutdown)\s*$/i

/** The console of a station that runs elsewhere: a line, its reply. A person's connection comes back by itself. On a pipe every line is
 *  answered in its order. Resolves to the exit code: 1 when the door could not be had or was closed, and on a pipe when a line was
 *  answered `error`. */
export async function runConsole(options: ConsoleOptions): Promise<0 | 1> {
  const { clock, errors, isTerminal, token } = options
  const url = urlOf(options.address)
  let lines: Lines
  try {
    lines = await openLines({ url, token, clock, reconnect: isTerminal }, 0)
  } catch (error) {
    if (!(error instanceof ControlConnectionError)) throw error
    errors.write(`pilotwire: ${error.message}\n`)
    return 1
  }
  const end = isTerminal ? await typedInto(lines, url, options) : await pipedInto(lines, options)
  await lines.close()
  if (end.lost !== undefined) errors.write(`pilotwire: ${end.lost}\n`)
  return end.exitCode
}

interface End {
  readonly exitCode: 0 | 1
  /** Why the connection is gone that nobody wanted to leave. */
  readonly lost?: string
}

async function typedInto(lines: Lines, url: string, { input, output }: ConsoleOptions): Promise<End> {
  const usages = await usagesAt(lines)
  const names = usages.map((usage) => usage.split(' ', 1)[0] ?? '')
  let prompt: Prompt | undefined
  const print = (line: string, indent?: number) => prompt?.print(line, indent)
  const left = new Promise<End>((resolve) => {
    const leave = () => resolve({ exitCode: 0 })
    const heard = async (line: string) => {
      if (asksForHelp(line)) return tellRows(await helpAt(lines, usages), print)
      if (line.trim() === '') return
      const reply = await replyTo(lines, line)
      print(reply)
      if (leaving.test(line) && reply.startsWith('ok')) leave()
    }
    prompt = openPrompt({ input, output, isTerminal: true, names: () => names, heard, ended: leave })
  })
  const stopListening = lines.changed.on(({ isOpen, words }) => print(isOpen ? words : `${words}; dialled again and again`))
  print(`Control door ${shownAddress(url)}. Type help for the commands, exit to leave.`)
  const end = await Promise.race([left, lostOf(lines)])
  stopListening()
  prompt?.close()
  return end
}

async function pipedInto(lines: Lines, { input, output }: ConsoleOptions): Promise<End> {
  let exitCode: 0 | 1 = 0
  let isOver = false
  const done = new Promise<End>((resolve) => {
    const leave = () => {
      isOver = true
      resolve({ exitCode })
    }
    const heard = async (line: string) => {
      // What stands behind `exit`, or behind the end of the connection, is not asked any more.
      if (isOver || line.trim() === '') return
      const reply = await replyTo(lines, line)
      output.write(`${reply}\n`)
      if (!reply.startsWith('ok')) exitCode = 1
      else if (leaving.test(line)) leave()
    }
    openPrompt({ input, output, isTerminal: false, names: () => [], heard, ended: leave })
  })
  const end = await Promise.race([done, lostOf(lines)])
  isOver = true
  return end
}

const lostOf = (lines: Lines): Promise<End> => lines.ended.then((lost) => ({ exitCode: 1, lost }))

async function usagesAt(lines: Lines): Promise<readonly string[]> {
  return (await lines.ask('help', anyPatience).catch(() => '')).split('; ')
}

async function helpAt(lines: Lines, usages: readonly string[]) {
  const answers = usages.map(async (usage) => {
    const words = await lines.ask(`help ${usage.split(' ', 1)[0]}`, anyPatience).catch(() => usage)
    return { usage, help: words.startsWith(`${usage}: `) ? words.slice(usage.length + 2) : '' }
  })
  return await Promise.all(answers)
}

/** As the door wrote it; `error` too where there was none. Never rejects. */
async function replyTo(lines: Lines, line: string): Promise<string> {
  try {
    return `ok ${await lines.ask(line, anyPatience)}`.trimEnd()
  } catch (error) {
    return `error ${error instanceof Error ? error.message : String(error)}`
  }
}

function urlOf(address: string): string {
  if (/^\d+$/.test(address)) return `ws://127.0.0.1:${address}`
  return /^[a-z]+:\/\//i.test(address) ? address : `ws://${address}`
}
