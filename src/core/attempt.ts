import type { Clock, Timer } from '../base/clock.ts'
import { seconds } from '../base/units.ts'
import type { Settings } from './settings.ts'

/** The time in which a card must find its cable, or a cable its card (OCPP 1.6 §9.1.4, errata 3.20). */
export interface AttemptTimer {
  /** Begins anew. */
  start(): void
  end(): void
}

export function attemptTimer(evse: number, clock: Clock, settings: Settings, over: () => void): AttemptTimer {
  let timer: Timer | undefined
  const end = () => {
    timer?.stop()
    timer = undefined
  }
  return {
    end,
    start() {
      end()
      const limit = settings.get('connectionTimeout')
      // 0: it never runs out.
      if (limit > 0) timer = clock.after(`connection time-out ${evse}`, seconds(limit), over)
    },
  }
}
