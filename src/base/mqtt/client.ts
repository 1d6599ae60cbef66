import type { Clock, Timer } from '../clock.ts'
import { wordsOf } from '../errors.ts'
import type { Log } from '../log.ts'
import { type Listenable, signal } from '../signal.ts'
import { type Millis, seconds } from '../units.ts'
import { BrokerError, type DialMqtt, type MqttDelivery, type MqttFilter, type MqttMessage, type MqttSession, type MqttWill } from './session.ts'

/** Pauses between attempts: doubled from the first to the longest, each shortened by up to half by chance. A broker that was restarted is
 *  found again within the longest of them. */
const firstPause: Millis = 250
const longestPause = seconds(3)
/** A broker that says no will say so again. */
const refusedPause = seconds(30)
/** A connection that held for so long was a good one: the next pause is a short one, and the next loss is told of. */
const goodAfter = seconds(60)
const farewellWithin = seconds(1)

/** A broker that comes and goes. Nothing is kept for it while it is away: whoever publishes says everything anew on `connected`. */
export interface MqttClient {
  readonly isConnected: boolean
  /** Each time: subscriptions are made again, and what was retained may be gone. */
  readonly connected: Listenable<void>
  /** Each time: what was sent and not answered is not answered any more. */
  readonly lost: Listenable<void>
  readonly received: Listenable<MqttMessage>
  subscribe(filter: MqttFilter): void
  /** Nothing happens while there is no connection. @param onTaken with `isSure`: the broker has it */
  publish(topic: string, payload: string, delivery: MqttDelivery, onTaken?: () => void): void
  /** @param farewell the last message, retained: a will is not said by a broker that was told goodbye */
  close(farewell?: MqttWill): Promise<void>
}

export interface MqttClientOptions {
  readonly dial: DialMqtt
  readonly clientId: string
  readonly will?: MqttWill
  readonly clock: Clock
  readonly log: Log
  /** Uniform in 0..1. */
  readonly chance: () => number
}

/** Connects with the next turn of the clock, and again for as long as it is not closed. Never throws. */
export function mqttClient({ dial, clientId, will, clock, log, chance }: MqttClientOptions): MqttClient {
  const connected = signal<void>()
  const lost = signal<void>()
  const received = signal<MqttMessage>()
  const filters: MqttFilter[] = []
  let session: MqttSession | undefined
  /** Until the next attempt, or until the connection has held. */
  let timer: Timer | undefined
  let attempts = 0
  let isClosed = false
  /** What the log knows: the reason, or that there is a connection. One that comes and goes is told of once, until it holds. */
  let told: string | undefined
  let isToldConnected = false
  const again = (error: unknown) => {
    if (isClosed) return
    const words = wordsOf(error)
    if (told !== words) {
      log.warn({ reason: words }, 'no connection to the MQTT broker; it is tried again by itself')
      isToldConnected = false
    }
    told = words
    const isRefusal = error instanceof BrokerError && error.isRefusal
    const pause = isRefusal ? refusedPause : Math.min(longestPause, firstPause * 2 ** Math.min(attempts++, 10))
    timer?.stop()
    timer = clock.after('mqtt connects', pause * (1 - chance() / 2), () => void attempt())
  }
  const attempt = async () => {
    let opened: MqttSession | undefined
    try {
      opened = await dial({ clientId, will })
      use(opened)
    } catch (error) {
      session = undefined
      opened?.close()
      again(error)
    }
  }
  const use = (opened: MqttSession) => {
    if (isClosed) return opened.close()
    session = opened
    timer = clock.after('mqtt holds', goodAfter, () => {
      attempts = 0
      told = undefined
    })
    opened.received.on((message) => received.emit(message))
    void opened.lost.then((error) => {
      if (session !== opened) return
      session = undefined
      lost.emit()
      again(error)
    })
    if (!isToldConnected) log.info({}, 'connected to the MQTT broker')
    isToldConnected = true
    for (const filter of filters) listen(opened, filter)
    connected.emit()
  }
  const listen = (to: MqttSession, filter: MqttFilter) =>
    to.subscribe(filter, (words) => log.warn({ topic: filter.topic, reason: words }, 'the MQTT broker does not let us listen'))
  timer = clock.after('mqtt connects', 0, () => void attempt())
  return {
    get isConnected() {
      return session !== undefined
    },
    connected,
    lost,
    received,
    subscribe(filter) {
      filters.push(filter)
      if (session !== undefined) listen(session, filter)
    },
    publish: (topic, payload, delivery, onTaken) => session?.publish(topic, payload, delivery, onTaken),
    async close(farewell) {
      isClosed = true
      timer?.stop()
      const last = session
      session = undefined
      if (last === undefined) return
      if (farewell !== undefined) await said(last, farewell, clock)
      last.close()
    },
  }
}

/** Resolves when the broker has it, or soon. */
function said(session: MqttSession, { topic, payload }: MqttWill, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after('mqtt farewell', farewellWithin, resolve)
    session.publish(topic, payload, { isRetained: true, isSure: true }, () => {
      timer.stop()
      resolve()
    })
  })
}
