import { wordsOf } from '../../../src/base/errors.ts'
import * as t from '../../../src/base/schema.ts'
import type { Access } from './access.ts'
import { type Topic, topics } from './changes.ts'
import type { EventStreams } from './event-streams.ts'
import { chargerId, closed } from './fields.ts'
import type { Meters } from './metrics.ts'
import type { RestParts } from './parts.ts'
import { Refusal } from './refusal.ts'
import { type Route, route } from './route.ts'
import { Access as AccessShape, Health } from './shapes.ts'

export interface OwnParts {
  readonly access: Access
  readonly streams: EventStreams
  readonly meters: Meters
  readonly document: () => unknown
}

/** What the door answers beside what is kept and asked: log-in, events, health, figures, documentation. */
export function ownRoutes(parts: OwnParts): readonly Route[] {
  return [...logInRoutes(parts), eventRoute(parts), ...programRoutes(parts)]
}

function logInRoutes({ access }: OwnParts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/login',
      tag: 'Access',
      summary: 'Whether a token is wanted, and whether this browser has shown it',
      isOpen: true,
      answer: AccessShape,
      example: {},
      run: (_input, _parts, { request }): AccessShape => ({ required: true, logged_in: access.isLoggedIn(request.raw) }),
    }),
    route({
      method: 'POST',
      path: '/login',
      tag: 'Access',
      summary: 'Shows the token; the answer sets a cookie for a week. After five wrong ones the next has to wait',
      isOpen: true,
      body: t.object({ token: t.string({ description: 'As it is printed at start', minLength: 1, maxLength: 256, writeOnly: true }) }, closed),
      answer: AccessShape,
      problems: { 401: 'Not the token', 403: 'A page of another site asks', 429: 'Too many wrong ones: Retry-After says how long to wait' },
      example: { body: { token: 'kd7m-p3xq-9w2c' } },
      run({ body }, _parts, { request, reply }): AccessShape {
        reply.header('Set-Cookie', access.logIn(request.raw, body.token))
        return { required: true, logged_in: true }
      },
    }),
    route({
      method: 'POST',
      path: '/logout',
      tag: 'Access',
      summary: 'Ends the session of the cookie',
      isOpen: true,
      answer: AccessShape,
      problems: { 403: 'A page of another site asks' },
      example: {},
      run(_input, _parts, { request, reply }): AccessShape {
        reply.header('Set-Cookie', access.logOut(request.raw))
        return { required: true, logged_in: false }
      },
    }),
  ]
}

function eventRoute({ access, streams }: OwnParts): Route {
  return route({
    method: 'GET',
    path: '/events',
    tag: 'Events',
    summary:
      'Server-sent events. `chargers`: the Charger[] that changed, at most four times a second; `removed`: ids of chargers that are in the list no more; `sites`: all SiteNow[], when one was made, changed or taken away; `transaction`: a Transaction; `frame`: a Frame, only with `charger`; `dashboard`: a Dashboard, once a second while something changes. A comment line every 15 s. Who does not read is cut',
    query: t.object(
      {
        topics: t.optional(t.string({ description: `Of ${topics.join(', ')}, apart by commas; chargers when left out`, minLength: 1, maxLength: 100 })),
        charger: t.optional(chargerId),
      },
      closed,
    ),
    answer: 'text/event-stream',
    problems: { 503: 'Too many listen' },
    example: { query: { topics: 'chargers,dashboard' } },
    run({ query: { topics: names, charger } }, _parts, { request, reply }) {
      const wanted = topicsIn(names)
      if (wanted.has('frames') && charger === undefined) {
        throw new Refusal(422, 'Not a valid value', 'Frames are told of one charger', { field: 'query.charger', remedy: 'Name the charger.' })
      }
      const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]))
      streams.open(reply.raw, headers, { topics: wanted, charger }, () => access.isWelcome(request.raw))
      reply.hijack()
    },
  })
}

function topicsIn(text = 'chargers'): ReadonlySet<Topic> {
  const words = text.split(',').filter((each) => each !== '')
  const isTopic = (word: string): word is Topic => (topics as readonly string[]).includes(word)
  if (words.length > 0 && words.every(isTopic)) return new Set(words)
  const problem = `query.topics must be of ${topics.join(', ')}, apart by commas`
  throw new Refusal(422, 'Not a valid value', problem, { field: 'query.topics', remedy: 'Leave it out for chargers.' })
}

function programRoutes({ meters, document }: OwnParts): readonly Route[] {
  const isWell = healthSeen()
  return [
    route({
      method: 'GET',
      path: '/health',
      tag: 'This program',
      summary: 'For load balancers: 200 while the database takes writes, 503 otherwise',
      isOpen: true,
      answer: Health,
      also: { 503: 'The database takes no writes' },
      example: {},
      async run(_input, parts, { reply }): Promise<Health> {
        const is_healthy = await isWell(parts)
        if (!is_healthy) reply.code(503)
        return { is_healthy, engine: parts.store.engine }
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      tag: 'This program',
      summary: 'Figures for Prometheus',
      answer: 'text/plain',
      example: {},
      run: () => meters.text(),
    }),
    route({
      method: 'GET',
      path: '/openapi.json',
      tag: 'This program',
      summary: 'This description as OpenAPI 3.1',
      isOpen: true,
      answer: t.object({}, { description: 'OpenAPI 3.1' }),
      example: {},
      run: () => document(),
    }),
  ]
}

/** Nobody has to show anything to ask for it again and again: the database is asked once for all who come within a second. */
function healthSeen(): (parts: RestParts) => Promise<boolean> {
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | undefined
  let wasWell = true
  return ({ clock, store, log }) => {
    const now = clock.monotonic()
    if (asked !== undefined && now - asked.at < 1_000) return asked.answer
    const ask = async () => {
      const problem = await store.health().catch(wordsOf)
      const isWell = problem === undefined
      if (isWell !== wasWell) log[isWell ? 'info' : 'error']({ problem }, isWell ? 'the database takes writes again' : 'the database takes no writes')
      wasWell = isWell
      return isWell
    }
    asked = { at: now, answer: ask() }
    return asked.answer
  }
}
