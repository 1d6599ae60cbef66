import { type Command, Option } from 'commander'
import { systemClock } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import type { FleetOptions } from '../fleet/fleet.ts'
import { type CsmsFlags, runWith, withCsmsFlags } from './csms.ts'
import { whole } from './server-flags.ts'
import type { Terminal } from './terminal.ts'

interface AllFlags extends CsmsFlags {
  readonly stations: number | undefined
  readonly pattern: string
}

/** So many are there when neither a number nor sites say more. */
const few = 3
/** Who comes when nobody says it. */
const usual = 'poisson'
/** More want a process of their own: `pilotwire-bench fleet`. */
const most = 2_000

/** `pilotwire-bench all`. */
export function addAll(program: Command, terminal: Terminal): void {
  const command = program
    .command('all')
    .description('A central system and simulated stations in one process: something to look at. csms and fleet are the same, each by itself.')
    .helpOption('-h, --help', 'print this help')
    .option('--stations <count>', `how many (default: one for each charger of --sites, else ${few})`, whole('stations', 1, most))
    .addOption(new Option('--pattern <file>', 'who comes, and when: a name of those that come along, a file, or none').default(usual))
    .exitOverride()
  withCsmsFlags(command, 'events').action((flags: AllFlags) => runAll(flags, terminal))
}

async function runAll(flags: AllFlags, terminal: Terminal): Promise<void> {
  if (flags.tlsCert !== undefined) throw new ConfigError('--tls-cert', '', 'does not go with all', 'Start csms and fleet by themselves')
  const { patternOf } = await import('../fleet/read-pattern.ts')
  const pattern = flags.pattern === 'none' ? {} : { pattern: await patternOf(flags.pattern) }
  const stations = await stationsOf(flags)
  await runWith(flags, terminal, async ({ ocppUrl = '' }, print) => {
    const { fleet } = await import('../fleet/fleet.ts')
    const running = fleet({
      ...{ clock: systemClock(), csms: ocppUrl, ...stations, ...pattern, ramp: 20 },
      settings: { MeterValueSampleInterval: '10', MeterValuesSampledData: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage' },
      // Where nobody comes by himself, a car comes when it is started from the central system.
      automaticEv: flags.pattern === 'none',
    })
    print(`${stations.stations} stations from ${stations.idOf(1)} to ${stations.idOf(stations.stations)}`)
    if (flags.pattern === usual) print(`Cars come at random, as ${usual} has it; with --pattern steady there is one at each outlet at once`)
    return running.stop
  })
}

async function stationsOf({ sites, stations }: AllFlags): Promise<Pick<FleetOptions, 'stations' | 'idOf' | 'boardOf'>> {
  if (sites === undefined) {
    const { boardMix } = await import('../fleet/config.ts')
    return { stations: stations ?? few, idOf: (n) => `CP-${n}`, boardOf: await boardMix('simulated') }
  }
  const [{ stationsAt }, { readSites }, { sitesPath }] = await Promise.all([
    import('../fleet/at-sites.ts'),
    import('../sites/sites-file.ts'),
    import('../sites/shipped.ts'),
  ])
  return stationsAt(await readSites(sitesPath(sites)), sites, stations)
}
