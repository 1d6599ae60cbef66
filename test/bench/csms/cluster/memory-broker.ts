import { BrokerError, type DialMqtt, type MqttMessage, type MqttSession, type MqttWill } from '../../../../src/base/mqtt/session.ts'
import { type Signal, signal } from '../../../../src/base/signal.ts'

interface Guest {
  readonly received: Signal<MqttMessage>
  readonly lost: PromiseWithResolvers<BrokerError>
  readonly will: MqttWill | undefined
  readonly filters: string[]
}

/** A broker in memory for several clients: retained messages, last wills, `+` and properties of requests. */
export function memoryBroker() {
  const retained = new Map<string, string>()
  const guests = new Set<Guest>()
  const said: { readonly topic: string; readonly payload: string }[] = []
  let isAway = false
  const hand = (guest: Guest, topic: string, payload: string, more: Partial<MqttMessage> = {}) =>
    queueMicrotask(() => {
      if (guests.has(guest)) guest.received.emit({ topic, payload: new TextEncoder().encode(payload), isRetained: false, ...more })
    })
  const publish = (topic: string, payload: string, isRetained: boolean, more: Partial<MqttMessage> = {}) => {
    said.push({ topic, payload })
    if (isRetained && payload === '') retained.delete(topic)
    else if (isRetained) retained.set(topic, payload)
    for (const guest of guests) if (guest.filters.some((filter) => fits(filter, topic))) hand(guest, topic, payload, { ...more, isRetained })
  }
  const cut = (guest: Guest, saysWill: boolean) => {
    if (!guests.delete(guest)) return
    if (saysWill && guest.will !== undefined) publish(guest.will.topic, guest.will.payload, true)
    guest.lost.resolve(new BrokerError('cut', false))
  }
  /** Each process dials its own. */
  const dialler = () => {
    let current: Guest | undefined
    const dial: DialMqtt = async ({ will }) => {
      if (isAway) throw new BrokerError('nothing listens', false)
      const guest: Guest = { received: signal(), lost: Promise.withResolvers(), will, filters: [] }
      current = guest
      guests.add(guest)
      return {
        received: guest.received,
        lost: guest.lost.promise,
        subscribe({ topic }) {
          guest.filters.push(topic)
          for (const [name, payload] of retained) if (fits(topic, name)) hand(guest, name, payload, { isRetained: true })
        },
        publish(topic, payload, { isRetained, respondTo, correlation }, onTaken) {
          if (!guests.has(guest)) return
          publish(topic, payload, isRetained, { ...(respondTo === undefined ? {} : { respondTo }), ...(correlation === undefined ? {} : { correlation }) })
          if (onTaken !== undefined) queueMicrotask(onTaken)
        },
        close: () => void guests.delete(guest),
      } satisfies MqttSession
    }
    return { dial, cut: (saysWill = true) => current !== undefined && cut(current, saysWill) }
  }
  return {
    dialler,
    retained,
    said,
    publish: (topic: string, payload: string, more: Partial<MqttMessage> = {}) => publish(topic, payload, more.isRetained ?? false, more),
    /** Everything it kept is lost, and nobody reaches it. */
    goAway() {
      isAway = true
      retained.clear()
      for (const guest of guests) cut(guest, false)
    },
    comeBack() {
      isAway = false
    },
  }
}

function fits(filter: string, topic: string): boolean {
  const words = topic.split('/')
  const parts = filter.split('/')
  return parts.length === words.length && parts.every((part, at) => part === '+' || part === words[at])
}
