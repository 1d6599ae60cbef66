import type { Clock } from '../../base/clock.ts'
import type { MqttClient } from '../../base/mqtt/client.ts'
import { type Millis, seconds } from '../../base/units.ts'
import { isNews, type Scalar, type Step } from './scalars.ts'

/** Between two messages of one topic, at least. */
const rest: Millis = seconds(1)

/** Retained topics that are published when there is news. */
export interface Announcer {
  /** True: it was published. What was held back for the sake of the rest is to be said again. */
  say(topic: string, value: Scalar, step?: Step): boolean
  /** The next values are all news. */
  forget(): void
}

export function announcer(client: Pick<MqttClient, 'publish'>, clock: Clock): Announcer {
  const said = new Map<string, { readonly value: Scalar; readonly at: Millis }>()
  return {
    say(topic, value, step) {
      const now = clock.monotonic()
      const before = said.get(topic)
      if (before !== undefined && (now - before.at < rest || !isNews(before.value, value, step))) return false
      said.set(topic, { value, at: now })
      client.publish(topic, String(value), { isRetained: true, isSure: false })
      return true
    },
    forget: () => said.clear(),
  }
}
