import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { systemClock } from '../src/base/clock.ts'
import { ConfigError } from '../src/base/errors.ts'
import { type Millis, seconds } from '../src/base/units.ts'
import { addAll } from './commands/all.ts'
import { addCsms } from './commands/csms.ts'
import { addDemo } from './commands/demo.ts'
import { addFleet } from './commands/fleet.ts'
import { addRun } from './commands/run.ts'
import { addSites } from './commands/sites.ts'
import type { Terminal } from './commands/terminal.ts'

/** Npm and the terminal both send ctrl-C: what comes so soon is the same one. A later one means that whatever is waited for, for instance a
 *  database that does not answer, is not to be waited for; what was acknowledged is written already. */
const insists = seconds(1)

const terminal: Terminal = {
  version: versionOf(),
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  hasColours: process.stdout.isTTY === true && process.stdout.hasColors(),
  print: (line) => void process.stdout.write(`${line}\n`),
  asked() {
    const ended = new AbortController()
    const clock = systemClock()
    let askedAt: Millis | undefined
    const ask = () => {
      if (askedAt !== undefined && clock.monotonic() - askedAt >= insists) process.exit(130)
      askedAt ??= clock.monotonic()
      ended.abort()
    }
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, ask)
    process.stdout.on('error', () => ended.abort())
    return ended.signal
  },
  exitWith(code) {
    process.exitCode = code
  },
}

// Nobody reads any more: `pilotwire-bench csms --help | head`.
process.stdout.on('error', () => {})

/** `pilotwire-bench`: desk tools around a charge point. Exit codes: 0 asked to stop, 2 bad arguments or a port in use, 130 asked again while it ended. */
const program = new Command('pilotwire-bench')
  .description('Desk tools for Pilotwire.')
  .version(versionOf(), '--version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand(false)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'pilotwire-bench: ').replace(/\n\((Did you mean .*)\)/, '. $1')) })
  .addHelpText('after', '\nExample: pilotwire-bench csms --port 9000, and in another terminal: pilotwire CP-1 ws://localhost:9000')
  .exitOverride()

addCsms(program, terminal)
addSites(program, terminal)
addAll(program, terminal)
addDemo(program, terminal)
addFleet(program, terminal)
addRun(program, terminal)

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
