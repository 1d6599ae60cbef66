import { seconds } from '../base/units.ts'
import type { EvseView } from '../core/charge-point.ts'
import { figuresOf } from '../core/figures.ts'
import type { LocalContext, Session } from './command.ts'
import type { Commands } from './commands.ts'
import { asksForHelp, openPrompt, tellRows } from './prompt.ts'

export interface Console {
  /** Prints a line above the prompt. */
  print(line: string): void
  close(): void
}

/** Between two lines of meter figures while charging. */
const figuresEvery = seconds(10)

/** A prompt: the commands of the table, and what happens as it happens. On a pipe it reads line by line and answers in order.
 *  Ends, and asks the program to stop, at `quit`, ctrl-D (end of input) and ctrl-C. */
export function openConsole(options: {
  readonly commands: Commands
  readonly context: LocalContext
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  /** A person sits there: prompt and line editing. */
  readonly isTerminal: boolean
}): Console {
  const { commands, context, input, output, isTerminal } = options
  const names = commands.rows.map((row) => row.name)
  let isClosed = false
  const prompt = openPrompt({
    input,
    output,
    isTerminal,
    names: () => names,
    async heard(line) {
      const afterwards: (() => void)[] = []
      // The console is the session of whoever started the program: `exit` ends both.
      const session: Session = { end: context.stop, after: (run) => afterwards.push(run) }
      if (asksForHelp(line)) tellRows(commands.rows, print)
      else if (line.trim() !== '') print(await commands.run(line, session))
      for (const run of afterwards) run()
    },
    // An input that was empty from the start (/dev/null) is nobody leaving: the charge point goes on.
    ended: (hasRead) => {
      if (hasRead) context.stop()
    },
  })
  const { print } = prompt
  const close = () => {
    if (isClosed) return
    isClosed = true
    for (const end of stopping) end()
    prompt.close()
  }
  const stopping = [...narrate(context, print), tellLink(context, print)]
  output.on('error', close)
  if (isTerminal) print(`Charge point ${context.stationId}. Type help for the commands, quit to end.`)
  return { print: (line) => print(line), close }
}

/** Prints whether the central system is there; each further try to reach it is no news. */
function tellLink({ link }: LocalContext, print: (line: string) => void): () => void {
  const words = () => (link.state === 'connected' ? 'connected' : link.state === 'disconnected' ? 'disconnected' : 'not connected, dialled again and again')
  let told = link.state === 'connected' ? '' : words()
  return link.changed.on(() => {
    // The first attempt is none of "again and again".
    if (words() === told || (told === 'disconnected' && link.state === 'connecting')) return
    told = words()
    print(`central system: ${told}`)
  })
}

/** Prints what happens at every EVSE. Returns what ends it. */
function narrate({ chargePoint, clock, transactionNumber }: LocalContext, print: (line: string) => void): readonly (() => void)[] {
  const prefix = (evse: number) => (chargePoint.evses.length === 1 ? '' : `${evse}: `)
  const before = new Map<number, EvseView>(chargePoint.evses.map((evse) => [evse, chargePoint.view(evse)]))
  const stopListening = chargePoint.changed.on((view) => {
    for (const line of eventsBetween(before.get(view.evse), view)) print(prefix(view.evse) + line)
    before.set(view.evse, view)
  })
  const figures = clock.every('console figures', figuresEvery, () => {
    for (const evse of chargePoint.evses) {
      const view = chargePoint.view(evse)
      if (view.status === 'charging') print(prefix(evse) + figuresLine(view, chargePoint.meterWh(evse), transactionNumber))
    }
  })
  return [stopListening, () => figures.stop()]
}

function eventsBetween(before: EvseView | undefined, now: EvseView): readonly string[] {
  const lines: string[] = []
  const [was, is] = [before?.transaction, now.transaction]
  if (was !== undefined && was.id !== is?.id) {
    const meterWh = now.report.reading?.importWh
    lines.push(`transaction ended${meterWh === undefined ? '' : `  ${Math.floor(meterWh) - Math.floor(was.meterStartWh)} Wh`}`)
  }
  if (is !== undefined && is.id !== was?.id) lines.push(`transaction started  tag ${is.token}  meter ${Math.floor(is.meterStartWh)} Wh`)
  if (now.waitingToken !== undefined && now.waitingToken !== before?.waitingToken)
    lines.push(`tag ${now.waitingToken} accepted, waiting for the ${now.report.isPlugged ? 'plug to be locked' : 'cable'}`)
  const newFaults = now.faults.filter((each) => before?.faults.includes(each) !== true)
  if (newFaults.length > 0) lines.push(`fault: ${newFaults.join(', ')}`)
  if (now.status !== before?.status) lines.push(`${now.status}${now.info === undefined ? '' : `  (${now.info})`}`)
  return lines
}

/** `charging  3.6 kW  15.9 A  230 V  12 Wh`: energy since the transaction began. */
function figuresLine(view: EvseView, meterWh: number, transactionNumber: LocalContext['transactionNumber']): string {
  const { amps, volts, watts } = figuresOf(view.report.reading)
  const number = view.transaction === undefined ? undefined : transactionNumber(view.transaction.id)
  const figures = [
    watts === undefined ? undefined : `${(watts / 1_000).toFixed(1)} kW`,
    amps === undefined ? undefined : `${amps.toFixed(1)} A`,
    volts === undefined ? undefined : `${volts.toFixed(0)} V`,
    `${(meterWh - (view.transaction?.meterStartWh ?? 0)).toFixed(0)} Wh`,
    number === undefined ? undefined : `transaction ${number}`,
  ]
  return ['charging', ...figures.filter((each) => each !== undefined)].join('  ')
}
