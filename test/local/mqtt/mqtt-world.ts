import { silentLog } from '../../../src/base/log.ts'
import { newestLines } from '../../../src/base/newest-lines.ts'
import { signal } from '../../../src/base/signal.ts'
import { millis, seconds } from '../../../src/base/units.ts'
import { serviceCommands } from '../../../src/local/maintenance.ts'
import { type MqttDoorOptions, openMqttDoor } from '../../../src/local/mqtt/door.ts'
import { localDoors } from '../../../src/run/host.ts'
import { localPorts } from '../../../src/run/local-ports.ts'
import { siteCommands } from '../../../src/run/site.ts'
import { type FakeBroker, fakeBroker } from '../../base/mqtt/fake-broker.ts'
import { socketBoard, type WorldOptions, world } from '../../stories/world.ts'

export const usualOptions: MqttDoorOptions = {
  clientId: undefined,
  base: 'evse',
  discovery: true,
  discoveryPrefix: 'homeassistant',
  limitTtlS: undefined,
}

export type Line = readonly [fields: Readonly<Record<string, unknown>>, event: string]

/** A whole charge point with its MQTT door at a broker in memory, connected. */
export async function mqttWorld(options: Partial<MqttDoorOptions> = {}, worldOptions: WorldOptions = {}, broker: FakeBroker = fakeBroker()) {
  const w = await world(worldOptions)
  const { clock, station, store } = w
  const config = { id: 'CP-1', defaultTag: 'TAG1', automaticEv: false, board: worldOptions.board ?? socketBoard, stateDirectory: '.' }
  const rows = worldOptions.parts?.site === undefined ? serviceCommands : [...serviceCommands, ...siteCommands]
  const { context, commands } = localDoors(config, { station, hands: undefined }, clock, () => {}, rows)
  const ports = localPorts({ config, station, context, commands, store, lines: newestLines(1_000), logged: signal<string>() })
  const logged: Line[] = []
  const log = {
    ...silentLog,
    info: (...line: Line) => void logged.push(line),
    warn: (...line: Line) => void logged.push(line),
    error: (...line: Line) => void logged.push(line),
  }
  const door = openMqttDoor({ ports, dial: broker.dial, log, chance: () => 0.5 }, { ...usualOptions, ...options })
  await clock.advance(seconds(2))
  const topic = (key: string) => `evse/CP-1/${key}`
  return {
    ...w,
    door,
    ports,
    broker,
    logged,
    topic,
    /** What the broker holds of a connector. */
    held: (key: string, evse = 1) => broker.retained.get(topic(`connector/${evse}/${key}`)),
    /** Sends a command, to the whole charger where `evse` is empty, and tells what became of it. */
    async set(name: string, payload: string | Uint8Array, { evse = '1', isRetained = false } = {}) {
      const before = broker.of(topic('result')).length
      broker.send(topic(evse === '' ? `set/${name}` : `connector/${evse}/set/${name}`), payload, isRetained)
      await clock.advance(millis(200))
      return broker
        .of(topic('result'))
        .slice(before)
        .map((each) => JSON.parse(each) as Readonly<Record<string, unknown>>)
    },
    events: () => broker.of(topic('event')).map((each) => JSON.parse(each) as Readonly<Record<string, unknown>>),
  }
}
/** The same with a car that charges. */
export async function charging(options: Parameters<typeof mqttWorld>[0] = {}) {
  const w = await mqttWorld(options)
  w.plant.plugIn()
  await w.swipe('TAG1')
  await w.until(() => w.status() === 'charging')
  await w.clock.advance(seconds(10))
  return w
}

export type MqttWorld = Awaited<ReturnType<typeof mqttWorld>>
