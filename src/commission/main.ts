import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { systemClock } from '../base/clock.ts'
import { ConfigError, DeviceError } from '../base/errors.ts'
import { spokenLog } from '../base/spoken-log.ts'
import { readBoard } from '../config/files.ts'
import type { PortOptions } from './probe/adhoc.ts'
import type { Bench } from './probe/bench.ts'
import { type Relay, relays } from './probe/relay.ts'

/** Streams of the terminal, or of a test. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** The commands of this room, for the program's own help. */
export const commissioning = ['doctor', 'probe', 'safe-state'] as const

/** `pilotwire doctor`, `probe` and `safe-state`: what a builder needs before a car comes. Resolves to the exit code. */
export async function commission(words: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number | Promise<number> = 2
  const program = commands(terminal, (code) => {
    exitCode = code
  })
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)]
  for (const command of all(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'pilotwire: ')),
    })
  }
  try {
    program.parse(words, { from: 'user' })
    return await exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof ConfigError) && !(error instanceof DeviceError)) throw error
    const cause = error instanceof DeviceError && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    terminal.stderr.write(`pilotwire: ${error.message}${cause}\n`)
    return 2
  }
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`a number from ${least} to ${most} is expected.`)
  return value
}

function commands(terminal: Terminal, done: (exitCode: number | Promise<number>) => void): Command {
  const program = new Command('pilotwire').helpCommand(false)
  const command = (of: Command, name: string, description: string) =>
    of.command(name).description(description).usage('[options]').helpOption('--help', 'print this help').allowExcessArguments(false)
  const print = (text: string) => void terminal.stdout.write(text)

  command(program, 'doctor', 'look at this computer and at the wires of a board file: what stands in the way, and what to do about it')
    .option('--board <file|name>', 'what is wired to this computer')
    .option('--json', 'findings as JSON')
    .addHelpText('after', '\nExit code: 0 nothing, 1 warnings, 2 errors. Nothing is switched, no bus is spoken to.\n')
    .action(({ board, json }: { board?: string; json?: boolean }) => done(doctor(board, json === true, print)))
  command(program, 'safe-state', 'put every output of a board OFF without the daemon')
    .requiredOption('--board <file|name>', 'what is wired to this computer')
    .option('--script', 'print a shell script that does it, and needs no Node')
    .action(({ board, script }: { board: string; script?: boolean }) => done(safeState(board, script === true, print)))

  const probe = command(program, 'probe', 'look at one device, before a guard owns it').usage('meter|reader|relay|pilot|i2c|modbus [options]')
  const withBoard = (of: Command) =>
    of.requiredOption('--board <file|name>', 'the board file that names the device').option('--outlet <n>', 'which outlet (default: 1)', whole(1, 64))
  const withPort = (of: Command) =>
    of
      .option('--port <path>', 'serial line, without a board file: /dev/serial/by-id/...')
      .option('--baud <n>', 'bits per second (default: 9600)', whole(300, 921_600))
      .option('--parity <none|even|odd>', 'parity (default: none)')
      .option('--stop-bits <1|2>', 'stop bits (default: 1)', whole(1, 2))
  const onBench = (run: (bench: typeof import('./probe/bench.ts'), of: Bench) => Promise<number>) =>
    done(import('./probe/bench.ts').then((bench) => run(bench, { clock: systemClock(), log: quietLog(terminal), terminal })))

  withPort(command(probe, 'meter', 'read a meter, once or live'))
    .option('--board <file|name>', 'a board file that names the meter')
    .option('--outlet <n>', 'which outlet of it (default: 1)', whole(1, 64))
    .option('--model <name|file>', 'which meter, without a board file; --list lists them')
    .option('--unit <n>', 'its Modbus address (default: 1)', whole(1, 247))
    .option('--live', 'again each second, until ctrl-C')
    .option('--list', 'the meters that are built in')
    .action((options: MeterOptions) => onBench((bench, of) => bench.meter(options, of)))
  withPort(command(probe, 'modbus', 'find who answers on a bus, or read registers'))
    .option('--tcp <host:port>', 'Modbus TCP instead of a serial line')
    .option('--units <from-to>', 'addresses to ask (default: 1-247)')
    .option('--read <input|holding:address:count>', 'registers to print, of --unit')
    .option('--unit <n>', 'whose registers (default: 1)', whole(1, 247))
    .action((options: ModbusOptions) => onBench((bench, of) => bench.modbus(options, of)))
  command(probe, 'i2c', 'find who answers on an I2C bus; nothing is written')
    .option('--bus <n>', 'the N of /dev/i2c-N (default: 1)', whole(0, 255))
    .action(({ bus }: { bus?: number }) => onBench((bench, of) => bench.i2c(bus ?? 1, of)))
  command(probe, 'reader', 'show cards in every format of an idTag, until ctrl-C')
    .requiredOption('--board <file|name>', 'the board file that names the readers')
    .action(({ board }: { board: string }) => onBench((bench, of) => bench.reader(board, of)))
  withBoard(command(probe, 'pilot', 'volts and state of the control pilot, live, until ctrl-C; the contactor stays open'))
    .option('--pwm', 'advertise 6 A, so that the negative half can be seen')
    .action((options: OutletOptions & { pwm?: boolean }) => onBench((bench, of) => bench.pilot(options, of)))
  withBoard(command(probe, 'relay', 'click one output for half a second, after you confirmed it'))
    .argument('<output>', relays.join(', '), (text) => {
      if (!(relays as readonly string[]).includes(text)) throw new InvalidArgumentError(`${relays.join(', ')} are known.`)
      return text as Relay
    })
    .option('--yes', 'do not ask')
    .action((relay: Relay, options: OutletOptions & { yes?: boolean }) => onBench((bench, of) => bench.relay(relay, options, of)))
  return program
}

export interface OutletOptions {
  readonly board: string
  readonly outlet?: number
}
export interface MeterOptions extends PortOptions {
  readonly board?: string
  readonly outlet?: number
  readonly model?: string
  readonly unit?: number
  readonly live?: boolean
  readonly list?: boolean
}
export interface ModbusOptions extends PortOptions {
  readonly tcp?: string
  readonly units?: string
  readonly read?: string
  readonly unit?: number
}

/** What the drivers have to say while a person looks on. */
function quietLog(terminal: Terminal) {
  return spokenLog({ level: 'warn', now: () => systemClock().now().epochMs, print: (line) => void terminal.stderr.write(`${line}\n`) })
}

async function doctor(board: string | undefined, asJson: boolean, print: (text: string) => void): Promise<number> {
  const [{ examine, exitCodeOf, printed }, { thisHost }] = await Promise.all([import('./doctor.ts'), import('./host.ts')])
  const findings = await examine(thisHost(systemClock().now().epochMs), board === undefined ? undefined : await readBoard(board))
  print(asJson ? `${JSON.stringify(findings, undefined, 2)}\n` : printed(findings))
  return exitCodeOf(findings)
}

async function safeState(name: string, asScript: boolean, print: (text: string) => void): Promise<number> {
  const board = await readBoard(name)
  if (board.kind === 'simulated') throw new ConfigError('--board', name, 'is simulated: it has no outputs', 'Name the board file of real wires')
  const { safeStateScript } = await import('../../hal/safe-state/script.ts')
  const script = safeStateScript(board)
  if (asScript) {
    print(script)
    return 0
  }
  const { runScript } = await import('./safe-state.ts')
  return await runScript(script, print)
}
