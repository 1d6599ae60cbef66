import { Command, CommanderError } from 'commander'
import { nearest } from '../base/nearest.ts'
import type { Flags } from './merge.ts'

/** `flags`: run a station. `core`: the part of it that speaks to the network. `guard`: the part that owns the hardware.
 *  `ledger`: hand out its facts. `console`: a prompt for a station that runs elsewhere. `password`, `factoryReset`: what the owner does beside a running station. `done`: everything was said already. */
export type Parsed =
  | { readonly kind: 'flags'; readonly flags: Flags }
  | { readonly kind: 'core'; readonly flags: CoreFlags }
  | { readonly kind: 'guard'; readonly options: GuardFlags }
  | { readonly kind: 'ledger'; readonly options: LedgerOptions }
  | { readonly kind: 'password'; readonly options: PasswordOptions }
  | { readonly kind: 'factoryReset'; readonly options: ResetOptions }
  | { readonly kind: 'console'; readonly address: string; readonly options: ConsoleOptions }
  | { readonly kind: 'done'; readonly exitCode: 0 | 2 }

export interface LedgerOptions extends StateOptions {
  readonly undeliverable?: boolean
}

/** Which charge point is meant. */
export interface StateOptions {
  readonly id?: string
  readonly state?: string
}

export interface PasswordOptions extends StateOptions {
  readonly new?: boolean
}

export interface ResetOptions extends StateOptions {
  readonly yes?: boolean
}

export interface ConsoleOptions {
  readonly tokenFile?: string
}

export interface CoreFlags extends Omit<Flags, 'split' | 'respawn'> {
  readonly socket?: string
}

export interface GuardFlags {
  readonly board?: string
  readonly socket?: string
  readonly state?: string
  readonly coreUser?: string
  readonly log?: string
}

interface Output {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** Reads the command line. Help and errors go to `output`. */
export function parseWords(words: readonly string[], version: string, output: Output): Parsed {
  let parsed: Parsed = { kind: 'done', exitCode: 2 }
  const program = pilotwire(version, (found) => {
    parsed = found
  })
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.stdout.write(text),
      writeErr: (text) => output.stderr.write(text),
      outputError: (text, write) => write(inOneLine(text, command.name())),
    })
  }
  try {
    program.parse(words, { from: 'user' })
    return parsed
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { kind: 'done', exitCode: error.exitCode === 0 ? 0 : 2 }
  }
}

/** What commander says is wrong, as one line with a remedy. */
function inOneLine(text: string, command: string): string {
  const line = text
    .replace(/^error: /, 'pilotwire: ')
    .replace(/\n\((Did you mean .*)\)/, '. $1')
    .trimEnd()
  if (command === 'pilotwire' && line.includes('unknown option'))
    return `${line}. Options stand after "run": pilotwire run --id ID --csms ws://HOST:PORT/PATH ...\n`
  if (command === 'run' && line.includes('too many arguments')) return `${line} Write: pilotwire run --id ID --csms ws://HOST:PORT/PATH ...\n`
  return `${line}\n`
}

function pilotwire(version: string, found: (parsed: Parsed) => void): Command {
  const program = new Command('pilotwire')
    .description('A charge point: on a Linux board with real hardware, on the desk with simulated hardware.')
    .usage('<id> <csms-url>\n       pilotwire run [options]')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .argument('[id]', 'identity of the charge point')
    .argument('[csms-url]', 'its central system, without the identity: ws://HOST:PORT/PATH')
    .option('--http <[host:]port>', httpHelp)
    .option('--frames <file|->', framesHelp)
    .enablePositionalOptions() // what stands after "run" is an option of run
    .addHelpText('after', examples)
    .action((id: string | undefined, csms: string | undefined, flags: Pick<Flags, 'http' | 'frames'>, command: Command) => {
      if (id === undefined) {
        command.outputHelp({ error: true })
        return
      }
      if (csms === undefined) {
        const meant = nearest(id, ['run', 'guard', 'core', 'ledger', 'console', 'password', 'factory-reset', ...Object.keys(commissioning)])
        command.error(
          `error: the central system of "${id}" is missing. ${meant === undefined ? `Write: pilotwire ${id} ws://HOST:PORT/PATH` : `Did you mean: pilotwire ${meant}?`}`,
        )
      }
      found({ kind: 'flags', flags: { id, csms: csms as string, console: true, automaticEv: true, ...flags } })
    })
  withStationOptions(program.command('run').description('run one charge point until it is asked to stop'))
    .option('--respawn', 'start again by itself when the central system asks for a Reset')
    .option('--split', 'guard and core as two processes: a core that dies does not interrupt charging')
    .addHelpText('after', runNotes)
    .action((flags: Flags) => found({ kind: 'flags', flags }))
  program
    .command('guard')
    .description('own the hardware, and serve one core on a Unix socket')
    .usage('[options]')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .option('--board <file|name>', 'what is wired to this computer (default: simulated)')
    .option('--socket <path>', 'where a core finds it (default: $RUNTIME_DIRECTORY/guard.sock, or $XDG_RUNTIME_DIR/pilotwire/guard.sock)')
    .option('--core-user <name>', 'a user that may be the core, beside root and the own one')
    .option('--state <dir>', 'directory of the latch of welds and service counters (default: $STATE_DIRECTORY, or ~/.local/state/pilotwire/guard)')
    .option('--log <level>', 'trace, debug, info, warn, error, fatal or silent (default: info)')
    .addHelpText('after', guardNotes)
    .action((options: GuardFlags) => found({ kind: 'guard', options }))
  withStationOptions(program.command('core').description('run everything of a charge point but its guard'))
    .option('--socket <path>', "the guard's socket (default: as with guard)")
    .addHelpText('after', coreNotes)
    .action((flags: CoreFlags) => found({ kind: 'core', flags }))
  withState(program.command('ledger').description('print the facts of a charge point as JSON lines, also while it runs'))
    .option('--undeliverable', 'only what was given up: the central system refused it or never answered')
    .action((options: LedgerOptions) => found({ kind: 'ledger', options }))
  withState(program.command('password').description('print the password of this device (doors.http.login: device)'))
    .option('--new', 'make another one; a station that runs takes it at its next start')
    .action((options: PasswordOptions) => found({ kind: 'password', options }))
  withState(program.command('factory-reset').description('as delivered: settings, lists and passwords go; what was charged stays'))
    .option('--yes', 'do it')
    .action((options: ResetOptions) => found({ kind: 'factoryReset', options }))
  program
    .command('console')
    .description('a prompt for a charge point that runs elsewhere; on a pipe exit code 1 when a line was answered "error"')
    .usage('[options] <ws://HOST:PORT>')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .argument('<url>', 'its control door (pilotwire run --control); a port alone is one of this machine')
    .option('--token-file <file>', 'file that holds the token which the door asks for')
    .action((address: string, options: ConsoleOptions) => found({ kind: 'console', address, options }))
  for (const [name, description] of Object.entries(commissioning)) program.command(name).description(description).usage('[options]').helpOption(false)
  return program
}

function withState(command: Command): Command {
  return command
    .usage('[options]')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .option('--id <id>', 'identity of the charge point')
    .option('--state <dir>', 'its state directory (default: as with run)')
}

/** Read by `src/commission/main.ts`; they stand here to be found. */
const commissioning = {
  doctor: 'what stands in the way on this computer, and what to do about it',
  probe: 'look at one device: meter, reader, relay, pilot, i2c, modbus',
  'safe-state': 'put every output of a board OFF, without the guard',
} as const

const httpHelp = 'HTTP door: the page of the charger and REST; on loopback unless a host is given, which wants a password in the station file'
const framesHelp = 'tagged lines of every OCPP frame, secrets taken out: [OCPP-CALL-SEND], [CHARGER-RECV], ...; - is standard output'

/** What a station is told, in one process or in two. */
function withStationOptions(command: Command): Command {
  return command
    .usage('[options]')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .option('--station <file>', 'station file (YAML): the type of charger and its network; flags override it')
    .option(
      '--board <file|name>',
      'what is wired to this computer: simulated, simulated-2, simulated-cable, simulated-dc, simulated-house, or a file (default: simulated)',
    )
    .option('--id <id>', 'identity of the charge point')
    .option('--csms <url>', 'central system without the identity: ws://HOST:PORT/PATH')
    .option('--ocpp <version>', 'OCPP version (default: 1.6)')
    .option('--state <dir>', 'directory for everything that survives, one per id (default: $STATE_DIRECTORY/ID, or ~/.local/state/pilotwire/ID)')
    .option('--control <[host:]port>', 'control door: a WebSocket, a line in, a line out; on loopback unless a host is given')
    .option('--http <[host:]port>', httpHelp)
    .option('--mqtt <url>', 'MQTT door: state, commands and Home Assistant at a broker, mqtt://HOST:1883')
    .option('--settings <file>', 'JSON object of OCPP keys and values, for a new state directory: {"MeterValueSampleInterval":"10"}')
    .option('--connectors <n>', 'number of connectors, whatever the board says')
    .option('--console', 'a prompt in this terminal')
    .option('--frames <file|->', framesHelp)
    .option('--log <level>', 'trace, debug (every OCPP frame), info, warn, error, fatal or silent (default: info, with a console warn)')
}

const examples = `
Examples:
  A car and a card on the desk, with a prompt to play in ("help" lists its commands) and its page at http://127.0.0.1:8080:
    pilotwire CP001 ws://localhost:9000/ocpp --http 8080

  The same with two connectors, scripted through a WebSocket on port 9100:
    pilotwire run --id CP001 --csms ws://localhost:9000/ocpp --board simulated-2 --control 9100

  A charger in the field:
    pilotwire run --station /etc/pilotwire/station.yaml --id CP001

  Before a car comes: what stands in the way on this computer, one device at a time, every output OFF:
    pilotwire doctor --board bench-native
    pilotwire probe --help
    pilotwire safe-state --board bench-native

"pilotwire run --help" lists all options.
`

const runNotes = `
The charge point connects to CSMS URL + "/" + ID (percent-encoded).
Exit codes: 0 asked to stop, 1 a device cannot be had, 2 bad arguments or configuration, 3 asked to restart (Reset).
Environment: OCPP_LOG_LEVEL, OCPP_LOG_FILE, OCPP_PROTOCOL_DEBUG=1 (whole frames in the log, and their tagged lines beside them), STATE_DIRECTORY.
`

const guardNotes = `
The guard opens no network port and no database. It wants the board's devices and, to tell who speaks to it, the package koffi.
Exit codes: 0 asked to stop, 1 a device cannot be had, 2 bad arguments or configuration, 3 asked to restart (Reset Hard).
`

const coreNotes = `
The board file is read for its name and its network meters; the guard says what is there.
Exit codes: 0 asked to stop, 1 the guard is gone, 2 bad arguments or configuration, 3 asked to restart (Reset).
`
