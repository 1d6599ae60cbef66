import { WebSocket } from 'ws'
import type { Clock, Timer } from '../base/clock.ts'
import { shownAddress } from '../base/shown-address.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { ControlConnectionError } from './errors.ts'
import { type LineQueue, lineQueue } from './queue.ts'

export interface LinesOptions {
  /** `ws://127.0.0.1:9100` */
  readonly url: string
  readonly token?: string | undefined
  /** A connection that breaks is made again. Lines wait for it; the one whose answer was lost rejects. */
  readonly reconnect?: boolean | undefined
  readonly clock: Clock
}

/** A connection to a control door: lines in order, one on its way at a time. */
export interface Lines extends Pick<LineQueue, 'ask'> {
  /** With words when it broke, and each time that it is there again. */
  readonly changed: Listenable<{ readonly isOpen: boolean; readonly words: string }>
  /** Resolves, with words, when no further line can be asked. */
  readonly ended: Promise<string>
  close(): Promise<void>
}

/** Between two attempts to come back, ms: the longer the more have failed. */
const pauses = [100, 250, 500, 1_000, 2_000] as const

/** What `ws` is told; its close time-out is its own timer on a real socket. */
const limits = { perMessageDeflate: false, handshakeTimeout: 10_000, closeTimeout: 2_000 } as const

/** Dials until `patienceMs` is over; the first attempt in any case. Rejects with ControlConnectionError. */
export async function openLines(options: LinesOptions, patienceMs: number): Promise<Lines> {
  const { clock } = options
  const giveUpAt = clock.monotonic() + patienceMs
  for (let failures = 0; ; failures++) {
    try {
      return linesOver(await dial(options), options)
    } catch (error) {
      const { pauseMs, isFinal } = afterFailure(error, failures)
      if (isFinal || clock.monotonic() + pauseMs > giveUpAt) throw error
      await new Promise<void>((resolve) => clock.after('dial again', pauseMs, resolve))
    }
  }
}

function afterFailure(error: unknown, failures: number): { readonly pauseMs: number; readonly isFinal: boolean } {
  return { pauseMs: pauses[Math.min(failures, pauses.length - 1)] ?? 0, isFinal: !(error instanceof ControlConnectionError) || error.cause === 'refused' }
}

function linesOver(first: WebSocket, options: LinesOptions): Lines {
  const queue = lineQueue(options.clock)
  const changed = signal<{ isOpen: boolean; words: string }>()
  let socket: WebSocket | undefined
  let isOver = false
  let retry: Timer | undefined
  let tell = (_words: string) => {}
  const ended = new Promise<string>((resolve) => {
    tell = resolve
  })

  const end = (words: string) => {
    isOver = true
    retry?.stop()
    queue.end(words)
    tell(words)
  }
  const lost = (words: string) => {
    socket = undefined
    if (isOver) return
    changed.emit({ isOpen: false, words })
    if (options.reconnect !== true) return end(words)
    queue.lost(words)
    comeBack(0)
  }
  const comeBack = (failures: number) => {
    retry = options.clock.after('dial again', afterFailure(undefined, failures).pauseMs, () => {
      dial(options).then(
        (fresh) => (isOver ? fresh.terminate() : take(fresh, 'connected again')),
        (error: Error) => {
          if (isOver) return
          if (afterFailure(error, failures).isFinal) end(error.message)
          else comeBack(failures + 1)
        },
      )
    })
  }
  const take = (fresh: WebSocket, words: string) => {
    socket = fresh
    fresh.on('message', (data) => queue.answered(String(data)))
    fresh.on('close', (code, reason) => lost(`the control door closed the connection (${[code, reason.toString()].join(' ').trim()})`))
    changed.emit({ isOpen: true, words })
    queue.opened((line) => fresh.send(line, () => {})) // a failed write is followed by `close`
  }
  take(first, 'connected')
  return {
    ask: queue.ask,
    changed,
    ended,
    close() {
      const open = socket
      if (!isOver) end('this client closed the connection')
      if (open === undefined) return Promise.resolve()
      return new Promise((resolve) => {
        open.once('close', () => resolve())
        open.close(1000)
      })
    },
  }
}

/** Rejects with ControlConnectionError; its `cause` is `refused` where trying again is no use. */
function dial({ url, token }: LinesOptions): Promise<WebSocket> {
  const shown = shownAddress(url)
  return new Promise((resolve, reject) => {
    const failed = (words: string, cause?: 'refused') => reject(new ControlConnectionError(words, { cause }))
    if (!/^wss?:\/\/./i.test(url) || !URL.canParse(url)) return failed(`${shown} is no address of a control door: expected ws://HOST:PORT`, 'refused')
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    const socket = new WebSocket(url.replace(/#.*$/s, ''), { ...limits, headers })
    socket.once('unexpected-response', (request, { statusCode = 0, statusMessage = '' }) => {
      request.destroy()
      if (statusCode === 401) failed(`the control door at ${shown} wants ${token === undefined ? 'a token' : 'another token'} (HTTP 401)`, 'refused')
      else if (statusCode === 429 || statusCode === 503) failed(`the control door at ${shown} takes no more clients now (HTTP ${statusCode})`)
      else failed(`${shown} is no control door, or refuses: HTTP ${statusCode} ${statusMessage}`.trim(), 'refused')
    })
    // Stays for the life of the socket: an error that nobody hears ends the process. `close` follows.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      failed(error.code === 'ECONNREFUSED' ? `nothing listens at ${shown}` : `no connection to ${shown}: ${error.message || error.code}`),
    )
    socket.once('open', () => resolve(socket))
  })
}
