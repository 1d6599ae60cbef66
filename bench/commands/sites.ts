import type { Command } from 'commander'
import { databaseFlag } from './server-flags.ts'
import type { Terminal } from './terminal.ts'

interface SitesFlags {
  readonly database: string | undefined
}

/** `pilotwire-bench sites import FILE` and `sites verify [FILE]`. */
export function addSites(program: Command, terminal: Terminal): void {
  const parts = ({ database }: SitesFlags) => ({ database, environment: terminal.environment, print: terminal.print })
  const sites = program
    .command('sites')
    .description('Sites and the chargers that stand there, from a file.')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .exitOverride()
  databaseFlag(
    sites
      .command('import')
      .description('Takes sites and chargers of a file into the database; those that are there already become what the file says.')
      .argument('<file>', 'YAML, JSON or GeoJSON, or a name of those that come along: jeju')
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', '\nExit codes: 0 they are in, 2 the file or the database cannot be read; then nothing was changed.')
      .exitOverride(),
  ).action(async (file: string, flags: SitesFlags) => {
    const { runImport } = await import('../sites/run.ts')
    terminal.exitWith(await runImport(file, parts(flags)))
  })
  databaseFlag(
    sites
      .command('verify')
      .description('Checks a file, or what is in the database: every charger known, placed and connected.')
      .argument('[file]', 'YAML, JSON or GeoJSON, or a name; the database when left out')
      .helpOption('-h, --help', 'print this help')
      .addHelpText('after', '\nExit codes: 0 nothing to say, 1 something should be looked at, 2 the file or the database cannot be read.')
      .exitOverride(),
  ).action(async (file: string | undefined, flags: SitesFlags) => {
    const { runVerify } = await import('../sites/run.ts')
    terminal.exitWith(await runVerify(file, parts(flags)))
  })
}
