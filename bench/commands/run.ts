import { type Command, Option } from 'commander'
import type { Terminal } from './terminal.ts'

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

/** `pilotwire-bench run`. */
export function addRun(program: Command, terminal: Terminal): void {
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
      const { runScenarios } = await import('../scenarios/run.ts')
      const code = await runScenarios({
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
        version: terminal.version,
        print: terminal.print,
      })
      terminal.exitWith(code)
    })
}
