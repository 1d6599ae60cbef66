import type { Readable, Writable } from 'node:stream'
import { type Log, silentLog } from '../../src/base/log.ts'
import { keepJournal } from './books/journal.ts'
import { benchConsole } from './console/console.ts'
import { keepFrames } from './console/frame-log.ts'
import { coloured, type Paint, plain } from './console/lines.ts'
import { type Narration, narrate, spokenLog } from './console/narrate.ts'
import { databaseWords } from './database.ts'
import { typeable } from './listen.ts'
import { type Served, type ServeOptions, serve } from './serve.ts'

/** `pilotwire-bench csms` without the command line. */
export interface CsmsOptions extends Omit<ServeOptions, 'log' | 'doorLog' | 'notice'> {
  /** Transactions are appended here as JSON lines. */
  readonly journal: string | undefined
  /** What is printed of what happens. */
  readonly narration: Narration
  /** A tagged line of every frame goes to this file, or with `-` to the output. */
  readonly frames?: string | undefined
  /** Done when everything stands, before the first line of what happens; what it returns is undone at the end. */
  readonly begin?: ((served: Served, print: (text: string) => void) => Promise<() => Promise<void>>) | undefined
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly hasColours: boolean
  /** Ends the run beside `quit`: a signal of the process. */
  readonly ended: AbortSignal
}

/** Runs until `quit` or `ended`. @throws ConfigError when a port, the database, the journal or the file of the frames cannot be had */
export async function runCsms(options: CsmsOptions): Promise<void> {
  const { clock, output, input } = options
  const paint = options.hasColours ? coloured : plain
  const { promise: asked, resolve: quit } = Promise.withResolvers<void>()
  options.ended.addEventListener('abort', () => quit(), { once: true })
  if (options.ended.aborted) quit()
  let print = (text: string) => {
    output.write(`${text}\n`)
  }
  const isTerminal = input.isTTY === true && output.isTTY === true
  // The frames tell what the peers do; their log speaks up only where a handler failed.
  const log = (least: 'info' | 'error'): Log => (options.narration === 'silent' ? silentLog : spokenLog(clock, least, paint, (text) => print(text)))
  const notices: string[] = []
  const served = await serve({ ...options, log: log('error'), doorLog: log('info'), notice: (words) => notices.push(words) })
  const { system } = served
  const undo: (() => unknown)[] = [served.close]
  try {
    const journal = options.journal === undefined ? undefined : keepJournal(options.journal, system.transactions, () => clock.now().epochMs)
    undo.push(() => journal?.close())
    undo.push(keepFrames(system, options.frames, (line) => print(line)))
    for (const line of welcome(served, options, notices, paint)) print(line)
    if (isTerminal) print('Type help for what it can do, quit to end.')
    const desk = benchConsole(system, { clock, input, output, isTerminal, paint, quit })
    print = desk.print
    undo.push(desk.close)
    const stopTelling = narrate(system, clock, options.narration, paint, desk.print)
    if (options.begin !== undefined) undo.push(await options.begin(served, desk.print))
    undo.push(stopTelling)
    await asked
  } finally {
    for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last()
  }
}

function welcome({ ocppUrl, dashboardUrl }: Served, { database }: CsmsOptions, notices: readonly string[], paint: Paint): readonly string[] {
  return [
    ...(dashboardUrl === undefined ? [] : [`Dashboard at ${paint('action', typeable(dashboardUrl))}`]),
    ...(ocppUrl === undefined ? [] : [`OCPP 1.6 and 2.0.1 at ${paint('action', typeable(ocppUrl))} (a station adds its id, /CP-1)`]),
    `Kept ${database.url === undefined && database.file === ':memory:' ? '' : 'in '}${databaseWords(database)}`,
    ...notices,
  ]
}
