import type { Timer } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { type MqttClient, mqttClient } from '../../base/mqtt/client.ts'
import type { DialMqtt, MqttMessage } from '../../base/mqtt/session.ts'
import { type Millis, millis, seconds } from '../../base/units.ts'
import { rounded } from '../../core/figures.ts'
import type { SessionSummary } from '../../core/sessions.ts'
import type { LocalPorts } from '../ports.ts'
import { stationOf } from '../rest/station-picture.ts'
import { announcer } from './announcer.ts'
import { discoveryMessage, discoveryTopic } from './discovery.ts'
import { watchEvents } from './events.ts'
import { receiver } from './receiver.ts'
import { scalarRows } from './scalars.ts'
import { slugOf, type Topics, topicsOf } from './topics.ts'

/** How it is set up. */
export interface MqttDoorOptions {
  readonly clientId: string | undefined
  /** Topics begin with `base/id/`. */
  readonly base: string
  /** Home Assistant is told; false: and what it was told is taken back. */
  readonly discovery: boolean
  readonly discoveryPrefix: string
  /** Of a current_limit without an end of its own, s; undefined: it stays. */
  readonly limitTtlS: number | undefined
}

export interface MqttDoorParts {
  readonly ports: LocalPorts
  readonly dial: DialMqtt
  readonly log: Log
  /** Uniform in 0..1. */
  readonly chance: () => number
}

export interface MqttDoor {
  readonly client: MqttClient
  /** Says `offline`, and goes. */
  close(): Promise<void>
}

/** What was held back for its rest is looked at again so often. */
const lookEvery: Millis = seconds(1)
/** A core that changes more often than this is looked at once. */
const lookRest: Millis = millis(100)
const everythingEvery: Millis = seconds(30)
/** After Home Assistant's birth, once to twice of it: all devices of a house hear it at once. */
const birthRest: Millis = seconds(2)

const retained = { isRetained: true, isSure: true } as const
const passing = { isRetained: false, isSure: true } as const

/** The station at an MQTT broker. It asks the core and is never asked: a broker that is away, slow or hostile changes nothing in the house. */
export function openMqttDoor({ ports, dial, log, chance }: MqttDoorParts, options: MqttDoorOptions): MqttDoor {
  const { context } = ports
  const { chargePoint, clock, stationId } = context
  const topics = topicsOf(options.base, stationId)
  const client = mqttClient({
    dial,
    clientId: options.clientId ?? `pilotwire-${slugOf(stationId)}`,
    will: { topic: topics.availability, payload: 'offline' },
    clock,
    log,
    chance,
  })
  const picture = pictureTo(client, ports, topics)
  const discover = () => {
    const message = options.discovery ? JSON.stringify(discoveryMessage(stationOf(ports), topics, ports.machine.cpuCelsius() !== undefined)) : ''
    client.publish(discoveryTopic(options.discoveryPrefix, stationId), message, retained)
  }
  const everything = () => {
    client.publish(topics.info, JSON.stringify(infoOf(ports)), retained)
    const celsius = rounded(ports.machine.cpuCelsius(), 0)
    if (celsius !== undefined) client.publish(topics.cpuTemperature, String(celsius), { isRetained: true, isSure: false })
    picture.all()
  }
  const greet = () => {
    discover()
    everything()
    // Last: whoever hears it finds everything else there.
    client.publish(topics.availability, 'online', retained)
  }
  const obey = receiver({
    ports,
    limitTtlS: options.limitTtlS,
    clock,
    log,
    tell: (result) => client.publish(topics.result, JSON.stringify({ ...result, at: isoNow(ports) }), passing),
  })
  const births = birthWatch(`${options.discoveryPrefix}/status`, ports, chance, greet)
  for (const topic of topics.commands) client.subscribe({ topic, asPublished: true })
  if (options.discovery) client.subscribe({ topic: births.topic })
  const ends = [
    client.connected.on(greet),
    client.received.on((message) => (message.topic === births.topic ? births.hear(message) : obey(message))),
    chargePoint.changed.on(picture.soon),
    context.link.changed.on(picture.soon),
    watchEvents(chargePoint, (event) => client.publish(topics.event, JSON.stringify({ ...event, at: isoNow(ports) }), passing)),
  ]
  const timers = [clock.every('mqtt looks', lookEvery, picture.soon), clock.every('mqtt says everything', everythingEvery, everything)]
  return {
    client,
    async close() {
      for (const end of ends) end()
      for (const timer of timers) timer.stop()
      births.close()
      picture.close()
      await client.close({ topic: topics.availability, payload: 'offline' })
    },
  }
}

/** Home Assistant says `online` when it has started, and wants to be told everything then. */
function birthWatch(topic: string, { context: { clock } }: LocalPorts, chance: () => number, born: () => void) {
  let timer: Timer | undefined
  return {
    topic,
    hear({ payload, isRetained }: MqttMessage) {
      // A birth that the broker had kept is as old as its last start.
      if (isRetained || new TextDecoder().decode(payload) !== 'online') return
      timer ??= clock.after('mqtt birth', birthRest * (1 + chance()), () => {
        timer = undefined
        born()
      })
    },
    close: () => timer?.stop(),
  }
}

/** Keeps the retained picture at the broker up to date. */
function pictureTo(client: MqttClient, ports: LocalPorts, topics: Topics) {
  const { clock } = ports.context
  const { say, forget } = announcer(client, clock)
  const sessions = newestSessions(ports)
  let timer: Timer | undefined
  /** The snapshot lags behind its scalars for no longer than its own rest. */
  let isSnapshotDue = false
  let snapshotAt: Millis = Number.NEGATIVE_INFINITY
  const look = () => {
    if (!client.isConnected) return
    const station = stationOf(ports)
    let isNews = say(topics.ocppConnected, station.link === 'connected')
    isNews = say(topics.ocppWaiting, station.waiting) || isNews
    const mode = station.site?.mode ?? undefined
    if (mode !== undefined) isNews = say(topics.mode, mode) || isNews
    for (const evse of station.evses)
      for (const { key, step, of } of scalarRows) isNews = say(topics.connector(evse.evse, key), of(evse, sessions.of(evse.evse)), step) || isNews
    isSnapshotDue ||= isNews
    if (!isSnapshotDue || clock.monotonic() - snapshotAt < lookEvery) return
    client.publish(topics.state, JSON.stringify(station), { isRetained: true, isSure: false })
    isSnapshotDue = false
    snapshotAt = clock.monotonic()
  }
  return {
    soon() {
      if (!client.isConnected) return
      timer ??= clock.after('mqtt looks soon', lookRest, () => {
        timer = undefined
        look()
      })
    },
    all() {
      forget()
      snapshotAt = Number.NEGATIVE_INFINITY
      isSnapshotDue = true
      look()
    },
    close() {
      timer?.stop()
      sessions.close()
    },
  }
}

/** The newest session of each outlet: of the one that is over, too. */
function newestSessions({ context: { chargePoint } }: LocalPorts) {
  let newest: Map<number, SessionSummary> | undefined
  const stop = chargePoint.sessions.changed.on((session) => newest?.set(session.evse, session))
  return {
    of(evse: number): SessionSummary | undefined {
      newest ??= new Map(
        chargePoint.sessions
          .page(0, 50)
          .toReversed()
          .map((session) => [session.evse, session]),
      )
      return newest.get(evse)
    },
    close: stop,
  }
}

function infoOf(ports: LocalPorts) {
  const { id, vendor, model, firmware, board, ocpp, url, evses } = stationOf(ports)
  return {
    id,
    vendor,
    model,
    fw: firmware,
    board,
    ocpp: { version: ocpp, url },
    connectors: evses.map(({ evse, maxAmps, phases, isDc }) => ({ connector: evse, max_current: maxAmps, phases, dc: isDc })),
  }
}

function isoNow({ context: { clock } }: LocalPorts): string {
  return new Date(clock.now().epochMs).toISOString()
}
