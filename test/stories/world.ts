import { type CentralSystemOptions, centralSystem, type StationFrame } from '../../bench/csms/central-system.ts'
import { buildBoard } from '../../hal/build.ts'
import type { Register } from '../../hal/types.ts'
import { silentLog } from '../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { SimulatedBoard } from '../../src/config/board.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import { type InlineParts, inlineStation } from '../../src/run/inline.ts'
import { openStore } from '../../src/store/open.ts'

export interface WorldOptions {
  readonly board?: SimulatedBoard
  /** Factory values of OCPP keys. */
  readonly settings?: Readonly<Record<string, string>>
  readonly csms?: Partial<CentralSystemOptions>
  readonly everyTick?: boolean
  readonly parts?: Partial<InlineParts>
  /** Leave the link down at first. */
  readonly offline?: boolean
  /** A car hangs on the cable of outlet 1 when the program starts. */
  readonly isPlugged?: boolean
  readonly clock?: SimulatedClock
  /** Where the meters keep their registers; without it they begin at 0 Wh. */
  readonly register?: (evse: number) => Register
}

export const socketBoard: SimulatedBoard = {
  name: 'simulated',
  kind: 'simulated',
  safety: {},
  evses: [{ maxAmps: 32, phases: 3, cable: 'socket', nominalVoltageV: 230, hasVentilation: false }],
}
export const withEvses = (count: number): SimulatedBoard => ({
  ...socketBoard,
  evses: Array.from({ length: count }, () => socketBoard.evses[0] as SimulatedBoard['evses'][number]),
})

/** Comes by itself at any time, and says nothing about a session. */
const background = ['Heartbeat', 'SecurityEventNotification']

/** A whole charge point, its plant and a central system, in one simulated world. */
export async function world(options: WorldOptions = {}) {
  const clock = options.clock ?? simulatedClock()
  const network = memoryNetwork({ clock })
  const csms = centralSystem({ clock, log: silentLog, ...options.csms })
  const frames: StationFrame[] = []
  csms.frames.on((frame) => frames.push(frame))
  network.accepted.on(({ address, socket }) => csms.attach(socket, address.identity))
  const store = options.parts?.store ?? openStore({ directory: undefined, log: silentLog })
  let ids = 0
  const station = inlineStation({
    id: 'CP-1',
    csmsUrl: 'ws://memory',
    built: buildBoard(options.board ?? socketBoard, { clock, ...(options.register === undefined ? {} : { simulated: { register: options.register } }) }),
    settings: options.settings ?? {},
    identity: { vendor: 'Pilotwire', model: 'Simulated', firmwareVersion: '0.0.0' },
    password: undefined,
    bootAfterReconnect: false,
    preBootTransactions: false,
    clock,
    log: silentLog,
    store,
    dial: network.dial,
    chance: () => 0.5,
    newId: () => `id-${++ids}`,
    everyTick: options.everyTick ?? false,
    ...options.parts,
  })
  const { core, built } = station
  const simulation = built.simulation
  if (simulation === undefined) throw new Error('not a simulated board')
  const [plant] = simulation.plants
  if (plant === undefined) throw new Error('a board without outlets')
  if (options.isPlugged === true) plant.plugIn()
  if (options.offline !== true) station.link.connect()
  await clock.advance(seconds(1))
  const until = async (condition: () => boolean, limit: Millis = seconds(120)) => {
    for (let spent = 0; spent < limit && !condition(); spent += 20) await clock.advance(20)
    if (!condition()) throw new Error(`it did not come about within ${limit} ms: ${condition}`)
  }
  /** Requests of the station; without an action all but the background's. */
  const sent = (action?: string) =>
    frames.filter(
      (frame) =>
        frame.kind === 'call' && frame.direction === 'in' && (action === undefined ? !background.includes(frame.action ?? '') : frame.action === action),
    )
  return {
    clock,
    network,
    csms,
    station,
    core,
    plant,
    plants: simulation.plants,
    store,
    frames,
    until,
    sent,
    link: station.link,
    swipe: (card = 'TAG1', evse?: number) => core.present(card, evse),
    status: (evse = 1) => core.view(evse).status,
    /** The actions that the station sent, StatusNotification with its status: `StatusNotification Charging`. */
    story: () => sent().map(({ action, payload }) => (action === 'StatusNotification' ? `${action} ${(payload as { status: string }).status}` : action)),
    /** Statuses of a connector as they were reported. */
    statuses: (connector = 1) =>
      sent('StatusNotification')
        .map(({ payload }) => payload as { connectorId: number; status: string; errorCode: string })
        .filter(({ connectorId }) => connectorId === connector)
        .map(({ status }) => status),
  }
}
export type World = Awaited<ReturnType<typeof world>>
