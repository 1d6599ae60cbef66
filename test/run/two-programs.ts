import { centralSystem, type StationFrame } from '../../bench/csms/central-system.ts'
import { buildBoard } from '../../hal/build.ts'
import type { Clock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { SimulatedBoard } from '../../src/config/board.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import { type CoreParts, type CoreStation, coreStation } from '../../src/run/core.ts'
import { guard } from '../../src/safety/guard.ts'
import { remotePort } from '../../src/safety/remote-port.ts'
import { servePort } from '../../src/safety/serve-port.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { socketBoard } from '../stories/world.ts'
import { type StreamEnd, streamPair } from './stream-pair.ts'

/** A core that runs: the station, and its end of the port. */
export interface LivingCore {
  readonly station: CoreStation
  readonly stream: StreamEnd
  /** As kill -9 has it: nothing is said any more. */
  kill(): void
}

/** Guard and core as they are in two processes, with a stream between them, in simulated time. */
export async function twoPrograms(
  options: { clock?: SimulatedClock; store?: Store; settings?: Readonly<Record<string, string>>; board?: SimulatedBoard; parts?: Pick<CoreParts, 'site'> } = {},
) {
  const clock = options.clock ?? simulatedClock()
  const { board, simulation } = buildBoard(options.board ?? socketBoard, { clock })
  const plant = simulation?.plants[0]
  if (plant === undefined) throw new Error('not simulated')
  const keeper = guard(board, clock, silentLog)
  const server = servePort(keeper, { clock, log: silentLog, board: board.name, isSimulated: true })
  const network = memoryNetwork({ clock })
  const csms = centralSystem({ clock, log: silentLog })
  const frames: StationFrame[] = []
  csms.frames.on((frame) => frames.push(frame))
  network.accepted.on(({ address, socket }) => csms.attach(socket, address.identity))
  const disk = options.store ?? openStore({ directory: undefined, log: silentLog })
  let lives = 0
  /** When the contactor was told to open, as the plant saw it. */
  const openings: Millis[] = []
  let wasClosed = false
  keeper.reported.on(({ contactor, at }) => {
    if (wasClosed && contactor === 'open') openings.push(at)
    wasClosed = contactor === 'closed'
  })
  const startCore = async (): Promise<LivingCore> => {
    const [inner, stream] = streamPair()
    let isAlive = true
    const whileAlive = (run: () => void) => () => void (isAlive && run())
    /** The timers of a process that was killed never ring. */
    const ownClock: Clock = {
      ...clock,
      after: (name, delay, run) => clock.after(name, delay, whileAlive(run)),
      every: (name, period, run) => clock.every(name, period, whileAlive(run)),
    }
    const ready = remotePort(stream, ownClock)
    const refusal = server.take(inner, `core ${++lives}`)
    if (refusal !== undefined) throw new Error(refusal)
    await clock.settle()
    const port = await ready
    // A store that is opened again is not new.
    const store: Store = lives === 1 && options.store === undefined ? disk : (Object.create(disk, { isNew: { value: false } }) as Store)
    const life = lives
    let ids = 0
    const station = coreStation({
      guard: port,
      leaveGuard: port.close,
      id: 'CP-1',
      csmsUrl: 'ws://memory',
      settings: { MeterValueSampleInterval: '10', ...options.settings },
      identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '0.0.0' },
      password: undefined,
      bootAfterReconnect: false,
      preBootTransactions: false,
      clock: ownClock,
      log: silentLog,
      store,
      dial: network.dial,
      chance: () => 0.5,
      newId: () => `life-${life}-${++ids}`,
      ...options.parts,
    })
    station.link.connect()
    return {
      station,
      stream,
      kill() {
        stream.close('now')
        station.drop()
        isAlive = false
      },
    }
  }
  const until = async (condition: () => boolean, limit: Millis = seconds(120)) => {
    for (let spent = 0; spent < limit && !condition(); spent += 20) await clock.advance(20)
    if (!condition()) throw new Error(`it did not come about within ${limit} ms: ${condition}`)
  }
  const sent = (action: string) =>
    frames.filter((frame) => frame.kind === 'call' && frame.direction === 'in' && frame.action === action).map(({ payload }) => payload)
  await clock.advance(seconds(1))
  const core = await startCore()
  await clock.advance(seconds(1))
  return {
    clock,
    plant,
    house: simulation?.house,
    keeper,
    server,
    csms,
    store: disk,
    openings,
    startCore,
    core,
    until,
    sent,
    async charge() {
      plant.plugIn()
      await clock.advance(seconds(2))
      await core.station.core.present('TAG1', 1)
      await until(() => plant.isClosed)
    },
  }
}
