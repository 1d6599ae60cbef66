import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { basicAuthorization, connectionUrl, loggable } from './connection-url.ts'
import { type Address, type Dial, DialError, type Socket } from './socket.ts'

/** The largest frame taken, bytes. GetConfiguration of everything stays below 64 KiB; a full local list is sent in parts. */
export const largestFrame = 256 * 1024
/** More than this in the send buffer, bytes: the other end does not read, and memory is not its to fill. */
const largestBacklog = 4 * 1024 * 1024
/** What both ends set on `ws`. Its close timeout is its own timer on a real socket, beside every clock of the house. */
export const socketLimits = { maxPayload: largestFrame, perMessageDeflate: false, closeTimeout: 2_000 } as const

export interface DialWebSocketOptions {
  readonly log: Log
  /** A server that keeps silent for so long during the handshake is given up, ms. The link bounds the whole attempt. */
  readonly handshakeTimeoutMs?: number
}

/** Dials with `ws`: subprotocol required, redirects refused, no compression. */
export function dialWebSocket(options: DialWebSocketOptions): Dial {
  return async (address, abort) => {
    const url = connectionUrl(address)
    if (abort.aborted) throw abort.reason
    options.log.debug({ url: loggable(url), subprotocol: address.subprotocol }, 'dialling')
    return connect(url, address, abort, options)
  }
}

function connect(url: URL, address: Address, abort: AbortSignal, options: DialWebSocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, address.subprotocol, {
      ...socketLimits,
      followRedirects: false,
      handshakeTimeout: options.handshakeTimeoutMs ?? 30_000,
      ...(address.password === undefined ? {} : { headers: { Authorization: basicAuthorization(address.identity, address.password) } }),
    })
    const give = () => {
      reject(abort.reason)
      ws.terminate()
    }
    abort.addEventListener('abort', give, { once: true })
    // The kernel finds a dead peer within minutes even when pings are off.
    ws.once('upgrade', (response) => response.socket.setKeepAlive(true, 60_000))
    ws.once('unexpected-response', (request, response) => {
      reject(refusalOf(response))
      request.destroy()
    })
    ws.once('open', () => {
      abort.removeEventListener('abort', give)
      resolve(socketOver(ws, options.log))
    })
    // Stays for the life of the socket: `ws` reports its errors here first, and one that nobody hears ends the process.
    ws.on('error', (error) => {
      abort.removeEventListener('abort', give)
      reject(dialErrorOf(error))
    })
  })
}

function refusalOf(response: IncomingMessage): DialError {
  const status = response.statusCode ?? 0
  if (status === 401 || status === 403)
    return new DialError('unauthorized', `the central system refuses the credentials (HTTP ${status}): check identity and AuthorizationKey`)
  if (status === 404) return new DialError('notFound', 'the central system does not know this identity or path (HTTP 404)')
  if (status >= 300 && status < 400)
    return new DialError('redirected', `the central system redirects (HTTP ${status}), which is not followed: configure the final URL`)
  return new DialError('http', `the central system answers HTTP ${status} instead of opening a WebSocket`)
}

function dialErrorOf(error: Error): DialError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const words = error.message
  if (/subprotocol/i.test(words))
    return new DialError('noSubprotocol', 'the central system does not speak this OCPP version: it picked no subprotocol that was offered', error)
  if (/handshake has timed out/.test(words) || code === 'ETIMEDOUT')
    return new DialError('timeout', 'the central system did not complete the handshake in time', error)
  if (code === 'ECONNREFUSED') return new DialError('refused', 'nothing listens at the address of the central system', error)
  if (/TLS|SSL|CERT|SIGNATURE|ISSUER|EPROTO/.test(code)) return new DialError('tls', `no trusted TLS connection: ${words}`, error)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new DialError('network', 'the host name of the central system cannot be resolved', error)
  if (code.startsWith('HPE_')) return new DialError('network', 'what listens at the address of the central system speaks no HTTP: check host and port', error)
  if (code === 'ECONNRESET') return new DialError('network', 'the central system hung up during the handshake', error)
  return new DialError('network', words === '' ? code : words, error)
}

/** A `ws` connection of either role behind the house's contract. Text only; too big, binary or ill-encoded closes it. */
export function socketOver(ws: WebSocket, log: Log): Socket {
  const received = kept<string>()
  const closed = lasting<{ readonly code: number; readonly reason: string }>()
  const pong = signal<void>()
  let isClosing = false
  const close = (code: number, reason: string) => {
    isClosing = true
    ws.close(code, reason)
  }
  ws.on('message', (data, isBinary) => {
    if (isClosing) return
    if (!isBinary) return received.emit(data.toString())
    log.warn({ bytes: Array.isArray(data) ? data.length : data.byteLength }, 'binary frame refused, connection closed')
    close(1003, 'text frames only')
  })
  ws.on('pong', () => pong.emit())
  ws.on('error', (error) => {
    isClosing = true
    log.warn({ error: wordsOf(error) }, 'WebSocket error, connection closed')
  })
  ws.on('close', (code, reason) => closed.emit({ code, reason: reason.toString() }))
  return {
    send(text) {
      if (isClosing || ws.readyState !== WebSocket.OPEN) return false
      if (ws.bufferedAmount > largestBacklog) {
        log.warn({ bytes: ws.bufferedAmount }, 'the other end does not read, connection cut')
        isClosing = true
        ws.terminate()
        return false
      }
      // A failed write is followed by `close`; nothing to do at the write itself.
      ws.send(text, () => {})
      return true
    },
    received,
    closed,
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping(undefined, undefined, () => {})
    },
    pong,
    close: (code = 1000, reason = '') => close(code, reason),
    terminate() {
      isClosing = true
      ws.terminate()
    },
  }
}

/** A signal that keeps what comes before anybody listens: a server may speak in the packet that opens the connection. */
function kept<T>(): Listenable<T> & { emit(value: T): void } {
  const inner = signal<T>()
  let early: T[] | undefined = []
  return {
    on(listener) {
      const stop = inner.on(listener)
      const waiting = early ?? []
      early = undefined
      for (const value of waiting) listener(value)
      return stop
    },
    emit(value) {
      if (early === undefined) inner.emit(value)
      else early.push(value)
    },
  }
}

/** A signal of something that happens once; who listens later hears of it too. */
function lasting<T>(): Listenable<T> & { emit(value: T): void } {
  const inner = signal<T>()
  let happened: { readonly value: T } | undefined
  return {
    on(listener) {
      if (happened === undefined) return inner.on(listener)
      let stopped = false
      const { value } = happened
      queueMicrotask(() => {
        if (!stopped) listener(value)
      })
      return () => {
        stopped = true
      }
    },
    emit(value) {
      if (happened !== undefined) return
      happened = { value }
      inner.emit(value)
    },
  }
}
