import type { Timer } from '../base/clock.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { type Millis, seconds } from '../base/units.ts'
import { backOff, oncePerReason } from './back-off.ts'
import { type HalfOpenOptions, watchHalfOpen } from './half-open.ts'
import { type Address, type Dial, DialError, type Socket } from './socket.ts'

export { type Address, type Dial, DialError, type Socket } from './socket.ts'

export type LinkState = 'connected' | 'connecting' | 'waiting' | 'disconnected'

/** A connection that comes back by itself. */
export interface Link {
  readonly state: LinkState
  readonly changed: Listenable<LinkState>
  /** The socket was opened (again). */
  readonly opened: Listenable<void>
  readonly received: Listenable<string>
  readonly dropped: Listenable<void>
  /** A dial failed, and why. */
  readonly failed: Listenable<DialError['reason']>
  send(text: string): boolean
  /** Starts connecting, and keeps at it. */
  connect(): void
  /** Closes and stays away until `connect`. `closed` runs once when the connection is gone, a second later at the most. */
  disconnect(closed?: () => void): void
  /** Drops the network for `durationMs`, then connects again; the charge point is not asked. */
  interrupt(durationMs: number): void
  /** Closes this connection and dials again at once, for instance with new credentials. */
  reconnect(): void
}

export interface LinkOptions extends HalfOpenOptions {
  readonly dial: Dial
  /** Read at each attempt: a changed URL or password counts from the next one on. */
  readonly address: () => Address
  /** Uniform in 0..1: the jitter. */
  readonly chance: () => number
  /** The longest that one attempt may take, DNS and TLS included. */
  readonly dialTimeout?: Millis
}

/** A connection that stood this long was a success: the next loss starts again with the shortest wait. A server that
 *  accepts and closes at once is no success, or it would be dialled every few seconds for ever. */
const standingMs = seconds(30)
/** How long a closing handshake may take before the connection is cut. */
const closingMs = seconds(1)

export function link(options: LinkOptions): Link {
  const { clock, log } = options
  const changed = signal<LinkState>()
  const opened = signal<void>()
  const received = signal<string>()
  const dropped = signal<void>()
  const dialFailed = signal<DialError['reason']>()
  const failuresLog = oncePerReason(log)
  let state: LinkState = 'disconnected'
  let socket: Socket | undefined
  let attempt: AbortController | undefined
  let wait: Timer | undefined
  let failures = 0
  let openedAt: Millis = 0
  let release = () => {}

  const enter = (next: LinkState) => {
    if (state === next) return
    state = next
    changed.emit(next)
  }
  /** Forgets whatever is under way: the wait, the attempt, the connection. Returns the connection, detached. */
  const abandon = (): Socket | undefined => {
    wait?.stop()
    wait = undefined
    attempt?.abort()
    attempt = undefined
    release()
    const old = socket
    socket = undefined
    return old
  }
  const dialAfter = (delay: Millis) => {
    wait = clock.after('dial again', delay, () => void dialNow())
    enter('waiting')
  }
  const dialNow = async () => {
    wait = undefined
    const mine = new AbortController()
    attempt = mine
    enter('connecting')
    const limit = clock.after('dial timeout', options.dialTimeout ?? seconds(30), () =>
      mine.abort(new DialError('timeout', 'the central system did not complete the handshake in time')),
    )
    const made = await abortable(options.dial, options.address, mine.signal).then(
      (fresh) => ({ fresh }),
      (error: unknown) => ({ error }),
    )
    limit.stop()
    // Called off in the meantime: a socket that was made all the same is cut.
    if (attempt !== mine) return 'fresh' in made ? made.fresh.terminate() : undefined
    attempt = undefined
    if ('fresh' in made) stand(made.fresh)
    else failed(made.error)
  }
  const failed = (error: unknown) => {
    const delay = backOff(failures++, options.chance())
    failuresLog.tell(error, delay)
    dialAfter(delay)
    dialFailed.emit(error instanceof DialError ? error.reason : 'network')
  }
  const stand = (fresh: Socket) => {
    socket = fresh
    openedAt = clock.monotonic()
    const releases = [fresh.closed.on(lost)]
    release = () => {
      for (const each of releases.splice(0)) each()
    }
    log.info({}, 'connected to the central system')
    enter('connected')
    // A listener may have closed it again: what it did stands. Frames are heard only after everybody knows of the connection.
    if (socket === fresh) opened.emit()
    if (socket === fresh) releases.push(fresh.received.on((text) => received.emit(text)))
    if (socket === fresh) releases.push(watchHalfOpen(fresh, options))
  }
  const lost = (how: { readonly code: number; readonly reason: string }) => {
    if (clock.monotonic() - openedAt >= standingMs) {
      failures = 0
      failuresLog.forget()
    }
    const delay = backOff(failures++, options.chance())
    log.warn({ code: how.code, reason: how.reason, againInMs: Math.round(delay) }, 'connection to the central system lost')
    abandon()
    dialAfter(delay)
    dropped.emit()
  }
  /** Closes in good order, and cuts when the other end does not answer the close. */
  const retire = (old: Socket | undefined, then: () => void) => {
    if (old === undefined) return then()
    const timer = clock.after('closing handshake', closingMs, () => old.terminate())
    old.closed.on(() => {
      timer.stop()
      then()
    })
    old.close(1000, '')
  }

  return {
    get state() {
      return state
    },
    changed,
    opened,
    received,
    dropped,
    failed: dialFailed,
    send: (text) => socket?.send(text) ?? false,
    connect() {
      if (socket !== undefined || attempt !== undefined) return
      wait?.stop()
      void dialNow()
    },
    disconnect(closed = () => {}) {
      const old = abandon()
      enter('disconnected')
      if (old !== undefined) dropped.emit()
      retire(old, closed)
    },
    interrupt(durationMs) {
      const old = abandon()
      dialAfter(durationMs)
      old?.terminate()
      if (old !== undefined) dropped.emit()
    },
    reconnect() {
      if (state === 'disconnected') return
      failures = 0
      const old = abandon()
      // Stands for the attempt to come, until the old connection is gone: `disconnect` can still call it off.
      const coming = new AbortController()
      attempt = coming
      enter('connecting')
      if (old !== undefined) dropped.emit()
      retire(old, () => {
        if (attempt === coming) void dialNow()
      })
    },
  }
}

/** Rejects when the signal aborts, whatever the dial makes of it. A socket that comes too late is cut. */
function abortable(dial: Dial, address: () => Address, abort: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (abort.aborted) return reject(abort.reason)
    abort.addEventListener('abort', () => reject(abort.reason), { once: true })
    const cutLate = (socket: Socket) => (abort.aborted ? socket.terminate() : resolve(socket))
    dial(address(), abort).then(cutLate, reject)
  })
}
