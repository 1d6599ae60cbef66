import type { Clock, Timer } from '../base/clock.ts'
import { type Millis, seconds } from '../base/units.ts'
import type { Settings } from './settings.ts'

/** The time in which a card must find its cable, or a cable its card (OCPP 1.6 §9.1.4, errata 3.20). */
export interface AttemptTimer {
  /** Begins anew. */
  start(): void
  end(): void
}

export function attemptTimer(evse: number, clock: Clock, settings: Settings, over: () => void): AttemptTimer {
  let timer: Timer | undefined
  let off: (() => void) | undefined
  const end = () => {
    timer?.stop()
    off?.()
    off = undefined
  }
  const arm = (begunAt: Millis) => {
    timer?.stop()
    const limit = settings.get('connectionTimeout')
    // 0: it never runs out.
    if (limit === 0) return
    timer = clock.after(`connection time-out ${evse}`, Math.max(0, begunAt + seconds(limit) - clock.monotonic()), () => {
      end()
      over()
    })
  }
  return {
    end,
    start() {
      end()
      const begunAt = clock.monotonic()
      arm(begunAt)
      // A changed limit counts for who waits already, from when they came.
      off = settings.changed.on((name) => {
        if (name === 'connectionTimeout') arm(begunAt)
      })
    },
  }
}
