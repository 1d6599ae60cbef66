import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { misfit, type Payload } from './frame-rules.ts'
import { type Traffic, type Wire, wire } from './traffic.ts'

/** A CALL of the station. */
export interface Call {
  readonly action: string
  readonly payload: Payload
}

/** What a station made of our CALL. */
export type Answer = { readonly kind: 'conf'; readonly payload: Payload } | { readonly kind: 'error'; readonly code: string }

/** A question of ours on its way. */
export interface Question {
  /** Undefined: not answered yet. */
  readonly answer: Answer | undefined
  /** CALLs of the station that came before the answer. */
  readonly before: readonly Call[]
}

/** What is answered to a CALL beside what politeness adds; a function may look at the request. Undefined: nothing at all. */
export type Reply = Payload | ((request: Payload) => Payload | undefined)

/** The central system of a case: a WebSocket server on the loopback that speaks and reads bare JSON frames. */
export interface PlayedCentral {
  readonly url: string
  /** CALLs that the script has not asked for yet, in the order of arrival. */
  readonly calls: Call[]
  /** Replaces the polite answers to an action: one after the other, the last one for good. None: politeness again. */
  replies(action: string, ...replies: readonly Reply[]): void
  ask(action: string, payload: unknown): Question
  /** False: who dials finds nobody, and what stands is cut. */
  listens(isThere: boolean): void
  /** Whether a station is connected. */
  readonly isConnected: boolean
  /** The upgrade requests so far. */
  readonly upgrades: readonly IncomingMessage[]
  /** A password other than this one is refused with HTTP 401; undefined: everybody may come. */
  demands(authorization: string | undefined): void
  /** The transactionId that was given last. */
  readonly lastTransaction: number
  /** The wire of the latest connection. */
  readonly wire: Wire
  close(): Promise<void>
}

export async function playedCentral({
  traffic,
  now,
}: {
  readonly traffic: Traffic
  /** ISO 8601 */
  readonly now: () => string
}): Promise<PlayedCentral> {
  const calls: Call[] = []
  const upgrades: IncomingMessage[] = []
  const scripted = new Map<string, Reply[]>()
  const questions = new Map<string, { answer: Answer | undefined; before: Call[] }>()
  let line: { readonly socket: WebSocket; readonly wire: Wire } | undefined
  let latest: Wire | undefined
  let isThere = true
  let demanded: string | undefined
  let asked = 0
  let transactions = 0

  const polite = (action: string): Payload => {
    switch (action) {
      case 'BootNotification':
        return { status: 'Accepted', currentTime: now(), interval: 300 }
      case 'Heartbeat':
        return { currentTime: now() }
      case 'Authorize':
        return { idTagInfo: { status: 'Accepted' } }
      case 'StartTransaction':
        return { transactionId: ++transactions, idTagInfo: { status: 'Accepted' } }
      case 'DataTransfer':
        return { status: 'Accepted' }
      default:
        return {}
    }
  }
  const replyTo = ({ action, payload }: Call): Payload | undefined => {
    const [first, ...rest] = scripted.get(action) ?? []
    if (rest.length > 0) scripted.set(action, rest)
    const reply = typeof first === 'function' ? first(payload) : (first ?? {})
    return reply && { ...polite(action), ...reply }
  }
  const hear = (text: string, say: (frame: readonly unknown[]) => void) => {
    const [kind, id, ...rest] = JSON.parse(text) as readonly [number, string, ...unknown[]]
    if (kind === 2) {
      const call = { action: String(rest[0]), payload: rest[1] as Payload }
      calls.push(call)
      for (const question of questions.values()) question.before.push(call)
      const reply = replyTo(call)
      if (reply !== undefined) say([3, id, reply])
      return
    }
    const question = questions.get(id)
    if (question === undefined) return
    questions.delete(id)
    question.answer = kind === 3 ? { kind: 'conf', payload: rest[0] as Payload } : { kind: 'error', code: String(rest[0]) }
  }
  const take = (socket: WebSocket) => {
    const mine = wire(traffic)
    line = { socket, wire: mine }
    latest = mine
    socket.on('message', (data) => {
      hear(data.toString(), (frame) => say(socket, mine, frame))
      mine.arrived('station')
    })
    socket.on('close', () => {
      if (line?.socket === socket) line = undefined
      mine.closed('central')
    })
    socket.on('error', () => {})
  }
  const say = (socket: WebSocket, on: Wire, frame: readonly unknown[]) => {
    on.sent('central')
    socket.send(JSON.stringify(frame))
  }

  const upgrader = new WebSocketServer({ noServer: true, handleProtocols: () => 'ocpp1.6' })
  const server = createServer()
  server.on('upgrade', (request, stream, head) => {
    upgrades.push(request)
    if (!isThere) return stream.destroy()
    if (demanded !== undefined && request.headers.authorization !== demanded) return stream.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')
    upgrader.handleUpgrade(request, stream, head, take)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ocpp`,
    calls,
    upgrades,
    replies: (action, ...replies) => void scripted.set(action, [...replies]),
    ask(action, payload) {
      const wrong = misfit(action, 'req', payload)
      if (wrong !== undefined) throw new Error(`the script asks what no central system may: ${wrong}`)
      if (line === undefined) throw new Error(`${action}: no station is connected`)
      const id = `question-${++asked}`
      const question: { answer: Answer | undefined; before: Call[] } = { answer: undefined, before: [] }
      questions.set(id, question)
      say(line.socket, line.wire, [2, id, action, payload])
      return question
    },
    listens(is) {
      isThere = is
      if (is || line === undefined) return
      line.wire.closing()
      line.socket.terminate()
    },
    get isConnected() {
      return line !== undefined
    },
    demands(authorization) {
      demanded = authorization
    },
    get lastTransaction() {
      return transactions
    },
    get wire() {
      if (latest === undefined) throw new Error('no station was ever connected')
      return latest
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of upgrader.clients) socket.terminate()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
