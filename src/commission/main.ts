import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { systemClock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import { readBoard } from '../config/files.ts'
import { failureOf } from './failure.ts'
import type { Host } from './host.ts'
import type { Bench, OutletOptions } from './probe/bench.ts'
import type { MeterOptions } from './probe/meter.ts'
import type { ModbusOptions } from './probe/modbus.ts'
import { type Relay, relays } from './probe/relays.ts'
import { oneLine, type Terminal } from './terminal.ts'

/** What tests hand in, in place of this computer. */
export interface Given extends Partial<Omit<Bench, 'terminal'>> {
  readonly host?: Host
}

/** `pilotwire doctor`, `probe` and `safe-state`: what a builder needs before a car comes. Resolves to the exit code: 0, 1 when a device did
 *  not do its part (`doctor`: warnings), 2 for a mistake of the person (`doctor`: errors). */
export async function commission(words: readonly string[], terminal: Terminal, given: Given = {}): Promise<number> {
  let exitCode: number | Promise<number> = 2
  const program = commands({ clock: systemClock(), ...given, terminal }, given.host, (code) => {
    exitCode = code
  })
  const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)]
  for (const command of all(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(`${inOneLine(text)}\n`),
    })
  }
  try {
    program.parse(words, { from: 'user' })
    return await exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const failure = failureOf(error)
    if (failure === undefined) throw error
    terminal.stderr.write(`pilotwire: ${failure.words}\n`)
    return failure.exitCode
  }
}

/** What commander says is wrong, as one line with a remedy. */
function inOneLine(text: string): string {
  return oneLine(text.replace(/^error: /, 'pilotwire: '))
    .replace(/\((Did you mean .*)\)$/, '. $1')
    .replace(/ \./, '.')
    .replace(
      /^pilotwire: required option '--board .*$/,
      'pilotwire: --board: is missing. Name the board file (--board FILE), or one that comes with the package',
    )
    .replace(/^pilotwire: missing required argument 'output'$/, `pilotwire: probe relay: which output? Write one of ${relays.join(', ')}`)
    .replace(/^pilotwire: command-argument value '(.*?)' is invalid for argument '.*?'\. /, 'pilotwire: $1: ')
    .replace(/^pilotwire: option '(--[\w-]+).*?' argument '(.*?)' is invalid\. /, 'pilotwire: $1: $2: ')
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`a number from ${least} to ${most} is expected`)
  return value
}

function command(of: Command, name: string, description: string): Command {
  return of.command(name).description(description).usage('[options]').helpOption('-h, --help', 'print this help').helpCommand(false).allowExcessArguments(false)
}

function commands(bench: Bench, host: Host | undefined, done: (exitCode: number | Promise<number>) => void): Command {
  const program = new Command('pilotwire').helpCommand(false)
  command(program, 'doctor', 'Looks at this computer and at the wires of a board file: what stands in the way, and what to do about it.')
    .option('--board <file|name>', 'what is wired to this computer')
    .option('--json', 'findings as JSON')
    .addHelpText('after', '\nExit code: 0 nothing stands in the way, 1 warnings, 2 errors. Nothing is switched, and no bus is spoken to.\n')
    .action(({ board, json }: { board?: string; json?: boolean }) => done(doctor(board, json === true, bench, host)))
  command(program, 'safe-state', 'Puts every output of a board OFF, without the guard.')
    .requiredOption('--board <file|name>', 'what is wired to this computer')
    .option('--script', 'print a shell script that does it and needs no Node, for ExecStartPre= and ExecStopPost= of the service')
    .addHelpText(
      'after',
      '\nExit code: 0 every output is OFF, 1 one could not be made safe, 2 wrong arguments. Stop the service first: a guard that runs switches on.\n',
    )
    .action(({ board, script }: { board: string; script?: boolean }) => done(safeState(board, script === true, bench)))
  probes(program, bench, done)
  return program
}

function probes(program: Command, bench: Bench, done: (exitCode: Promise<number>) => void): void {
  const probe = command(program, 'probe', 'Looks at one device, before a guard owns it.')
    .usage('meter|reader|relay|pilot|i2c|modbus [options]')
    .addHelpText('after', probeNotes)
  const withBoard = (of: Command) =>
    of.requiredOption('--board <file|name>', 'the board file that names the device').option('--outlet <n>', 'which outlet (default: 1)', whole(1, 64))
  const withLine = (of: Command) =>
    of
      .option('--port <path>', 'serial line: /dev/serial/by-id/...')
      .option('--baud <n>', 'bits per second (default: 9600, or as the meter leaves the factory)', whole(300, 921_600))
      .option('--parity <none|even|odd>', 'parity (default: none, or as the meter leaves the factory)')
      .option('--stop-bits <1|2>', 'stop bits (default: 1, or as the meter leaves the factory)', whole(1, 2))
      .option('--tcp <host:port>', 'Modbus TCP in place of a serial line')

  withLine(
    command(probe, 'meter', 'Reads a meter, once or live.')
      .option('--board <file|name>', 'a board file that names the meter')
      .option('--outlet <n>', 'which outlet of it (default: 1)', whole(1, 64))
      .option('--model <name|file>', 'or which meter, without a board file: one that is built in, or a table of yours (.yaml)')
      .option('--unit <n>', 'its Modbus address (default: as it leaves the factory)', whole(1, 247))
      .option('--live', 'again each second, until ctrl-C')
      .option('--list', 'the meters that are built in'),
  ).action((options: MeterOptions) => done(import('./probe/meter.ts').then(({ probeMeter }) => probeMeter(options, bench))))
  withLine(command(probe, 'modbus', 'Finds who answers on a bus, or prints registers.'))
    .option('--units <from-to>', 'addresses to ask (default: 1-247)')
    .option('--read <input|holding:address:count>', 'print registers instead: input:0x0000:10')
    .option('--unit <n>', 'whose registers (default: 1)', whole(1, 247))
    .action((options: ModbusOptions) => done(import('./probe/modbus.ts').then(({ probeModbus }) => probeModbus(options, bench))))
  command(probe, 'i2c', 'Finds who answers on an I2C bus. Nothing is written.')
    .option('--bus <n>', 'the N of /dev/i2c-N (default: 1)', whole(0, 255))
    .action(({ bus }: { bus?: number }) => done(import('./probe/i2c.ts').then(({ probeI2c }) => probeI2c(bus ?? 1, bench))))
  command(probe, 'reader', 'Shows cards in every format of an idTag, until ctrl-C.')
    .requiredOption('--board <file|name>', 'the board file that names the readers')
    .action(({ board }: { board: string }) => done(import('./probe/reader.ts').then(({ probeReader }) => probeReader(board, bench))))
  withBoard(command(probe, 'pilot', 'Volts and state of the control pilot, live, until ctrl-C. The contactor stays open.'))
    .option('--pwm', 'offer 6 A, so that the negative half can be seen')
    .action((options: OutletOptions & { pwm?: boolean }) => done(import('./probe/pilot.ts').then(({ probePilot }) => probePilot(options, bench))))
  withBoard(command(probe, 'relay', 'Clicks one output for half a second, after you confirmed it.'))
    .usage('<output> [options]')
    .argument('<output>', relays.join(', '), (text) => {
      if (!(relays as readonly string[]).includes(text)) throw new InvalidArgumentError(`is no output. Write one of ${relays.join(', ')}`)
      return text as Relay
    })
    .option('--yes', 'do not ask')
    .action((relay: Relay, options: OutletOptions & { yes?: boolean }) =>
      done(import('./probe/relay.ts').then(({ probeRelay }) => probeRelay(relay, options, bench))),
    )
}

const probeNotes = `
Examples:
  pilotwire probe modbus --port /dev/serial/by-id/usb-FTDI_USB-RS485-if00-port0
  pilotwire probe meter --port /dev/ttyUSB0 --model eastron-sdm630
  pilotwire probe meter --board board.yaml --live
  pilotwire probe relay contactor --board board.yaml

Stop the service first: a device has one user. Every output is OFF afterwards.
Exit code: 0 the device did its part, 1 it did not, 2 wrong arguments or a wrong board file.
"pilotwire probe meter --help" lists the options of one.
`

async function doctor(name: string | undefined, asJson: boolean, { clock, terminal }: Bench, given: Host | undefined): Promise<number> {
  const [{ examine, exitCodeOf, printed }, { thisHost }] = await Promise.all([import('./doctor.ts'), import('./host.ts')])
  const board = name === undefined ? undefined : await readBoard(name)
  const findings = await examine(given ?? (await thisHost(clock.now().epochMs, board)), board)
  terminal.stdout.write(asJson ? `${JSON.stringify(findings, undefined, 2)}\n` : printed(findings))
  return exitCodeOf(findings)
}

async function safeState(name: string, asScript: boolean, { terminal }: Bench): Promise<number> {
  const board = await readBoard(name)
  if (board.kind === 'simulated') throw new ConfigError('--board', '', `${name} is simulated: it has no outputs`, 'Name the board file of real wires')
  const { safeStateScript } = await import('../../hal/safe-state/script.ts')
  const script = safeStateScript(board)
  if (asScript) {
    terminal.stdout.write(script)
    return 0
  }
  const { runScript } = await import('./safe-state.ts')
  return await runScript(script, terminal)
}
