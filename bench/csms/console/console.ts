import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import type { Clock } from '../../../src/base/clock.ts'
import { wordsOf } from '../../../src/base/errors.ts'
import { folded } from '../../../src/base/folded.ts'
import type { CentralSystem } from '../central-system.ts'
import { dispatchOver } from '../ocpp/dispatch.ts'
import { effectOf } from './commands.ts'
import type { Paint } from './lines.ts'
import type { Effect } from './reading.ts'
import { answerTo, helpWords, replyTo, stationsWords, transactionsWords } from './replies.ts'

/** Carries out what a line asked for; the words to print, undefined when there are none. `quit` is the caller's. */
export async function carryOut(effect: Effect, system: CentralSystem, paint: Paint): Promise<string | undefined> {
  switch (effect.kind) {
    case 'call':
      return replyTo(effect.station, effect.message, await system.call(effect.station, effect.message, effect.payload), paint)
    case 'ask':
      return answerTo(effect.station, effect.request, await dispatchOver(system)(effect.station, effect.request), paint)
    case 'problem':
      return paint('bad', effect.text)
    case 'show':
      return shown(effect.what, system, paint)
    case 'nothing':
    case 'quit':
      return undefined
  }
}

function shown(what: 'stations' | 'transactions' | 'help', system: CentralSystem, paint: Paint): string {
  switch (what) {
    case 'stations':
      return stationsWords(system.stations, system.transactions.running, paint)
    case 'transactions':
      return transactionsWords(system.transactions.all, paint)
    case 'help':
      return helpWords(paint)
  }
}

export interface BenchConsole {
  /** Prints above the line that is being typed. */
  print(text: string): void
  close(): void
}

export interface BenchConsoleOptions {
  readonly clock: Clock
  readonly input: Readable
  readonly output: Writable
  /** A person types: show a prompt, keep it below what is printed. */
  readonly isTerminal: boolean
  readonly paint: Paint
  /** `quit`, Ctrl-C, or Ctrl-D; a pipe that merely ends leaves the central system running. */
  readonly quit: () => void
}

/** A row of a table (`help`) goes on below its second column. */
function indentOf(line: string): number | undefined {
  return /^ {2}\S.*? {2,}(?=\S)/.exec(stripVTControlCharacters(line))?.[0].length
}

/** Lines in from a person or a pipe; replies out. */
export function benchConsole(system: CentralSystem, options: BenchConsoleOptions): BenchConsole {
  const { clock, input, output, isTerminal, paint, quit } = options
  const lines = createInterface({ input, output: isTerminal ? output : undefined, terminal: isTerminal, prompt: '> ' } as Parameters<typeof createInterface>[0])
  let isOpen = true
  const columns = () => (isTerminal ? (output as Partial<WriteStream>).columns : undefined)
  const print = (text: string) => {
    const rows = text.split('\n').map((line) => folded(line, columns(), indentOf(line)))
    output.write(`${isTerminal && isOpen ? '\r\u001b[K' : ''}${rows.join('\n')}\n`)
    if (isTerminal && isOpen) lines.prompt(true)
  }
  lines.on('line', (line) => {
    const effect = effectOf(line, { now: clock.now().epochMs, stations: system.stations, running: system.transactions.running })
    if (effect.kind === 'quit') return quit()
    carryOut(effect, system, paint).then(
      (reply) => (reply === undefined ? isTerminal && lines.prompt() : print(reply)),
      (error: unknown) => print(paint('bad', wordsOf(error))),
    )
  })
  lines.on('SIGINT', quit)
  lines.on('close', () => {
    const wasOpen = isOpen
    isOpen = false
    if (isTerminal && wasOpen) quit()
  })
  if (isTerminal) lines.prompt()
  return {
    print,
    close() {
      isOpen = false
      lines.close()
    },
  }
}
