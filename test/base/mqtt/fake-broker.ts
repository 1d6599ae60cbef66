import {
  BrokerError,
  type DialMqtt,
  type MqttDelivery,
  type MqttFilter,
  type MqttMessage,
  type MqttSession,
  type MqttWill,
} from '../../../src/base/mqtt/session.ts'
import { type Signal, signal } from '../../../src/base/signal.ts'

export interface Published extends MqttDelivery {
  readonly topic: string
  readonly payload: string
}

/** A broker in memory: keeps what is retained, says last wills, and forgets everything when it is restarted. */
export function fakeBroker() {
  const published: Published[] = []
  const retained = new Map<string, string>()
  const filters: MqttFilter[] = []
  let there: { readonly received: Signal<MqttMessage>; readonly lost: PromiseWithResolvers<BrokerError>; readonly will: MqttWill | undefined } | undefined
  let refusal: Error | undefined
  let unheard: string | undefined
  let dialled = 0
  const keep = (topic: string, payload: string) => (payload === '' ? retained.delete(topic) : retained.set(topic, payload))
  const dial: DialMqtt = async ({ will }) => {
    dialled++
    if (refusal !== undefined) throw refusal
    const session = { received: signal<MqttMessage>(), lost: Promise.withResolvers<BrokerError>(), will }
    there = session
    filters.length = 0
    return {
      received: session.received,
      lost: session.lost.promise,
      subscribe(filter, onRefused) {
        filters.push(filter)
        if (unheard === filter.topic) onRefused('Not authorized')
      },
      publish(topic, payload, delivery, onTaken) {
        if (there !== session) return
        published.push({ topic, payload, ...delivery })
        if (delivery.isRetained) keep(topic, payload)
        onTaken?.()
      },
      close() {
        if (there === session) there = undefined
      },
    } satisfies MqttSession
  }
  return {
    dial,
    published,
    retained,
    filters,
    get isConnected() {
      return there !== undefined
    },
    get dialled() {
      return dialled
    },
    /** Payloads of a topic, oldest first. */
    of: (topic: string) => published.filter((each) => each.topic === topic).map(({ payload }) => payload),
    send(topic: string, payload: string | Uint8Array, isRetained = false) {
      there?.received.emit({ topic, payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload, isRetained })
    },
    /** The connection is lost, as by a network cut: the will is said. */
    lose(words = 'cut', isRefusal = false) {
      const session = there
      there = undefined
      if (session?.will !== undefined) keep(session.will.topic, session.will.payload)
      session?.lost.resolve(new BrokerError(words, isRefusal))
    },
    /** Comes back with nothing in memory. */
    restart() {
      this.lose('the broker closed the connection')
      retained.clear()
      published.length = 0
    },
    /** Nobody may listen there. */
    forbid(topic: string) {
      unheard = topic
    },
    /** What the next connections are told; undefined: they are taken. */
    refuse(words: string | undefined, isRefusal = false) {
      refusal = words === undefined ? undefined : new BrokerError(words, isRefusal)
    },
  }
}
export type FakeBroker = ReturnType<typeof fakeBroker>
