import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll } from 'vitest'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../src/base/clock.ts'
import { isoOf } from '../../src/base/moment.ts'
import { watched } from './watched.ts'

const clock = systemClock()

type Call = readonly [2, string, string, Readonly<Record<string, unknown>>]

/** A central system written by hand, that does to its stations what a test says. */
export interface HostileCentral {
  readonly url: string
  /** The next CALL of this action, counted from `from`. */
  called(action: string, from?: number): Promise<Call>
  readonly calls: readonly Call[]
  /** How many connections were asked for so far. */
  readonly handshakes: readonly IncomingMessage[]
  /** The n-th handshake (from 1). */
  shookHands(count: number): Promise<void>
  /** Sends text or bytes to the station that is connected. */
  send(frame: string | Uint8Array): void
  /** Frames of the station that answer nothing of ours, and answers: everything as it came. */
  readonly texts: readonly string[]
  said(fits: (text: string) => boolean): Promise<string>
  /** From now on nothing is answered, not even a close. */
  stall(): void
  cut(): void
  close(): Promise<void>
}

export interface HostileOptions {
  /** Instead of a WebSocket: the HTTP answer. */
  readonly refuse?: (request: IncomingMessage) => string | undefined
  /** What the handshake picks; default ocpp1.6. */
  readonly subprotocol?: string | false
  /** Runs instead of the usual answer to a CALL; `usual` sends that. */
  readonly answer?: (call: Call, usual: () => void, ws: WebSocket) => void
  readonly connected?: (ws: WebSocket) => void
}

const ends: (() => Promise<void>)[] = []
afterAll(() => Promise.all(ends.map((end) => end())))

export async function hostileCentral(options: HostileOptions = {}): Promise<HostileCentral> {
  const calls = watched<Call>()
  const texts = watched<string>()
  const handshakes = watched<IncomingMessage>()
  let current: WebSocket | undefined
  let isStalled = false
  const picked = options.subprotocol ?? 'ocpp1.6'
  const upgrader = new WebSocketServer({ noServer: true, handleProtocols: () => picked })
  const server = createServer()
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => {})
    handshakes.add(request)
    const refusal = options.refuse?.(request)
    if (refusal !== undefined) return stream.end(refusal)
    upgrader.handleUpgrade(request, stream, head, serve)
  })
  const serve = (ws: WebSocket) => {
    current = ws
    ws.on('error', () => {})
    ws.on('message', (data: RawData) => {
      if (isStalled) return
      texts.add(String(data))
      const frame = JSON.parse(String(data)) as Call
      if (frame[0] !== 2) return
      calls.add(frame)
      const usual = () => ws.send(JSON.stringify([3, frame[1], usualAnswer(frame)]))
      if (options.answer === undefined) usual()
      else options.answer(frame, usual, ws)
    })
    options.connected?.(ws)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  let isClosed = false
  const close = async () => {
    if (isClosed) return
    isClosed = true
    for (const ws of upgrader.clients) ws.terminate()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  ends.push(close)
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: calls.all,
    called: (action, from = 0) => calls.next((call) => call[2] === action, from),
    handshakes: handshakes.all,
    shookHands: (count) => handshakes.until(() => handshakes.all.length >= count),
    send: (frame) => current?.send(frame),
    texts: texts.all,
    said: (fits) => texts.next(fits),
    stall() {
      isStalled = true
      current?.pause()
    },
    cut: () => current?.terminate(),
    close,
  }
}

function usualAnswer([, , action]: Call): object {
  switch (action) {
    case 'BootNotification':
      return { status: 'Accepted', currentTime: isoOf(clock.now()), interval: 300 }
    case 'Heartbeat':
      return { currentTime: isoOf(clock.now()) }
    case 'Authorize':
      return { idTagInfo: { status: 'Accepted' } }
    case 'StartTransaction':
      return { transactionId: 4711, idTagInfo: { status: 'Accepted' } }
    default:
      return {}
  }
}
