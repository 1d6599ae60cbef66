import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Listenable } from '../base/signal.ts'
import { type Millis, seconds } from '../base/units.ts'
import type { Socket } from './socket.ts'

export interface HalfOpenOptions {
  readonly clock: Clock
  readonly log: Log
  /** WebSocketPingInterval, ms; 0: no pings. Read before each wait. */
  readonly pingInterval: () => Millis
  /** The ping interval may have changed: the wait for the next ping starts anew. */
  readonly pingIntervalChanged?: Listenable<unknown>
  /** Who is at the other end, for the log; `the central system` by default. */
  readonly other?: string
}

/** Pings, and cuts a connection that does not answer (half-open: OCPP-J errata 3.11). */
export function watchHalfOpen(socket: Socket, options: HalfOpenOptions): () => void {
  const { clock, log } = options
  let timer: Timer | undefined
  let isAwaiting = false
  const waitForPing = () => {
    isAwaiting = false
    timer?.stop()
    timer = undefined
    const interval = options.pingInterval()
    if (interval > 0) timer = clock.after('ping', interval, () => ping(interval))
  }
  const ping = (interval: Millis) => {
    isAwaiting = true
    // At least 10 s for a slow mobile network, at most 30 s for a long interval.
    timer = clock.after('pong timeout', Math.max(seconds(10), Math.min(interval, seconds(30))), () => {
      log.warn({}, `no pong from ${options.other ?? 'the central system'}: the connection is half-open and is cut`)
      socket.terminate()
    })
    socket.ping()
  }
  const alive = () => {
    if (isAwaiting) waitForPing()
  }
  const releases = [socket.pong.on(alive), socket.received.on(alive), options.pingIntervalChanged?.on(waitForPing)]
  waitForPing()
  return () => {
    timer?.stop()
    for (const release of releases) release?.()
  }
}
