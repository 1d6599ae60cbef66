import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../base/clock.ts'
import { ConfigError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { isLoopback } from '../base/loopback.ts'
import type { Commands } from './commands.ts'
import { bearerOf, type Gate, gate, type Turned } from './gate.ts'
import { cannotListen } from './listening.ts'
import { closeTight, tightServer } from './tight-server.ts'
import { turnedLog } from './turned-log.ts'

/** Where the control door listens, and what a client must show there. */
export interface ControlAddress {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Required beyond loopback; asked for everywhere when set. */
  readonly token?: string
  /** Further names under which clients may call it. */
  readonly hosts?: readonly string[]
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
/** Connections: of clients, and of those who have not shown a token yet. */
const places = { all: 100, ofOne: 33 } as const
/** Bytes of replies that a client may leave unread. */
const mostUnread = 1_048_576

/** Opens the door: a WebSocket, a line in, a line out.
 *  @throws ConfigError when the host is not loopback and no token is set, or the address cannot be had */
export function openControl(address: ControlAddress, commands: Commands, log: Log, clock: Clock): Promise<ControlDoor> {
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
  const entrance = gate({ ...address, clock, secrets: token === undefined ? [] : [token], pages: 'loopback' })
  const turnedAway = turnedLog(log, clock, 'control client refused')
  return new Promise((resolve, reject) => {
    const http = tightServer(places)
    const server = new WebSocketServer({
      server: http,
      maxPayload: longestLine,
      perMessageDeflate: false,
      verifyClient: (
        { req }: { req: IncomingMessage },
        answer: (accepted: boolean, code?: number, words?: string, headers?: Readonly<Record<string, string>>) => void,
      ) => {
        const refusal = refusalOf(req, entrance, server.clients.size)
        if (refusal === undefined) return answer(true)
        turnedAway(req, refusal)
        answer(false, refusal.status, refusal.words, refusal.retryAfterS === undefined ? {} : { 'Retry-After': String(refusal.retryAfterS) })
      },
    })
    // It hears of the errors of `http` too.
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen('--control', host, port, error)))
    server.on('connection', (socket) => serve(socket, commands, log))
    http.on('request', (_request, response) => response.writeHead(426, { Upgrade: 'websocket' }).end())
    http.listen({ host, port }, () => {
      server.removeAllListeners('error')
      server.on('error', (error) => log.error({ error: error.message }, 'control door'))
      resolve({ host, port: (http.address() as AddressInfo).port, close: () => closeDoor(server, http) })
    })
  })
}

type Refused = Omit<Turned, 'status'> & { readonly status: Turned['status'] | 503 }

function refusalOf(request: IncomingMessage, entrance: Gate, clients: number): Refused | undefined {
  const turned = entrance.admit(request)
  if (turned !== undefined) return turned
  if (clients >= mostClients) return { status: 503, words: 'Too many clients' }
  if (!entrance.asks) return undefined
  const shown = bearerOf(request) ?? URL.parse(request.url ?? '/', 'ws://door')?.searchParams.get('token') ?? undefined
  return shown === undefined ? { status: 401, words: 'Token required' } : entrance.judge(request, shown)
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

function closeDoor(server: WebSocketServer, http: Server): Promise<void> {
  for (const client of server.clients) {
    client.close(1001, 'The charge point stops')
    client.terminate()
  }
  server.close()
  return closeTight(http)
}
