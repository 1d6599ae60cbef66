import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { wordsOf } from '../../../src/base/errors.ts'
import { given } from './fields.ts'
import type { RestParts } from './parts.ts'
import { Refusal } from './refusal.ts'
import { hasHead, type Route } from './route.ts'
import type { Problem } from './shapes.ts'

/** Every answer that is not what was asked for is a problem document (RFC 9457). */
export function answerProblems(app: FastifyInstance, parts: RestParts, routes: readonly Route[]): void {
  app.setErrorHandler(async (error, request, reply) => {
    const refusal = error instanceof Refusal ? error : (refusalOfFastify(error) ?? (await ofProgram(error, request.routeOptions.url, parts)))
    return answerProblem(reply, refusal)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = routes.filter((each) => patternOf(each).test(path)).flatMap((each) => (hasHead(each) ? [each.method, 'HEAD'] : [each.method]))
    // A known method comes here with an id that is longer than any.
    if (methods.length === 0 || methods.includes(request.method)) {
      return answerProblem(reply, new Refusal(404, 'Not found', 'There is nothing here', { remedy: '/docs lists what there is.' }))
    }
    const headers = { Allow: methods.join(', ') }
    return answerProblem(reply, new Refusal(405, 'Method not allowed', `Here is only ${headers.Allow}`, { remedy: '/docs lists what there is.', headers }))
  })
}

export function answerProblem(reply: FastifyReply, { status, title, message, details }: Refusal): FastifyReply {
  const { headers = {}, field, remedy, transactions, code, action } = details
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: message,
    ...given({ field, remedy, transactions: transactions === undefined ? undefined : [...transactions], code, action }),
  }
  return reply
    .code(status)
    .headers({ 'Cache-Control': 'no-store', ...headers })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem)
}

const words: Readonly<Record<number, { readonly detail: string; readonly remedy: string }>> = {
  400: { detail: 'The request is not readable', remedy: 'Look at its path, its length and its encoding.' },
  403: { detail: 'The path leads out of the dashboard', remedy: '/docs lists what there is.' },
  413: { detail: 'The body is too large', remedy: 'A body has at most 1 MiB.' },
  414: { detail: 'The path is too long', remedy: 'Shorten it.' },
  415: { detail: 'The body is not said to be JSON', remedy: 'Send JSON, and say so: "Content-Type: application/json".' },
}

/** Fastify's own words may quote what was sent. */
export function refusalOfFastify(error: unknown): Refusal | undefined {
  const status = (error as { readonly statusCode?: unknown }).statusCode
  const known = typeof status === 'number' ? words[status] : undefined
  if (known === undefined || typeof status !== 'number') return undefined
  return new Refusal(status, STATUS_CODES[status] ?? 'Refused', known.detail, { remedy: known.remedy, ...(status >= 413 ? { field: 'body' } : {}) })
}

async function ofProgram(error: unknown, path: string | undefined, { log, store }: RestParts): Promise<Refusal> {
  const problem = await store.health().catch(wordsOf)
  log.error({ path, error: wordsOf(error), database: problem, at: stackOf(error) }, 'a route failed')
  if (problem === undefined) return new Refusal(500, 'Internal error', 'This is a mistake of the program', { remedy: 'Its log says more: please report it.' })
  return new Refusal(503, 'The database does not answer', 'What was asked for could not be read or written', { remedy: 'Look at the database, and ask again.' })
}

/** The first lines: where it happened. */
function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack?.split('\n').slice(1, 4).join(' ').replace(/\s+/g, ' ') : undefined
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`)
}
