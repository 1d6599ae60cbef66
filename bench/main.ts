import { createRequire } from 'node:module'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { systemClock } from '../src/base/clock.ts'
import { ConfigError } from '../src/base/errors.ts'
import { type Narration, narrations } from './csms/narrate.ts'
import { runCsms } from './csms/run.ts'

/** `pilotwire-bench`: desk tools around a charge point. Exit codes: 0 asked to stop, 2 bad arguments or a port in use. */
const program = new Command('pilotwire-bench')
  .description('Desk tools for Pilotwire.')
  .version(versionOf(), '--version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pilotwire-bench: ').replace(/\n\((Did you mean .*)\)/, '. $1')) })
  .addHelpText('after', '\nExample: pilotwire-bench csms --port 9000, and in another terminal: pilotwire CP-1 ws://localhost:9000')
  .exitOverride()

program
  .command('csms')
  .description('A small OCPP 1.6 central system: any station may connect, every frame is shown, commands are typed.')
  .helpOption('-h, --help', 'print this help')
  .option('--host <address>', 'address to listen on; 0.0.0.0 for every one', '127.0.0.1')
  .option('--port <port>', 'port to listen on; 0 for any that is free', number('port', 0, 65_535), 9000)
  .option('--heartbeat <seconds>', 'heartbeat interval told to the stations', number('heartbeat', 0, 2_147_483_647), 300)
  .option('--cards <list>', 'cards that are good, with commas between; every card when left out', (list: string) =>
    list
      .split(',')
      .map((card) => card.trim())
      .filter((card) => card !== ''),
  )
  .option('--journal <file>', 'append every transaction event to this file, a JSON line each')
  .option('--frames <file|->', 'tagged lines of every frame, [SERVER-SEND] and [SERVER-RECV]; - is standard output')
  .addOption(new Option('--log <what>', 'what to print').choices(narrations).default('frames'))
  .exitOverride()
  .action(async (flags: CsmsFlags) => {
    const clock = systemClock()
    const ended = new AbortController()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => ended.abort())
    process.stdout.on('error', () => ended.abort()) // nobody reads any more: `pilotwire-bench csms | head`
    await runCsms({
      clock,
      host: flags.host,
      port: flags.port,
      heartbeat: flags.heartbeat,
      cards: flags.cards,
      journal: flags.journal,
      narration: flags.log,
      frames: flags.frames,
      input: process.stdin,
      output: process.stdout,
      hasColours: process.stdout.isTTY && process.stdout.hasColors(),
      ended: ended.signal,
    })
    process.stdin.destroy() // a pipe that stays open would keep the process
  })

program
  .command('run')
  .description('Play scenarios: what happens at a charge point, and what its central system is expected to make of it.')
  .argument('[file...]', 'scenario files, or names of scenarios that come with Pilotwire')
  .helpOption('-h, --help', 'print this help')
  .option('--list', 'the scenarios that come with Pilotwire, each with its reason')
  .option('--all', 'play all of them')
  .option('--csms <url>', 'the central system without the identity, ws://HOST:PORT/PATH; that of the bench, in this process, when left out')
  .option('--id <id>', 'identity of the charge point', 'CP-1')
  .option('--station <file>', 'station file, for instance with the password of the charge point')
  .addOption(new Option('--time <kind>', 'simulated (with the central system of the bench, when left out) or real').choices(['real', 'simulated']))
  .option('--set <name=value>', 'another value for a variable of the scenarios; as often as wanted', (each: string, before: readonly string[] = []) => [
    ...before,
    each,
  ])
  .option('--junit <file>', 'write the verdicts as JUnit XML')
  .option('--lenient', 'frames that OCPP does not allow are told, and do not fail a scenario')
  .option('--verbose', 'tell every step and every frame')
  .addHelpText('after', '\nExit codes: 0 no scenario failed, 1 some failed, 2 bad arguments or a scenario that cannot be read.')
  .exitOverride()
  .action(async (files: readonly string[], flags: RunFlags) => {
    process.stdout.on('error', () => {}) // nobody reads any more: `pilotwire-bench run --list | head`
    const { runScenarios } = await import('./scenarios/run.ts')
    process.exitCode = await runScenarios({
      files,
      all: flags.all ?? false,
      list: flags.list ?? false,
      csms: flags.csms,
      id: flags.id,
      station: flags.station,
      time: flags.time,
      junit: flags.junit,
      set: flags.set ?? [],
      isVerbose: flags.verbose ?? false,
      isLenient: flags.lenient ?? false,
      version: versionOf(),
      print: (line) => void process.stdout.write(`${line}\n`),
    })
  })

interface RunFlags {
  readonly list?: boolean
  readonly all?: boolean
  readonly csms?: string
  readonly id: string
  readonly station?: string
  readonly time?: 'real' | 'simulated'
  readonly set?: readonly string[]
  readonly junit?: string
  readonly lenient?: boolean
  readonly verbose?: boolean
}

interface CsmsFlags {
  readonly host: string
  readonly port: number
  readonly heartbeat: number
  readonly cards: readonly string[] | undefined
  readonly journal: string | undefined
  readonly frames: string | undefined
  readonly log: Narration
}

function number(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`)
    return value
  }
}

function versionOf(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? 0 : 2 // commander has said why
  else if (error instanceof ConfigError) {
    process.stderr.write(`pilotwire-bench: ${error.message}\n`)
    process.exitCode = 2
  } else throw error
}
