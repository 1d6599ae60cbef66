import { ConfigError } from '../../base/errors.ts'
import * as schema from '../../base/schema.ts'
import type { NotedFact } from '../ledger-port.ts'
import type { LocalPorts } from '../ports.ts'
import { FrameCount, Ledger } from './answers.ts'
import { obeyed, paging } from './asked.ts'
import { frameOf } from './frame-picture.ts'
import { Refusal, type Route, route } from './route.ts'
import { isoAt } from './session-picture.ts'
import { Connection, closed, Done, Frame, oneOf } from './shapes.ts'
import { linkStateOf } from './station-picture.ts'

const usualFrames = 200
const usualFacts = 100
/** Of the facts that were not taken: the newest so many. */
const mostUndeliverable = 500

function connectionOf(ports: LocalPorts): Connection {
  const { url, identity, version, versions, isChanged, hasPassword, isPasswordWithheld } = ports.connection
  return { url, identity, version, versions: [...versions], isChanged, hasPassword, isPasswordWithheld, link: linkStateOf(ports), ...ports.context.reports() }
}

const filter = {
  action: schema.optional(schema.string({ description: 'Only this action, in any case, and its answers.', maxLength: 50 })),
  direction: schema.optional(oneOf(['in', 'out'], 'out: from the station.')),
  kind: schema.optional(oneOf(['call', 'result', 'error', 'malformed', 'unknown'], 'OCPP-J message type.')),
  text: schema.optional(schema.string({ description: 'Anywhere in the action or the payload, in any case.', maxLength: 100 })),
  after: schema.optional(schema.integer({ description: 'Only after this number.', minimum: 0 })),
}

const connection: readonly Route[] = [
  route({
    method: 'GET',
    path: '/connection',
    tag: 'Connection',
    summary: 'Where the central system is, and whether it is there',
    access: 'read',
    answer: Connection,
    example: {},
    run: (_input, ports) => ({ body: connectionOf(ports) }),
  }),
  route({
    method: 'PUT',
    path: '/connection',
    tag: 'Connection',
    summary:
      'Changes the central system, and connects to it; kept until the flags or the station file say something new. Another host (scheme, name, port) is shown the password that comes along, or none',
    access: 'change',
    body: schema.object(
      {
        url: schema.optional(schema.string({ description: 'ws://HOST:PORT/PATH or wss://..., without the identity.', maxLength: 500 })),
        identity: schema.optional(schema.string({ description: 'The last part of the URL, and the user of the password.', maxLength: 100 })),
        version: schema.optional(schema.string({ description: 'One of `versions`.', maxLength: 10 })),
        password: schema.optional(
          schema.string({
            description: 'The AuthorizationKey for this central system. Never told; left out: as it is.',
            minLength: 1,
            maxLength: 64,
            writeOnly: true,
          }),
        ),
      },
      closed,
    ),
    answer: Connection,
    example: { body: { identity: 'DEMO-2' } },
    run({ body }, ports) {
      try {
        ports.connection.set(body)
      } catch (error) {
        if (error instanceof ConfigError) throw new Refusal(422, 'Not a connection', error.message, `body.${error.field}`)
        throw error
      }
      return { body: connectionOf(ports) }
    },
  }),
  route({
    method: 'POST',
    path: '/connection/connect',
    tag: 'Connection',
    summary: 'Connects to the central system again',
    access: 'change',
    answer: Done,
    example: {},
    run: (_input, ports) => obeyed(ports, 'connect'),
  }),
  route({
    method: 'POST',
    path: '/connection/disconnect',
    tag: 'Connection',
    summary: 'Closes the connection and stays away until connect',
    access: 'change',
    answer: Done,
    example: {},
    run: (_input, ports) => obeyed(ports, 'disconnect'),
  }),
  route({
    method: 'POST',
    path: '/connection/interrupt',
    tag: 'Connection',
    summary: 'Cuts the network to the central system for some seconds',
    access: 'change',
    body: schema.object({ seconds: schema.integer({ description: '0 to 86400 s.', minimum: 0, maximum: 86_400 }) }, closed),
    answer: Done,
    example: { body: { seconds: 30 } },
    run: ({ body }, ports) => obeyed(ports, 'offline', body.seconds),
  }),
]

const traffic: readonly Route[] = [
  route({
    method: 'GET',
    path: '/frames',
    tag: 'Frames',
    summary: 'The newest OCPP frames that passed, the oldest first; 2,000 are kept',
    access: 'read',
    query: schema.object({ ...filter, ...paging(2_000, usualFrames) }, closed),
    answer: schema.array(Frame),
    example: { query: { action: 'Heartbeat', limit: 10 } },
    run: ({ query }, { frames }) => ({ body: frames.newest({ ...query, limit: query.limit ?? usualFrames }).map(frameOf) }),
  }),
  route({
    method: 'GET',
    path: '/frames/counts',
    tag: 'Frames',
    summary: 'CALLs since the start, by direction and action',
    access: 'read',
    answer: schema.array(FrameCount),
    example: {},
    run: (_input, { frames }) => ({ body: [...frames.counts()] }),
  }),
  route({
    method: 'GET',
    path: '/ledger',
    tag: 'Ledger',
    summary: 'What the station has noted, how far the central system was told, and what it would not take',
    access: 'read',
    query: schema.object(
      {
        after: schema.optional(schema.integer({ description: 'Only facts after this number; the newest ones when left out.', minimum: 0 })),
        ...paging(500, usualFacts),
      },
      closed,
    ),
    answer: Ledger,
    example: { query: { limit: 20 } },
    run({ query: { after, limit = usualFacts } }, { ledger }) {
      const { last, position, waiting } = ledger
      const facts = ledger.after(after ?? Math.max(0, last - limit), limit).map(factOf)
      const undeliverable = ledger.undeliverable().slice(-mostUndeliverable)
      return { body: { last, position, waiting, facts, undeliverable: undeliverable.map((each) => ({ ...factOf(each), reason: each.reason })) } }
    },
  }),
]

function factOf({ number, at, fact: { kind, ...rest } }: NotedFact) {
  return { number, at: isoAt(at), kind, fact: rest }
}

export const connectionRoutes: readonly Route[] = [...connection, ...traffic]
