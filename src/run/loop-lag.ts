import type { Clock } from '../base/clock.ts'
import { type Millis, seconds } from '../base/units.ts'

const lookEvery = seconds(0.5)
/** The worst of the last minute is that of six spans of 10 s. */
const span = seconds(10)
const spans = 6

/** How late the event loop is. Measured from the first question on until nobody has asked for a minute: a charger that is not looked at has
 *  nothing to wake up for. */
export function loopLag(clock: Clock): { worst(): Millis; close(): void } {
  let worst: number[] = []
  let askedAt: Millis = 0
  let stop: (() => void) | undefined
  const start = () => {
    let due = clock.monotonic() + lookEvery
    let spanEnds = clock.monotonic() + span
    worst = [0]
    const timer = clock.every('loop lag', lookEvery, () => {
      const now = clock.monotonic()
      const late = Math.max(0, now - due)
      due = now + lookEvery
      if (now >= spanEnds) {
        worst = [...worst, 0].slice(-spans)
        spanEnds = now + span
      }
      worst[worst.length - 1] = Math.max(worst.at(-1) ?? 0, late)
      if (now - askedAt > span * spans) close()
    })
    stop = timer.stop
  }
  const close = () => {
    stop?.()
    stop = undefined
  }
  return {
    worst() {
      askedAt = clock.monotonic()
      if (stop === undefined) start()
      return Math.max(0, ...worst)
    },
    close,
  }
}
