import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../../src/base/clock.ts'
import { isoOf } from '../../src/base/moment.ts'
import type { Millis } from '../../src/base/units.ts'

export interface Line {
  /** Returns when (ms, monotonic). */
  send(text: string): Millis
  /** The next frame that fits; rejects after `limit` (30 s). */
  next(fits: (frame: Frame) => boolean, limit?: Millis): Promise<Frame>
  /** Every frame from now on. Returns what ends it. */
  each(look: (frame: Frame) => void): () => void
}

export interface Frame {
  readonly type: number
  readonly id: string
  /** Of a CALL. */
  readonly action: string
  readonly payload: unknown
  readonly text: string
  /** When it had come, and when its answer was handed to the socket (ms, monotonic). */
  readonly at: Millis
  readonly answeredAt: Millis
}

export interface Central {
  readonly url: string
  /** The connection of this identity; rejects when there is none within 30 s: its program did not start. */
  line(identity: string): Promise<Line>
  close(): void
}

const longestWait = 30_000

/** A central system that does as little as it can, so that what is measured is the station: it answers at once, checks nothing and logs nothing. */
export async function central(clock: Clock): Promise<Central> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, handleProtocols: () => 'ocpp1.6' })
  const lines = new Map<string, PromiseWithResolvers<Line>>()
  const lineOf = (identity: string) => {
    const known = lines.get(identity) ?? Promise.withResolvers<Line>()
    lines.set(identity, known)
    return known
  }
  server.on('connection', (socket, { url = '' }) => lineOf(url.split('/').at(-1) ?? '').resolve(lineOver(socket, clock)))
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async line(identity) {
      const { promise, reject } = lineOf(identity)
      const patience = clock.after('patience', longestWait, () => reject(new Error(`${identity} did not connect within ${longestWait} ms`)))
      try {
        return await promise
      } finally {
        patience.stop()
      }
    },
    close() {
      for (const each of server.clients) each.terminate()
      server.close()
    },
  }
}

function lineOver(socket: WebSocket, clock: Clock): Line {
  const waiting = new Set<(frame: Frame) => void>()
  let transactions = 0
  const answers: Readonly<Record<string, () => unknown>> = {
    BootNotification: () => ({ status: 'Accepted', currentTime: isoOf(clock.now()), interval: 300 }),
    Heartbeat: () => ({ currentTime: isoOf(clock.now()) }),
    Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }),
  }
  socket.on('message', (data) => {
    const at = clock.monotonic()
    const text = data.toString()
    const [type, id, third, fourth] = JSON.parse(text) as [number, string, unknown, unknown]
    const action = type === 2 ? String(third) : ''
    if (type === 2) socket.send(JSON.stringify([3, id, answers[action]?.() ?? {}]))
    const frame = { type, id, action, payload: type === 2 ? fourth : third, text, at, answeredAt: clock.monotonic() }
    for (const each of [...waiting]) each(frame)
  })
  return {
    send(text) {
      const at = clock.monotonic()
      socket.send(text)
      return at
    },
    each(look) {
      waiting.add(look)
      return () => waiting.delete(look)
    },
    next: (fits, limit = longestWait) =>
      new Promise((resolve, reject) => {
        const look = (frame: Frame) => {
          if (!fits(frame)) return
          waiting.delete(look)
          patience.stop()
          resolve(frame)
        }
        waiting.add(look)
        const patience = clock.after('patience', limit, () => {
          waiting.delete(look)
          reject(new Error(`nothing came within ${limit} ms of what was waited for: ${fits}`))
        })
      }),
  }
}
