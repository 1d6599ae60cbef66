import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../base/log.ts'
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
  /** False: HTTP 404. Everybody is known by default. */
  readonly isKnown?: (identity: string) => boolean
  /** HTTP basic authentication; false: HTTP 401. `password` undefined: none was given, or for another user. */
  readonly isAuthorized?: (identity: string, password: Uint8Array | undefined) => boolean
}

export interface WebSocketListener {
  readonly port: number
  /** Stops listening and cuts what is connected. */
  close(): Promise<void>
}

/** The central system's end: listens for WebSockets at `/<anything>/<identity>` with the same limits as the charge point.
 *  Rejects with the system's error (`EADDRINUSE`, `EACCES`) when it cannot listen. */
export function acceptWebSockets(options: AcceptOptions): Promise<WebSocketListener> {
  const { log } = options
  const upgrader = new WebSocketServer({
    ...socketLimits,
    noServer: true,
    handleProtocols: (offered) => [...offered].find((each) => options.subprotocols.includes(each)) ?? false,
  })
  const server = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain' }).end('This address speaks OCPP over WebSocket.\n')
  })
  server.on('upgrade', (request, stream, head) => {
    const failed = (error: Error) => log.info({ error: error.message }, 'connection failed during the handshake')
    stream.on('error', failed)
    const identity = identityOf(request)
    const refusal = refusalOf(request, identity, options)
    if (refusal !== undefined || identity === undefined) return refuse(stream, refusal ?? '400 Bad Request', log)
    upgrader.handleUpgrade(request, stream, head, (ws) => {
      // From here on the WebSocket tells of its stream's errors itself.
      stream.off('error', failed)
      admit(ws, identity, request, options)
    })
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

function refusalOf(request: IncomingMessage, identity: string | undefined, options: AcceptOptions): string | undefined {
  if (identity === undefined) return '400 Bad Request'
  if (options.isKnown?.(identity) === false) return '404 Not Found'
  const given = readBasicAuthorization(request.headers.authorization)
  const password = given?.user === identity ? given.password : undefined
  return options.isAuthorized?.(identity, password) === false ? '401 Unauthorized' : undefined
}

function refuse(stream: Duplex, status: string, log: Log): void {
  log.info({ status }, 'connection refused')
  const challenge = status.startsWith('401') ? 'WWW-Authenticate: Basic realm="OCPP"\r\n' : ''
  stream.once('finish', () => stream.destroy())
  stream.end(`HTTP/1.1 ${status}\r\n${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}
