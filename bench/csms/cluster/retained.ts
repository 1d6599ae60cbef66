import type { MqttClient } from '../../../src/base/mqtt/client.ts'

/** What a broker may owe at once; it may ask for little (MQTT 5 §3.2.2.3.3, Receive Maximum; mosquitto's is 20). */
const mostUnconfirmed = 10

/** Keeps retained messages as they ought to be, a few at a time: thousands of stations come at once when a process dies. */
export interface Retained {
  /** It changed: `now` is asked when its turn comes; empty takes it away, undefined leaves it. Of several for one topic the last counts. */
  tell(topic: string, now: () => string | undefined): void
}

/** What waits while there is no broker is told when there is one again. */
export function retained(client: MqttClient): Retained {
  const waiting = new Map<string, () => string | undefined>()
  let unconfirmed = 0
  /** Of which connection a confirmation is. */
  let connection = 0
  const go = () => {
    for (const [topic, now] of waiting) {
      if (!client.isConnected || unconfirmed >= mostUnconfirmed) return
      waiting.delete(topic)
      const payload = now()
      if (payload === undefined) continue
      const of = connection
      unconfirmed++
      client.publish(topic, payload, { isRetained: true, isSure: true }, () => {
        if (of !== connection) return
        unconfirmed--
        go()
      })
    }
  }
  client.connected.on(() => {
    connection++
    unconfirmed = 0
    go()
  })
  return {
    tell(topic, now) {
      waiting.set(topic, now)
      go()
    },
  }
}
