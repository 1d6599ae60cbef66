import type { Listenable } from '../signal.ts'

/** What of MQTT the house uses: one connection to a broker, which ends when it is lost. `client.ts` makes the next one. */

/** Where a broker is, and who asks. Passwords and keys never get into logs or errors. */
export interface MqttBroker {
  /** `mqtts`: TLS, with the certificate checked. */
  readonly protocol: 'mqtt' | 'mqtts'
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  /** PEM; the system's authorities count when left out. */
  readonly ca?: string
  /** PEM, both or neither: who we are, for brokers that ask. */
  readonly cert?: string
  readonly key?: string
}

export interface MqttMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** Kept by the broker from before, or published with the retain flag where that is asked for (`MqttFilter.asPublished`). */
  readonly isRetained: boolean
  /** Of a request (MQTT 5 §4.10): the topic that its answer goes to. */
  readonly respondTo?: string
  /** Of a request, and of its answer: tells which belong together. */
  readonly correlation?: string
}

export interface MqttWill {
  readonly topic: string
  readonly payload: string
}

/** What to listen to; `+` and `#` as MQTT has them. */
export interface MqttFilter {
  readonly topic: string
  /** The retain flag comes as its sender set it, and not only on what the broker had kept (MQTT 5, §3.8.3.1; older brokers cannot). */
  readonly asPublished?: boolean
}

export interface MqttSession {
  readonly received: Listenable<MqttMessage>
  /** With the reason; never after `close`. */
  readonly lost: Promise<BrokerError>
  /** @param onRefused with the broker's words: it does not let us listen there */
  subscribe(filter: MqttFilter, onRefused: (words: string) => void): void
  /** @param onTaken with `isSure`: the broker has it */
  publish(topic: string, payload: string, options: MqttDelivery, onTaken?: () => void): void
  close(): void
}

export interface MqttDelivery {
  readonly isRetained: boolean
  /** QoS 1; else 0. */
  readonly isSure: boolean
  /** As in `MqttMessage`; with MQTT 5 alone. Characters up to U+00FF. */
  readonly respondTo?: string
  readonly correlation?: string
  /** s; what is older is not delivered any more. With MQTT 5 alone. */
  readonly expiryS?: number
}

/** Opens one connection. @throws BrokerError in words, without secrets */
export type DialMqtt = (wanted: { readonly clientId: string; readonly will: MqttWill | undefined }) => Promise<MqttSession>

export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  /** The broker knows us, and says no: asking again soon is of no use. */
  readonly isRefusal: boolean
  constructor(words: string, isRefusal: boolean) {
    super(words)
    this.isRefusal = isRefusal
  }
}
