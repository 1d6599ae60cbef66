import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { Log } from '../../../src/base/log.ts'
import { seconds } from '../../../src/base/units.ts'

/** A broker full of nonsense must not fill the log too. */
const quietFor = seconds(10)

/** Says what was dropped, and why: the first at once, then how many there were. */
export function refusals(clock: Clock, log: Log): { refuse(topic: string, reason: string): void; close(): void } {
  let timer: Timer | undefined
  let more = 0
  return {
    refuse(topic, reason) {
      if (timer !== undefined) {
        more++
        return
      }
      log.warn({ topic: topic.slice(0, 200), reason: reason.slice(0, 500) }, 'a message at the MQTT broker is dropped')
      timer = clock.after('refusals', quietFor, () => {
        timer = undefined
        if (more > 0) log.warn({ count: more }, 'more messages at the MQTT broker were dropped')
        more = 0
      })
    },
    close: () => timer?.stop(),
  }
}
