import * as schema from '../../base/schema.ts'
import type { Gate } from '../gate.ts'
import type { LocalPorts } from '../ports.ts'
import { Refusal } from '../rest/route.ts'
import type { BrowserSessions } from './browser-sessions.ts'
import { docsPage } from './docs-page.ts'
import { type Events, type Topic, topics } from './events.ts'
import { openApi } from './openapi.ts'
import { send, sendJson } from './send.ts'
import { type Declared, root, type Served } from './served.ts'

const closed = { additionalProperties: false } as const

const access = schema.object(
  {
    required: schema.boolean({ description: 'There is a password or a token.' }),
    loggedIn: schema.boolean({ description: 'Whoever asks may come in.' }),
  },
  { ...closed, title: 'Access' },
)

const declared = {
  access: {
    method: 'GET',
    path: '/login',
    tag: 'Access',
    summary: 'Whether a password is wanted, and whether the one who asks has shown it',
    access: 'open',
    answer: access,
    example: {},
  },
  logIn: {
    method: 'POST',
    path: '/login',
    tag: 'Access',
    summary: 'Shows the password; the answer sets a cookie. Five wrong ones, and the next has to wait (429, Retry-After)',
    access: 'open',
    body: schema.object({ password: schema.string({ description: 'Of this charger.', minLength: 1, maxLength: 256, writeOnly: true }) }, closed),
    answer: access,
    example: { body: { password: 'kd7m-p3xq-9w2c' } },
  },
  logOut: { method: 'POST', path: '/logout', tag: 'Access', summary: 'Ends the session of the cookie', access: 'open', answer: access, example: {} },
  events: {
    method: 'GET',
    path: '/events',
    tag: 'Events',
    summary:
      'Server-sent events. `state`: the Station, at once and at most ten times a second; `frame`: a Frame; `log`: {"line": "..."}; `session`: a Session. A comment line every 15 s. Who does not read is cut',
    access: 'read',
    query: schema.object(
      { topics: schema.optional(schema.string({ description: `Of ${topics.join(', ')}, apart by commas. state when left out.`, maxLength: 100 })) },
      closed,
    ),
    answer: 'text/event-stream',
    example: { query: { topics: 'state,sessions' } },
  },
  document: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'Documentation',
    summary: 'This description as OpenAPI 3.1',
    access: 'open',
    answer: schema.object({}, { description: 'OpenAPI 3.1.' }),
    example: {},
  },
} as const satisfies Readonly<Record<string, Declared>>

/** What the door itself answers beside the routes of the charger: log-in, events, documentation. */
export function ownRoutes(parts: {
  readonly gate: Gate
  readonly sessions: BrowserSessions
  readonly events: Events
  /** The routes of the charger, for the documentation. */
  readonly described: readonly Declared[]
  readonly ports: LocalPorts
}): readonly Served[] {
  const { gate, sessions, events } = parts
  // Made when it is first asked for, and held: nobody has to show anything to ask for it again and again.
  let document: Buffer | undefined
  let page: { readonly at: string; readonly html: Buffer; readonly styleHash: string } | undefined
  const described = () => [...parts.described, ...Object.values(declared)]
  const version = parts.ports.machine.firmwareVersion
  const at = (of: Declared, serve: Served['serve']): Served => ({ method: of.method, path: `${root}${of.path}`, declared: of, serve })
  return [
    at(declared.access, (_input, { response, isWelcome }) => sendJson(response, 200, { required: gate.asks, loggedIn: isWelcome() })),
    at(declared.logIn, ({ body }, { request, response, refuse }) => {
      if (!gate.asks) return sendJson(response, 200, { required: false, loggedIn: true })
      const turned = gate.judge(request, (body as { readonly password: string }).password)
      if (turned !== undefined) return refuse(turned)
      sendJson(response, 200, { required: true, loggedIn: true }, { 'Set-Cookie': sessions.begin() })
    }),
    at(declared.logOut, (_input, { request, response }) =>
      sendJson(response, 200, { required: gate.asks, loggedIn: !gate.asks }, { 'Set-Cookie': sessions.end(request) }),
    ),
    at(declared.events, ({ query }, { response, isWelcome }) => events.open(response, topicsIn((query as { readonly topics?: string }).topics), isWelcome)),
    at(declared.document, (_input, { response }) => {
      document ??= Buffer.from(JSON.stringify(openApi(described(), version)))
      send(response, 200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, document)
    }),
    {
      method: 'GET',
      path: '/docs',
      declared: { ...declared.document, answer: 'text/plain' },
      serve(_input, { request, response }) {
        const asked = `http://${request.headers.host}`
        if (page?.at !== asked) {
          const { html, styleHash } = docsPage(described(), version, asked)
          page = { at: asked, html: Buffer.from(html), styleHash }
        }
        const { html, styleHash } = page
        send(
          response,
          200,
          {
            'Content-Type': 'text/html; charset=utf-8',
            'Cache-Control': 'no-cache',
            'Content-Security-Policy': `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
          },
          html,
        )
      },
    },
  ]
}

function topicsIn(text = 'state'): ReadonlySet<Topic> {
  const words = text.split(',').filter((each) => each !== '')
  const isTopic = (word: string): word is Topic => (topics as readonly string[]).includes(word)
  const unknown = words.find((each) => !isTopic(each))
  if (unknown !== undefined || words.length === 0)
    throw new Refusal(422, 'Not a valid value', `query.topics must be of ${topics.join(', ')}, apart by commas.`, 'query.topics')
  return new Set(words.filter(isTopic))
}
