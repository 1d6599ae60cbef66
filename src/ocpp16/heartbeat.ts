import type { Clock, Timer } from '../base/clock.ts'
import { epochOf } from '../base/moment.ts'
import { hours, type Millis, seconds } from '../base/units.ts'
import type { Peer } from '../ocpp/peer.ts'
import { Heartbeat } from './messages/core.ts'

/** OCPP 1.6 §4.6: at least one a day even when other messages flow, because its answer sets the clock. */
const rarest = hours(24)

export interface HeartbeatTimer {
  /** Counts anew, with the interval as it is now. */
  restart(): void
  /** One now (TriggerMessage), unless one is under way. */
  send(): void
  stop(): void
}

/** Sends Heartbeat after a time of silence: any frame of ours counts as a sign of life. */
export function heartbeatTimer(parts: {
  readonly peer: Peer
  readonly clock: Clock
  readonly intervalS: () => number
  readonly mayBeat: () => boolean
  /** The time of the central system, ms since 1970. */
  readonly timeTold: (epochMs: number) => void
}): HeartbeatTimer {
  const { peer, clock } = parts
  let timer: Timer | undefined
  let lastBeat = clock.monotonic()
  let isUnderWay = false

  // 0 would flood if it were taken by the letter.
  const interval = (): Millis => (parts.intervalS() === 0 ? rarest : Math.min(seconds(parts.intervalS()), rarest))
  const due = () => Math.min(peer.lastSentAt + interval(), lastBeat + rarest)
  const arm = () => {
    timer?.stop()
    timer = clock.after('heartbeat', Math.max(seconds(1), due() - clock.monotonic()), () => {
      // `restart` comes with the connection.
      if (!parts.mayBeat()) return
      if (clock.monotonic() >= due()) send()
      arm()
    })
  }
  const send = () => {
    // A central system that never answers would find thousands of them in the queue, and transactions behind them.
    if (isUnderWay) return
    isUnderWay = true
    lastBeat = clock.monotonic()
    void peer.call(Heartbeat, {}).then((outcome) => {
      isUnderWay = false
      const epochMs = outcome.kind === 'result' ? epochOf(outcome.payload.currentTime) : undefined
      if (epochMs !== undefined) parts.timeTold(epochMs)
    })
  }
  return { restart: arm, send, stop: () => timer?.stop() }
}
