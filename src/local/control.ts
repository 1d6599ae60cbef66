import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { ConfigError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { isLoopback } from '../base/loopback.ts'
import type { Commands } from './commands.ts'

/** Where the control door listens, and what a client must show there. */
export interface ControlAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Required beyond loopback; asked for everywhere when set. */
  readonly token?: string
}

export interface ControlDoor {
  readonly host: string
  readonly port: number
  /** Sends every client away and lets go of the port. */
  close(): Promise<void>
}

/** Longest line, bytes. */
const longestLine = 4_096
/** Lines of one client that wait for their turn; `wait` makes them pile up. */
const mostWaiting = 1_000
const mostClients = 32
/** Bytes of replies that a client may leave unread. */
const mostUnread = 1_048_576

/** Opens the door: a WebSocket, a line in, a line out.
 *  @throws ConfigError when the host is not loopback and no token is set, or the address cannot be had */
export function openControl(address: ControlAddress, commands: Commands, log: Log): Promise<ControlDoor> {
  const { host, port, token } = address
  if (token === undefined && !isLoopback(host)) {
    return Promise.reject(
      new ConfigError(
        '--control',
        '',
        `${host} can be reached from elsewhere, and no token is set`,
        'Set doors.control.tokenFile in the station file, or listen on 127.0.0.1',
      ),
    )
  }
  return new Promise((resolve, reject) => {
    const server = new WebSocketServer({
      host,
      port,
      maxPayload: longestLine,
      perMessageDeflate: false,
      verifyClient: ({ req }: { req: IncomingMessage }, answer: (accepted: boolean, code?: number, words?: string) => void) => {
        const refusal = refusalOf(req, token) ?? (server.clients.size >= mostClients ? { code: 503, words: 'Too many clients' } : undefined)
        if (refusal === undefined) return answer(true)
        log.warn({ from: req.socket.remoteAddress, code: refusal.code, reason: refusal.words }, 'control client refused')
        answer(false, refusal.code, refusal.words)
      },
    })
    server.once('error', (error: NodeJS.ErrnoException) => reject(unavailable(host, port, error)))
    server.on('connection', (socket) => serve(socket, commands, log))
    server.once('listening', () => {
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ error: error.message }, 'control door'))
      resolve({ host, port: (server.address() as AddressInfo).port, close: () => closeServer(server) })
    })
  })
}

function refusalOf(request: IncomingMessage, token: string | undefined): { readonly code: number; readonly words: string } | undefined {
  // A web page that somebody else wrote must not drive the charger; programs send no Origin.
  const { origin } = request.headers
  if (origin !== undefined && !isLoopback(URL.parse(origin)?.hostname ?? '')) return { code: 403, words: 'Foreign Origin' }
  if (token !== undefined && !sameSecret(tokenOf(request), token)) return { code: 401, words: 'Token required' }
  return undefined
}

function tokenOf(request: IncomingMessage): string {
  const bearer = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return bearer ?? URL.parse(request.url ?? '/', 'ws://door')?.searchParams.get('token') ?? ''
}

/** Takes the same time wherever the two differ, and whatever their lengths. */
function sameSecret(shown: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(secret))
}

function unavailable(host: string, port: number, error: NodeJS.ErrnoException): ConfigError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use`,
    EACCES: `port ${port} may not be opened by this user`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `there is no host ${host}`,
    EAI_AGAIN: `there is no host ${host}`,
  }
  const remedy = error.code === 'EADDRINUSE' ? 'Stop the other program, or choose another port' : 'Choose another host or port'
  return new ConfigError('--control', '', reasons[error.code ?? ''] ?? `cannot listen on ${host}:${port} (${error.code ?? error.message})`, remedy)
}

/** One client: its lines are answered in their order, one at a time. */
function serve(socket: WebSocket, commands: Commands, log: Log): void {
  const waiting: string[] = []
  let isBusy = false
  const isOpen = () => socket.readyState === socket.OPEN
  const answer = async () => {
    if (isBusy) return
    isBusy = true
    for (let line = waiting.shift(); line !== undefined && isOpen(); line = waiting.shift()) {
      const afterwards: (() => void)[] = []
      const reply = await commands.run(line, { end: () => socket.close(1000), after: (run) => afterwards.push(run) })
      if (isOpen()) {
        if (socket.bufferedAmount > mostUnread) socket.terminate()
        else await new Promise<void>((sent) => socket.send(reply, () => sent()))
      }
      for (const run of afterwards) run()
    }
    isBusy = false
  }
  socket.on('error', (error) => log.warn({ error: error.message }, 'control client'))
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) return socket.close(1003, 'Text lines only')
    waiting.push(...linesIn(data.toString()))
    if (waiting.length > mostWaiting) return socket.close(1008, 'Too many lines at once')
    void answer()
  })
}

/** A frame is a line, its line break is not part of it; several lines in one frame are answered one by one. */
function linesIn(frame: string): readonly string[] {
  return frame.replace(/\r?\n$/, '').split(/\r?\n/)
}

function closeServer(server: WebSocketServer): Promise<void> {
  for (const client of server.clients) {
    client.close(1001, 'The charge point stops')
    client.terminate()
  }
  return new Promise((resolve) => server.close(() => resolve()))
}
