import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { seconds } from '../base/units.ts'
import { readBasicAuthorization } from './connection-url.ts'
import type { Socket } from './socket.ts'
import { socketLimits, socketOver } from './websocket.ts'

/** A charge point that connected. */
export interface AcceptedConnection {
  /** Percent-decoded last segment of the path. */
  readonly identity: string
  /** One of those offered and supported. */
  readonly subprotocol: string
  readonly socket: Socket
  /** `127.0.0.1:50412`, for logs. */
  readonly remote: string
}

export interface AcceptOptions {
  /** `127.0.0.1` by default is the caller's choice; nothing is assumed here. */
  readonly host: string
  /** 0: any free one, see `port` of the result. */
  readonly port: number
  /** Versions supported, `ocpp1.6`. The client's order decides (OCPP-J §3.1.2). */
  readonly subprotocols: readonly string[]
  readonly log: Log
  /** Called for each connection; listens to the socket before it returns. */
  readonly accept: (connection: AcceptedConnection) => void
  /** False: HTTP 404. Everybody is known by default. A rejection, or no word for 10 s: HTTP 503. */
  readonly isKnown?: (identity: string) => boolean | Promise<boolean>
  /** HTTP basic authentication; false: HTTP 401. `password` undefined: none was given, or for another user. Else as `isKnown`. */
  readonly isAuthorized?: (identity: string, password: Uint8Array | undefined) => boolean | Promise<boolean>
  /** Counts the 10 s; without it there is no such bound. */
  readonly clock?: Clock
  /** Certificate chain and key in PEM: TLS alone is spoken then. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
}

/** For the word of whoever knows the stations. */
const longestCheck = seconds(10)
/** Handshakes that wait for that word, all together. */
const mostChecks = 10_000

export interface WebSocketListener {
  readonly port: number
  /** Stops listening and cuts what is connected. */
  close(): Promise<void>
}

/** The central system's end: listens for WebSockets at `/<anything>/<identity>` with the same limits as the charge point.
 *  Rejects with the system's error (`EADDRINUSE`, `EACCES`) when it cannot listen, with OpenSSL's when certificate or key cannot be used. */
export async function acceptWebSockets(options: AcceptOptions): Promise<WebSocketListener> {
  const { log } = options
  const upgrader = new WebSocketServer({
    ...socketLimits,
    noServer: true,
    handleProtocols: (offered) => [...offered].find((each) => options.subprotocols.includes(each)) ?? false,
  })
  const server = await serverFor(options, (_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('This address speaks OCPP over WebSocket.\n')
  })
  const check = checking(options)
  /** Nobody has said yet whether they may come in; the server no longer counts them among its connections. */
  const atTheDoor = new Set<Duplex>()
  server.on('upgrade', (request, stream, head) => {
    const failed = (error: Error) => log.info({ error: error.message }, 'connection failed during the handshake')
    stream.on('error', failed)
    const identity = identityOf(request)
    const judged = (refusal: string | undefined) => {
      atTheDoor.delete(stream)
      if (refusal !== undefined || identity === undefined) return refuse(stream, refusal ?? badRequest, identity === undefined ? log : log.with({ identity }))
      upgrader.handleUpgrade(request, stream, head, (ws) => {
        // From here on the WebSocket tells of its stream's errors itself.
        stream.off('error', failed)
        admit(ws, identity, request, options)
      })
    }
    const refusal = identity === undefined ? badRequest : check(identity, request)
    if (!(refusal instanceof Promise)) return judged(refusal)
    atTheDoor.add(stream)
    void refusal.then(judged)
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      server.on('error', (error) => log.error({ error: error.message }, 'listener failed'))
      const at = server.address()
      resolve({
        port: typeof at === 'object' && at !== null ? at.port : options.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done())
            server.closeAllConnections()
            for (const stream of atTheDoor) stream.destroy()
            for (const ws of upgrader.clients) ws.terminate()
          }),
      })
    })
  })
}

function admit(ws: WebSocket, identity: string, request: IncomingMessage, options: AcceptOptions): void {
  const socket = socketOver(ws, options.log.with({ identity }))
  const remote = `${request.socket.remoteAddress}:${request.socket.remotePort}`
  // OCPP-J §3.2: without a common version the handshake is completed without one, and the connection closed.
  if (ws.protocol === '') {
    options.log.warn({ identity, remote, offered: request.headers['sec-websocket-protocol'] }, 'no common OCPP version, connection closed')
    socket.close(1002, 'no common subprotocol')
    return
  }
  options.accept({ identity, subprotocol: ws.protocol, socket, remote })
}

/** Undefined when the path has no identity, or one that cannot be decoded. */
function identityOf(request: IncomingMessage): string | undefined {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  try {
    const identity = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
    return identity === '' || identity.length > 255 ? undefined : identity
  } catch {
    return undefined
  }
}

const badRequest = '400 Bad Request'
const unavailable = '503 Service Unavailable'

/** Why a station may not come in; undefined: it may. Never rejects. */
type Check = (identity: string, request: IncomingMessage) => string | undefined | Promise<string | undefined>

function checking(options: AcceptOptions): Check {
  if (options.isKnown === undefined && options.isAuthorized === undefined) return () => undefined
  let waiting = 0
  return (identity, request) => {
    if (waiting >= mostChecks) return unavailable
    waiting++
    return inTime(refusalOf(identity, request, options), options).finally(() => waiting--)
  }
}

async function refusalOf(identity: string, request: IncomingMessage, { isKnown, isAuthorized }: AcceptOptions): Promise<string | undefined> {
  if (!((await isKnown?.(identity)) ?? true)) return '404 Not Found'
  const given = readBasicAuthorization(request.headers.authorization)
  const password = given?.user === identity ? given.password : undefined
  return ((await isAuthorized?.(identity, password)) ?? true) ? undefined : '401 Unauthorized'
}

function inTime(refusal: Promise<string | undefined>, { clock, log }: AcceptOptions): Promise<string | undefined> {
  const failed = (error: unknown) => {
    log.warn({ error: wordsOf(error) }, 'nobody can say whether a station may come in')
    return unavailable
  }
  // No `Promise.withResolvers`: the central system of the library runs on Node 20 too.
  return new Promise((resolve) => {
    const timer = clock?.after('check of a station', longestCheck, () => {
      log.warn({}, 'nobody said in time whether a station may come in')
      resolve(unavailable)
    })
    void refusal.catch(failed).then((word) => {
      timer?.stop()
      resolve(word)
    })
  })
}

/** TLS is loaded where it is wanted. */
async function serverFor({ tls }: AcceptOptions, listener: RequestListener): Promise<Server> {
  if (tls === undefined) return createServer(listener)
  const https = await import('node:https')
  return https.createServer({ ...tls, minVersion: 'TLSv1.2' }, listener)
}

function refuse(stream: Duplex, status: string, log: Log): void {
  log.info({ status }, 'connection refused')
  const challenge = status.startsWith('401') ? 'WWW-Authenticate: Basic realm="OCPP"\r\n' : ''
  stream.once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}
