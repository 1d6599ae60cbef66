import type { IncomingMessage, ServerResponse } from 'node:http'
import { wordsOf } from '../../base/errors.ts'
import type { Log } from '../../base/log.ts'
import { addressOf, bearerOf, type Gate, type Turned } from '../gate.ts'
import { Refusal } from '../rest/route.ts'
import type { turnedLog } from '../turned-log.ts'
import type { BrowserSessions } from './browser-sessions.ts'
import { inputOf } from './input.ts'
import type { PageFiles } from './page-files.ts'
import { saidBy, saidOf, sendProblem } from './problem.ts'
import type { router } from './router.ts'
import { send } from './send.ts'
import type { Served } from './served.ts'
import { targetOf } from './target.ts'
import { type Turns, turns } from './turns.ts'

export interface HandlingParts {
  readonly gate: Gate
  readonly sessions: BrowserSessions
  readonly find: ReturnType<typeof router<Served>>
  readonly files: PageFiles
  readonly log: Log
  /** Notes who was turned away. */
  readonly turnedAway: ReturnType<typeof turnedLog>
}

const askedFor = 'A password or a token is asked for'

/** Bytes of answers that nobody takes: with more of them everybody has to wait, but for what is small. */
const mostUnread = 16_777_216

/** Answers each request, whatever it is: by a route, by a file of the page, or by a problem document. */
export function handling(parts: HandlingParts): (request: IncomingMessage, response: ServerResponse) => void {
  const line = turns()
  return async (request, response) => {
    response.on('error', () => {})
    if (!(await line.next(request, response))) return
    await answer(parts, line, request, response).catch((error: unknown) => failed(parts, request, response, error))
    const isChange = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS'
    if (isChange && response.headersSent && response.statusCode < 400) parts.log.info({ ...about(request), from: addressOf(request) }, 'asked for by http')
  }
}

function failed({ log }: HandlingParts, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (error instanceof Refusal) {
    sendProblem(response, { ...saidOf(error), ...(error.status === 413 ? { headers: { Connection: 'close' } } : {}) })
    return
  }
  if (response.destroyed) return
  log.error({ ...about(request), error: wordsOf(error), at: stackOf(error) }, 'a route failed')
  sendProblem(response, { status: 500, title: 'Internal error', detail: 'This is a mistake of the program. The log of the charger says more.' })
}

async function answer(parts: HandlingParts, line: Turns, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { gate, sessions, find } = parts
  const turned = gate.admit(request)
  if (turned !== undefined) return refused(parts, request, response, turned)
  const method = request.method ?? ''
  const target = method === 'OPTIONS' && request.url === '*' ? { parts: [], query: '' } : targetOf(request.url)
  if (target === undefined) throw new Refusal(400, 'Not a path', 'The path is not percent-encoded UTF-8, or it holds "." or "..".')
  const found = find(method, target.parts)
  if (found.kind !== 'found') return withoutRoute(parts, found.kind === 'otherMethod' ? found.methods : undefined, target.parts, request, response)
  const shown = bearerOf(request)
  const session = sessions.of(request)
  const isOpen = found.entry.declared.access === 'open'
  if (gate.asks && !isOpen && session === undefined) {
    const wrong: Turned | undefined = shown === undefined ? { status: 401, words: askedFor } : gate.judge(request, shown)
    if (wrong !== undefined) return refused(parts, request, response, wrong)
  }
  const isWelcome = () => !gate.asks || (session === undefined ? !isOpen : session.isOpen())
  const refuse = (wrong: Turned) => refused(parts, request, response, wrong)
  const input = await inputOf(found.entry.declared, found.params, target.query, request)
  if (!isOpen && line.unread() > mostUnread) throw new Refusal(503, 'Busy', 'Others leave their answers unread. Try again in a moment.')
  await found.entry.serve(input, { request, response, isWelcome, refuse })
}

/** @param methods that there are instead; undefined: there is no such path, but perhaps a file of the page */
function withoutRoute(
  { files }: HandlingParts,
  methods: readonly string[] | undefined,
  path: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const headers = { Allow: methods?.join(', ') ?? 'GET, HEAD, OPTIONS' }
  const isFileAsked = request.method === 'GET' || request.method === 'HEAD'
  if (request.method === 'OPTIONS') send(response, 204, headers)
  else if (methods !== undefined) sendProblem(response, { status: 405, title: 'Method not allowed', detail: `Here is only ${headers.Allow}.`, headers })
  else if (!isFileAsked || !files.serve(path, request, response)) throw new Refusal(404, 'Not found', 'There is nothing here. /docs lists what there is.')
}

function refused({ log, turnedAway }: HandlingParts, request: IncomingMessage, response: ServerResponse, turned: Turned): void {
  // Who has only not logged in yet is no news.
  if (turned.words === askedFor) log.debug({ from: addressOf(request) }, askedFor)
  else turnedAway(request, turned)
  sendProblem(response, saidBy(turned))
}

/** Without the query and the body, which may hold what is nobody's business. */
function about({ method, url }: IncomingMessage) {
  return { method, path: url?.split('?')[0]?.slice(0, 200) }
}

/** The first lines: where it happened. */
function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack?.split('\n').slice(1, 4).join(' ').replace(/\s+/g, ' ') : undefined
}
