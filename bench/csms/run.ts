import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../../src/base/clock.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import { centralSystem } from './central-system.ts'
import { benchConsole } from './console.ts'
import { openDoor } from './door.ts'
import { keepFrames } from './frame-log.ts'
import { keepJournal } from './journal.ts'
import { coloured, plain } from './lines.ts'
import { type Narration, narrate, spokenLog } from './narrate.ts'
import { transactionBook } from './transactions.ts'

/** `pilotwire-bench csms` without the command line. */
export interface CsmsOptions {
  readonly clock: Clock
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** s. */
  readonly heartbeat: number
  /** Every card is good when left out. */
  readonly cards: readonly string[] | undefined
  /** Transactions are appended here as JSON lines. */
  readonly journal: string | undefined
  /** What is printed of what happens. */
  readonly narration: Narration
  /** A tagged line of every frame goes to this file, or with `-` to the output. */
  readonly frames?: string | undefined
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Writable & { readonly isTTY?: boolean }
  readonly hasColours: boolean
  /** Ends the run beside `quit`: a signal of the process. */
  readonly ended: AbortSignal
}

/** Runs until `quit` or `ended`. @throws ConfigError when the port, the journal or the file of the frames cannot be had */
export async function runCsms(options: CsmsOptions): Promise<void> {
  const { clock, output, input } = options
  const paint = options.hasColours ? coloured : plain
  const transactions = transactionBook()
  const journal = options.journal === undefined ? undefined : keepJournal(options.journal, transactions, () => clock.now().epochMs)
  let stopFrames = () => {}
  const { promise: asked, resolve: quit } = Promise.withResolvers<void>()
  options.ended.addEventListener('abort', () => quit(), { once: true })
  if (options.ended.aborted) quit()
  let print = (text: string) => {
    output.write(`${text}\n`)
  }
  // The frames tell what the peers do; their log speaks up only where a handler failed.
  const log = (least: 'info' | 'error'): Log => (options.narration === 'silent' ? silentLog : spokenLog(clock, least, paint, (text) => print(text)))
  const system = centralSystem({
    clock,
    log: log('error'),
    transactions,
    heartbeat: options.heartbeat,
    ...(options.cards === undefined ? {} : { cards: options.cards }),
  })
  try {
    stopFrames = keepFrames(system, options.frames, (line) => print(line))
    const door = await openDoor(system, { host: options.host, port: options.port, log: log('info') })
    const isTerminal = input.isTTY === true && output.isTTY === true
    output.write(`OCPP 1.6 central system at ${paint('action', door.url)} (a station adds its id, /CP-1)\n`)
    if (isTerminal) output.write('Type help for what it can do, quit to end.\n')
    const desk = benchConsole(system, { clock, input, output, isTerminal, paint, quit })
    print = desk.print
    const stopNarrating = narrate(system, clock, options.narration, paint, desk.print)
    await asked
    stopNarrating()
    desk.close()
    await door.close()
  } finally {
    stopFrames()
    journal?.close()
  }
}
