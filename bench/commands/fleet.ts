import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { whole } from './server-flags.ts'
import type { Terminal } from './terminal.ts'

interface FleetFlags {
  readonly stations: number
  readonly csms: string
  readonly pattern: string
  readonly id: string
  readonly password: string | undefined
  readonly board: string
  readonly ramp: number
  readonly duration: number | undefined
  readonly sampleInterval: number
  readonly set: readonly (readonly [string, string])[] | undefined
  readonly speed: number | undefined
  readonly at: number | undefined
  readonly seed: number
  readonly state: string | undefined
  readonly metrics: number | undefined
  readonly workers: number
}

/** `pilotwire-bench fleet`, and the hidden command of its workers. */
export function addFleet(program: Command, terminal: Terminal): void {
  program
    .command('fleet')
    .description('Whole charge points by the hundred, each the real program on a simulated board, with the cars and faults of a pattern.')
    .helpOption('-h, --help', 'print this help')
    .option('--stations <n>', 'how many', whole('stations', 1, 100_000), 10)
    .option('--csms <url>', 'the central system without the identity, ws://HOST:PORT/PATH', 'ws://127.0.0.1:9000')
    .option('--pattern <name|file>', 'who comes: steady, poisson, commuter, depot-night, or a file of yours', 'poisson')
    .option('--id <template>', 'their identities; {n} is the number, {n:4} with four digits', 'CP-{n:4}')
    .option('--password <template>', 'their passwords (HTTP basic authentication); {n} is the number')
    .option('--board <mix>', 'their boards in turns: simulated:3,simulated-dc@100 is three AC outlets and one DC outlet of 100 kW', 'simulated')
    .option('--ramp <n>', 'so many are switched on each second', rate, 50)
    .option('--duration <time>', 'how long, in the time of the stations: 90s, 3m, 24h (default: until Ctrl-C)', duration)
    .option('--sample-interval <seconds>', 'between two MeterValues of a transaction; 0 for none', whole('sample-interval', 0, 86_400), 60)
    .option('--set <key=value>', 'factory value of an OCPP key; as often as wanted', setting)
    .option('--speed <times>', 'their time flows so many times as fast as the real one', whole('speed', 2, 600))
    .option('--at <HH:MM>', 'time of the day at which it begins, with --speed (default: now)', timeOfDay)
    .option('--seed <n>', 'the same number brings the same cars and faults', whole('seed', 0, 2_147_483_647), 1)
    .option('--state <directory>', 'each station keeps its state in a directory below it (default: in memory)')
    .option('--metrics <port>', 'Prometheus metrics at http://127.0.0.1:PORT/metrics', whole('metrics', 0, 65_535))
    .option('--workers <n>', `processes that share the stations; this computer has ${availableParallelism()} cores`, workers, 1)
    .addHelpText(
      'after',
      '\nExit codes: 0 without errors; 1 with errors (each is named at the end), or without one answer; 2 bad arguments or a pattern that cannot be read.',
    )
    .exitOverride()
    .action(async (flags: FleetFlags, command: Command) => {
      if (flags.at !== undefined && flags.speed === undefined) command.error('error: --at goes with --speed: real time is what it is')
      const ended = terminal.asked()
      const { runFleet } = await import('../fleet/run.ts')
      const code = await runFleet({
        ...flags,
        boards: flags.board,
        settings: { MeterValueSampleInterval: String(flags.sampleInterval), ...Object.fromEntries(flags.set ?? []) },
        stateDirectory: flags.state === undefined ? undefined : resolve(flags.state),
        beginsAtMs: flags.at,
        ...{ password: flags.password, duration: flags.duration, speed: flags.speed, metrics: flags.metrics },
        output: terminal.output,
        ended,
      })
      terminal.exitWith(code)
      // Sockets that a central system keeps half open are no reason to stay.
      process.exit(code)
    })
  program
    .command('fleet-worker', { hidden: true })
    .exitOverride()
    .action(async () => {
      const [{ runWorker }, { spareMemory }, { systemClock }] = await Promise.all([
        import('../fleet/workers.ts'),
        import('../fleet/run.ts'),
        import('../../src/base/clock.ts'),
      ])
      spareMemory()
      runWorker(systemClock())
    })
}

function rate(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value < 0.01 || value > 10_000) throw new InvalidArgumentError('the ramp is a number from 0.01 to 10000.')
  return value
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** ms. */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,6}(?:\.\d+)?)([smhd]?)$/.exec(text) ?? []
  const value = Number(number) * (units[unit === '' ? 's' : unit] ?? 0)
  if (number === '' || value < 1_000) throw new InvalidArgumentError('a duration is a number with its unit, 1s at least: 90s, 3m, 24h, 2d.')
  return value
}

function timeOfDay(text: string): number {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours === undefined) throw new InvalidArgumentError('a time of the day is HH:MM.')
  return (Number(hours) * 60 + Number(minutes)) * 60_000
}

function setting(text: string, before: readonly (readonly [string, string])[] = []): readonly (readonly [string, string])[] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('write KEY=VALUE.')
  return [...before, [key, value]]
}

function workers(text: string): number {
  return whole('workers', 1, availableParallelism())(text)
}
