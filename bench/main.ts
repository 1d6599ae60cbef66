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
  .helpOption('--help', 'print this help')
  .helpCommand(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pilotwire-bench: ').replace(/\n\((Did you mean .*)\)/, '. $1')) })
  .addHelpText('after', '\nExample: pilotwire-bench csms --port 9000, and in another terminal: pilotwire CP-1 ws://localhost:9000')
  .exitOverride()

program
  .command('csms')
  .description('A small OCPP 1.6 central system: any station may connect, every frame is shown, commands are typed.')
  .helpOption('--help', 'print this help')
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
      input: process.stdin,
      output: process.stdout,
      hasColours: process.stdout.isTTY && process.stdout.hasColors(),
      ended: ended.signal,
    })
    process.stdin.destroy() // a pipe that stays open would keep the process
  })

interface CsmsFlags {
  readonly host: string
  readonly port: number
  readonly heartbeat: number
  readonly cards: readonly string[] | undefined
  readonly journal: string | undefined
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
