import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { silentLog } from '../../src/base/log.ts'
import { readBoard } from '../../src/config/files.ts'
import { stationConfig } from '../../src/config/merge.ts'
import type { StationConfig } from '../../src/config/station.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { type Lives, lives } from '../desk/lives.ts'
import { type Passing, passing, steppedClock } from '../desk/passing.ts'
import { type BenchCentral, benchCentral } from './bench-central.ts'
import { pretendedFiles, realFiles } from './files.ts'
import { resolved } from './names.ts'
import { type HandledNetwork, handledNetwork } from './network.ts'
import { type FrameRecord, frameRecord } from './record.ts'
import type { Behaviour, Scenario } from './scenario.ts'

/** Where and how scenarios are played. */
export interface Stage {
  readonly id: string
  /** Undefined: the central system of the bench, in this process. */
  readonly csms: string | undefined
  readonly time: 'real' | 'simulated'
  /** A station file, for instance with the password. */
  readonly station: string | undefined
  readonly version: string
}

/** One scenario's station, its central system, and the time that passes for them. */
export interface World {
  readonly time: Passing
  readonly record: FrameRecord
  readonly network: HandledNetwork
  readonly lives: Lives
  /** Undefined: another one, behind a URL. */
  readonly central: BenchCentral | undefined
  /** What names stand for. */
  readonly names: Map<string, unknown>
  /** A value with what its names stand for now. @throws Error for a name that stands for nothing yet */
  meant<T>(value: T): T
  close(): void
}

/** @throws ConfigError for a board, settings or a URL that cannot be */
export async function openWorld(scenario: Scenario, stage: Stage): Promise<World> {
  const time = passing(stage.time === 'simulated' ? steppedClock() : undefined)
  const directory = stage.time === 'real' ? mkdtempSync(join(tmpdir(), 'pilotwire-scenario-')) : undefined
  const letGo = () => directory !== undefined && rmSync(directory, { recursive: true, force: true })
  try {
    const config = await configOf(scenario, stage, directory ?? '/nowhere')
    const record = frameRecord(time.clock)
    const names = new Map<string, unknown>([['id', config.id], ...Object.entries(scenario.variables ?? {})])
    const meant = <T>(value: T): T => resolved(value, names, () => station.clock.now().epochMs) as T
    const behaviour = resolved(scenario.csms ?? {}, names, () => time.clock.now().epochMs) as Behaviour
    const central = stage.csms === undefined ? benchCentral(time.clock, config.id, behaviour) : undefined
    const network = handledNetwork(central?.dial ?? dialWebSocket({ log: silentLog }), time.clock)
    const station = lives({
      config,
      time,
      dial: network.dial,
      files: time.isSimulated ? pretendedFiles() : realFiles(config),
      framePassed: record.add,
      disconnected: record.disconnected,
    })
    station.station.link.connect()
    return {
      ...{ time, record, network, central, names, meant },
      lives: station,
      close() {
        network.close()
        station.drop()
        letGo()
      },
    }
  } catch (error) {
    letGo()
    throw error
  }
}

/** The configuration of a scenario's station. @throws ConfigError for a board or a station file that cannot be */
export async function configOf(scenario: Scenario, stage: Stage, directory: string): Promise<StationConfig> {
  const flags = {
    ...(stage.station === undefined ? {} : { station: stage.station }),
    ...{ id: stage.id, csms: stage.csms ?? 'ws://bench.invalid', state: directory, board: 'simulated' },
  }
  const config = await stationConfig(flags, {}, stage.version)
  const settings = scenario.settings ?? {}
  const origins = Object.fromEntries(Object.keys(settings).map((key) => [key, { source: scenario.path, field: `settings.${key}` }]))
  return {
    ...config,
    // A file's place is told from the scenario's.
    board: await readBoard(scenario.board ?? 'simulated', dirname(scenario.path), `${scenario.path}: board`),
    settings: { ...config.settings, ...settings },
    settingsOrigins: { ...config.settingsOrigins, ...origins },
    vendorOptions: { ...config.vendorOptions, ...scenario.vendorOptions },
  }
}
