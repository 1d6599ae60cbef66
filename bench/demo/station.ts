import { seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { stationConfig } from '../../src/config/merge.ts'
import { type MemoryNetwork, memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { CentralSystem } from '../csms/central-system.ts'
import { type Lives, lives } from '../desk/lives.ts'
import type { SimulatedClock } from '../desk/passing.ts'

/** A station of the day, in this process and in simulated time: with its memory, its cable and its network. */
export interface DayStation {
  readonly id: string
  /** A line of the control door: `plugin`, `tag CARD`. */
  run(line: string): Promise<string>
  /** The program dies, and begins again two seconds later. */
  crash(): void
  /** The network is there, or is not. */
  connect(isThere: boolean): void
  /** It has told everything that it has to tell. */
  readonly hasToldAll: boolean
  readonly isOnline: boolean
  /** Of its one outlet: `charging`. */
  readonly status: string
  /** W, drawn now. */
  readonly watts: number
  /** Wh, of the meter. */
  readonly registerWh: number
  /** The number of its running transaction; undefined where there is none, or the central system has not given it one. */
  readonly transaction: number | undefined
  drop(): void
}

const settings = {
  MeterValueSampleInterval: '60',
  MeterValuesSampledData: 'Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage',
}

/** Starts a station; it connects by itself. @throws ConfigError for a board that is none */
export async function dayStation(id: string, board: string, clock: SimulatedClock, system: CentralSystem, version: string): Promise<DayStation> {
  const network = memoryNetwork({ clock })
  network.accepted.on(({ address, socket }) => system.attach(socket, address.identity))
  const config = await stationConfig({ id, csms: 'ws://memory.invalid', board: 'simulated', state: '/nowhere' }, {}, version)
  const life = lives({
    config: { ...config, board: await readBoard(board, '.', 'board'), settings },
    time: { clock, isSimulated: true },
    dial: network.dial,
    framePassed: () => {},
  })
  life.station.link.connect()
  return playedBy(id, life, network)
}

function playedBy(id: string, life: Lives, network: MemoryNetwork): DayStation {
  const outlet = () => {
    const [first] = life.station.picture().connectors
    if (first === undefined) throw new Error(`${id} has no outlet`)
    return first
  }
  return {
    id,
    run: (line) => life.station.run(line),
    crash: () => void life.restart('crash', seconds(2)),
    connect(isThere) {
      network.dials(isThere ? 'accept' : 'network')
      if (!isThere) network.cut()
    },
    get hasToldAll() {
      return life.isRunning && life.station.door.reporter.behind === 0
    },
    get isOnline() {
      return life.isRunning && life.station.isOnline
    },
    get status() {
      return life.isRunning ? outlet().status : 'restarting'
    },
    get watts() {
      return outlet().watts ?? 0
    },
    get registerWh() {
      return outlet().meterWh ?? 0
    },
    get transaction() {
      return outlet().transaction ?? undefined
    },
    drop: () => life.drop(),
  }
}
