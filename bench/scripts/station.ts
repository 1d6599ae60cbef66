import about from '../../package.json' with { type: 'json' }
import type { Clock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { seconds } from '../../src/base/units.ts'
import { callsOver } from '../../src/client/calls.ts'
import type { StationCommands } from '../../src/client/commands.ts'
import { CommandError } from '../../src/client/errors.ts'
import type { ConnectorPicture, StationPicture } from '../../src/client/picture.ts'
import { readBoard } from '../../src/config/files.ts'
import { stationConfig } from '../../src/config/merge.ts'
import type { StationConfig } from '../../src/config/station.ts'
import { memoryNetwork } from '../../src/ocpp/memory-socket.ts'
import type { Dial, Socket } from '../../src/ocpp/socket.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { type Lives, lives } from '../desk/lives.ts'
import { cameAbout, type Passing, passing, type SimulatedClock } from '../desk/passing.ts'
import { keepNewest, type PassedFrame, passedFrame } from './seen-frames.ts'

export type { StationCommands } from '../../src/client/commands.ts'
export { CommandError } from '../../src/client/errors.ts'
export type { ConnectorPicture, GuardFault, RaisedFault, ServicePicture, StationPicture, Status } from '../../src/client/picture.ts'
export { type SimulatedClock, steppedClock } from '../desk/passing.ts'
export type { PassedFrame, Payload } from './seen-frames.ts'

/** A Reset takes 2 s and what the car takes. */
const startsWithin = seconds(60)

/** A central system in this process: what `pilotwire/csms` starts with the same clock, or whoever takes a connection. */
export interface InProcessCsms {
  attach(socket: Socket, station: string): void
}

export interface StationOptions {
  readonly id: string
  /** Its URL without the id, `ws://127.0.0.1:9000/ocpp`; with `clock` a central system in this process. */
  readonly csms: string | InProcessCsms
  /** `simulated` (a socket of 3 x 32 A) by default, `simulated-2`, `simulated-cable`, `simulated-dc`, `simulated-house`, or the path of such a file. */
  readonly board?: string
  /** Factory values of OCPP keys: `{ MeterValueSampleInterval: '10' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** HTTP basic authentication (security profiles 1 and 2). */
  readonly password?: string
  /** What it says of itself in BootNotification. */
  readonly vendor?: string
  readonly model?: string
  /** Simulated time: nothing happens but while the clock is stepped, which the methods here do for what they wait for. */
  readonly clock?: SimulatedClock
}

/** A whole charge point on a simulated board in this process: the guard, the core and OCPP as in the field; cable, car and card by these
 *  methods. Nothing is written to the disk. `c` is a connector, 1 by default. What the charger refuses rejects with CommandError. */
export interface Station {
  readonly id: string
  /** Dials and keeps at it; resolves when the central system has accepted it. Rejects after `timeoutMs`, 30,000 by default. */
  connect(options?: { readonly timeoutMs?: number }): Promise<void>
  /** Closes the connection and stays away. */
  disconnect(): Promise<void>
  plug(c?: number): Promise<void>
  unplug(c?: number): Promise<void>
  /** Shows a card: starts, stops or cancels. Resolves to what the charger says to it: `started`. */
  tag(idTag?: string, c?: number): Promise<string>
  /** Of connector 1. */
  readonly isCharging: boolean
  /** The register of connector 1. */
  readonly meterWh: number
  readonly isConnected: boolean
  /** Everything it knows of itself. */
  readonly state: StationPicture
  connector(c: number): ConnectorPicture
  /** Every command of the control door. */
  readonly commands: StationCommands
  /** A line as at the control door; resolves to the words after `ok`. */
  run(line: string): Promise<string>
  /** Every frame so far, oldest first. */
  readonly frames: readonly PassedFrame[]
  /** Resolves as soon as the condition holds (in simulated time the clock is stepped). Rejects after `timeoutMs`, 60,000 by default. */
  until(condition: () => boolean, options?: { readonly timeoutMs?: number }): Promise<void>
  /** Ends it as a person would who switches it off: what runs is stopped, and told if that can be. */
  stop(): Promise<void>
}

/** Makes a station, which does not dial yet. Rejects with ConfigError for a board or a setting that is none. */
export async function station(options: StationOptions): Promise<Station> {
  const { csms } = options
  const time = passing(options.clock)
  const frames: PassedFrame[] = []
  const life = lives({
    config: await configOf(options),
    time,
    dial: typeof csms === 'string' ? dialWebSocket({ log: silentLog }) : dialInMemory(csms, time.clock),
    framePassed: (frame) => keepNewest(frames, passedFrame(frame)),
  })
  return playedBy(options.id, life, time, frames)
}

/** What `pilotwire run` would make of it. */
async function configOf({ id, csms, board = 'simulated', settings = {}, password, vendor, model }: StationOptions): Promise<StationConfig> {
  const csmsUrl = typeof csms === 'string' ? csms : 'ws://memory.invalid'
  const config = await stationConfig({ id, csms: csmsUrl, board: 'simulated', state: '/nowhere' }, {}, about.version)
  return {
    ...config,
    board: await readBoard(board, '.', 'board'),
    settings,
    identity: { ...config.identity, vendor: vendor ?? 'Pilotwire', model: model ?? 'Simulated' },
    network: { ...config.network, password: password === undefined ? undefined : new TextEncoder().encode(password) },
  }
}

function playedBy(id: string, life: Lives, time: Passing, frames: readonly PassedFrame[]): Station {
  const state = () => life.station.picture() as unknown as StationPicture
  const connector = (c: number) => {
    const found = state().connectors.find((each) => each.connector === c)
    if (found === undefined) throw new RangeError(`there is no connector ${c}`)
    return found
  }
  const run = async (line: string) => {
    // While a Reset is carried out nobody is there to answer.
    await time.until(() => life.isRunning || life.isOver, startsWithin)
    if (!life.isRunning) throw new CommandError(line, 'the station was stopped')
    return wordsOf(line, await time.during(life.station.run(line)))
  }
  const commands = callsOver(run, 0)
  return {
    id,
    async connect({ timeoutMs = seconds(30) } = {}) {
      life.station.link.connect()
      if (await time.until(() => life.isRunning && life.station.isOnline, timeoutMs)) return
      const { link, door } = life.station
      throw new Error(`${id} is not accepted after ${timeoutMs} ms: the connection is ${link.state}, the registration ${door.registration.state}`)
    },
    disconnect: () => commands.disconnect().then(() => undefined),
    plug: (c) => commands.plugin(c).then(() => undefined),
    unplug: (c) => commands.unplug(c).then(() => undefined),
    tag: (idTag, c) => commands.tag(idTag, c),
    get isCharging() {
      return connector(1).status === 'charging'
    },
    get meterWh() {
      return connector(1).meterWh ?? 0
    },
    get isConnected() {
      return life.isRunning && life.station.link.state === 'connected'
    },
    get state() {
      return state()
    },
    connector,
    commands,
    run,
    frames,
    until: (condition, limits) => cameAbout(time, condition, limits?.timeoutMs ?? seconds(60)),
    stop: () => time.during(life.stop()),
  }
}

/** @throws CommandError for what is not `ok` */
function wordsOf(line: string, reply: string): string {
  if (reply.startsWith('error')) throw new CommandError(line, reply.slice('error '.length))
  return reply.slice('ok '.length)
}

function dialInMemory(csms: InProcessCsms, clock: Clock): Dial {
  const network = memoryNetwork({ clock })
  network.accepted.on(({ address, socket }) => csms.attach(socket, address.identity))
  return network.dial
}
