import { expect } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { isoOf } from '../../../src/base/moment.ts'
import { type Millis, minutes, seconds } from '../../../src/base/units.ts'
import type { SimulatedBoard } from '../../../src/config/board.ts'
import type { StopReason } from '../../../src/core/facts.ts'
import { dialWebSocket } from '../../../src/ocpp/websocket.ts'
import { withEvses } from '../../stories/world.ts'
import { type PlayedCentral, playedCentral, type Reply } from './central.ts'
import { type FileDesk, fileDesk } from './files.ts'
import { frameRules } from './frame-rules.ts'
import { type Lives, lives, type Plant } from './lives.ts'
import { type Script, script } from './script.ts'
import { countedDial, traffic } from './traffic.ts'

export interface RigOptions {
  /** Two sockets of 32 A, three phases, when left out. */
  readonly board?: SimulatedBoard
  /** Factory values of OCPP keys, beside those of every case. */
  readonly settings?: Readonly<Record<string, string>>
  /** The station has a directory, and `files` a server for what it fetches and brings. */
  readonly hasFiles?: boolean
}

/** Samples come only where a case asks for them. */
const factory = { MeterValueSampleInterval: '0', ClockAlignedDataInterval: '0' }
/** The station dials again at times that it chooses itself, at most so far apart. */
const longestAbsence = minutes(10)

/** A certification case under way: a whole station in simulated time, and the central system's script. */
export interface Rig extends Script {
  /** BootNotification and the status of each connector, Available unless told. */
  boots(statuses?: Readonly<Record<number, string>>): Promise<void>
  /** Replaces the polite answers to an action, one after the other, the last one for good; none: politeness again. */
  answers(action: string, ...replies: readonly Reply[]): void
  /** Changes keys, each of them Accepted. */
  configures(values: Readonly<Record<string, string>>): Promise<void>
  /** The value of a key as GetConfiguration tells it; undefined: unknown. */
  valueOf(key: string): Promise<string | undefined>
  /** A car on the cable, a card, and energy: Preparing, Authorize, StartTransaction, Charging. Resolves to the transactionId. */
  charges(idTag?: string, connector?: number): Promise<number>
  plugIn(connector?: number): void
  /** Out of the car, and out of the socket as soon as that lets go. */
  unplug(connector?: number): void
  /** Only out of the car. */
  unplugEv(connector?: number): void
  /** A card at the reader, of one connector where it is named. */
  swipe(idTag?: string, connector?: number): void
  plant(connector?: number): Plant
  /** The mains fail and come back. */
  powerCycle(outage?: Millis): Promise<void>
  /** The program ends in good order, and does not begin again before a power cycle. */
  endsFor(reason: StopReason): Promise<void>
  goesOffline(): Promise<void>
  /** Resolves when the station has found it. */
  comesBack(): Promise<void>
  readonly central: PlayedCentral
  /** Only of a case that says `hasFiles`. */
  readonly files: FileDesk
  /** The present program: its core, its connection, its clock. */
  readonly life: Pick<Lives, 'station' | 'clock'>
  /** Wall time as ISO 8601, so many ms from now. */
  time(fromNow?: Millis): string
  /** Nothing is left over, and no frame broke a rule. */
  end(): Promise<void>
  close(): Promise<void>
}

export async function rig(options: RigOptions = {}): Promise<Rig> {
  const road = traffic()
  const rules = frameRules(() => life.clock.monotonic())
  const central = await playedCentral({ traffic: road, now: () => isoOf(life.clock.now()) })
  const desk = options.hasFiles === true ? await fileDesk(road) : undefined
  const life: Lives = lives({
    board: options.board ?? withEvses(2),
    csmsUrl: central.url,
    dial: countedDial(dialWebSocket({ log: silentLog }), { traffic: road, wireOf: () => central.wire, onlooker: rules }),
    traffic: road,
    settings: { ...factory, ...options.settings },
    parts: (user) => (desk === undefined ? {} : { files: desk.ports(user) }),
    begins: rules.begins,
  })
  const said = script({ central, life, road, rules })
  const { expects, asks } = said
  const plant = (connector = 1): Plant => {
    const found = life.plants[connector - 1]
    if (found === undefined) throw new Error(`there is no connector ${connector}`)
    return found
  }
  const swipe: Rig['swipe'] = (idTag = 'TAG1', connector) => void life.station.core.present(idTag, connector)
  return {
    ...said,
    async boots(statuses = {}) {
      await expects('BootNotification', {}, seconds(90))
      for (const connectorId of [0, ...life.plants.map(({ evse }) => evse)])
        await expects('StatusNotification', { connectorId, status: statuses[connectorId] ?? 'Available' })
    },
    answers: central.replies,
    async configures(values) {
      for (const [key, value] of Object.entries(values)) expect([key, await asks('ChangeConfiguration', { key, value })]).toEqual([key, { status: 'Accepted' }])
    },
    async valueOf(key) {
      const { configurationKey = [] } = (await asks('GetConfiguration', { key: [key] })) as { configurationKey?: readonly { value?: string }[] }
      return configurationKey[0]?.value
    },
    async charges(idTag = 'TAG1', connector = 1) {
      plant(connector).plugIn()
      await expects('StatusNotification', { connectorId: connector, status: 'Preparing' })
      swipe(idTag)
      await expects('Authorize', { idTag })
      await expects('StartTransaction', { connectorId: connector, idTag })
      await expects('StatusNotification', { connectorId: connector, status: 'Charging' })
      return central.lastTransaction
    },
    plugIn: (connector) => plant(connector).plugIn(),
    unplug: (connector) => plant(connector).unplug(),
    unplugEv: (connector) => plant(connector).unplugEv(),
    swipe,
    plant,
    powerCycle: (outage = seconds(10)) => life.powerCycle(outage),
    endsFor: life.endsFor,
    async goesOffline() {
      central.listens(false)
      await road.rest(life.clock)
    },
    async comesBack() {
      central.listens(true)
      await said.until('the station connects', () => central.isConnected, longestAbsence)
    },
    central,
    get files() {
      if (desk === undefined) throw new Error('this case has no files')
      return desk
    },
    life,
    time: (fromNow = 0) => new Date(life.clock.now().epochMs + fromNow).toISOString(),
    async end() {
      await said.nothingMore(seconds(2))
    },
    async close() {
      life.end()
      await central.close()
      await desk?.close()
    },
  }
}
