import { type Command, Option } from 'commander'
import { systemClock } from '../../src/base/clock.ts'
import { type Narration, narrations } from '../csms/console/narrate.ts'
import type { CsmsOptions } from '../csms/run.ts'
import type { BenchStore } from '../csms/store/store.ts'
import { type ServerFlags, serveOptionsOf, withServerFlags } from './server-flags.ts'
import type { Terminal } from './terminal.ts'

export interface CsmsFlags extends ServerFlags {
  readonly journal: string | undefined
  readonly frames: string | undefined
  readonly log: Narration
}

/** `pilotwire-bench csms`. */
export function addCsms(program: Command, terminal: Terminal): void {
  const command = program
    .command('csms')
    .description('A central system for OCPP 1.6 and 2.0.1 with a dashboard: any station may connect, every frame is shown, commands are typed.')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
  withCsmsFlags(command, 'frames').action((flags: CsmsFlags) => runWith(flags, terminal))
}

/** The flags of every command that runs a central system with a console. */
export function withCsmsFlags(command: Command, narration: Narration): Command {
  return withServerFlags(command)
    .option('--journal <file>', 'append every transaction event to this file, a JSON line each')
    .option('--frames <file|->', 'tagged lines of every frame, [SERVER-SEND] and [SERVER-RECV]; - is standard output')
    .addOption(new Option('--log <what>', 'what to print').choices(narrations).default(narration))
}

/** Runs a central system with a console until it is asked to end. @throws ConfigError */
export async function runWith(flags: CsmsFlags, terminal: Terminal, begin?: CsmsOptions['begin']): Promise<void> {
  const options = serveOptionsOf(flags, terminal.environment)
  const prepare = flags.sites === undefined ? undefined : await importOf(flags.sites)
  const { runCsms } = await import('../csms/run.ts')
  await runCsms({
    ...options,
    ...{ clock: systemClock(), version: terminal.version, prepare, begin },
    journal: flags.journal,
    narration: flags.log,
    frames: flags.frames,
    input: terminal.input,
    output: terminal.output,
    hasColours: terminal.hasColours,
    ended: terminal.asked(),
  })
  terminal.input.destroy() // a pipe that stays open would keep the process
}

/** Reads sites at once; what is returned keeps them. @throws ConfigError */
async function importOf(word: string): Promise<(store: Pick<BenchStore, 'sites' | 'chargers'>) => Promise<void>> {
  const [{ sitesPath }, { readSites }, { importPlaces }] = await Promise.all([
    import('../sites/shipped.ts'),
    import('../sites/sites-file.ts'),
    import('../sites/import.ts'),
  ])
  const places = await readSites(sitesPath(word))
  return (store) => importPlaces(places, store, word)
}
