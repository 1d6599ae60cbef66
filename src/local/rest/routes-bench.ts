import type { Static } from 'typebox'
import * as schema from '../../base/schema.ts'
import { Breakable, MessageExample, MessageOutcome } from './answers.ts'
import { EvsePath, evseIn, obeyed } from './asked.ts'
import { Refusal, type Route, route } from './route.ts'
import { closed, Done } from './shapes.ts'

/** Hands at the simulated world: they are there only where the board is software. */

const atFirst = { params: { evse: 1 } } as const
const bench = { tag: 'Bench', access: 'change', isSimulatedOnly: true } as const

const EvWish = schema.object(
  {
    wantsAmps: schema.optional(
      schema.number({ description: 'The current that the car wants, A per phase, 0 to 80; below 6 it wants nothing.', minimum: 0, maximum: 80 }),
    ),
    wantsWatts: schema.optional(schema.number({ description: 'The power that it wants at a DC outlet, W.', minimum: 0, maximum: 1_000_000 })),
    phases: schema.optional(schema.unsafe<1 | 3>({ type: 'integer', enum: [1, 3], description: 'The phases that it uses.' })),
    ready: schema.optional(schema.boolean({ description: 'false: plugged, but it draws nothing.' })),
    suspended: schema.optional(schema.boolean({ description: 'true: it stops taking energy for a while.' })),
    full: schema.optional(schema.unsafe<true>({ type: 'boolean', enum: [true], description: 'true: its battery is full now; the next plug-in ends it.' })),
    fullAfterWh: schema.optional(schema.number({ description: 'Full after so many Wh of this plug-in.', minimum: 0, maximum: 1_000_000 })),
    batteryWh: schema.optional(schema.number({ description: 'Size of its battery, Wh; from the next plug-in on.', minimum: 1, maximum: 1_000_000 })),
    chargePercent: schema.optional(schema.number({ description: 'How full it comes, %; with batteryWh.', minimum: 0, maximum: 100 })),
  },
  { ...closed, description: 'What is left out stays.' },
)

/** The lines of the table that bring about what is wished. */
function linesFor(wish: Static<typeof EvWish>, evse: number): readonly (readonly (string | number)[])[] {
  const { wantsAmps, wantsWatts, phases, ready, suspended, full, fullAfterWh, batteryWh, chargePercent } = wish
  return [
    ...(phases === undefined ? [] : [['phases', phases, evse]]),
    ...(wantsAmps === undefined ? [] : [['max', wantsAmps, evse]]),
    ...(wantsWatts === undefined ? [] : [['maxpower', wantsWatts, evse]]),
    ...(batteryWh === undefined ? [] : [['battery', batteryWh, chargePercent ?? 20, evse]]),
    ...(fullAfterWh === undefined ? [] : [['fullafter', fullAfterWh, evse]]),
    ...(ready === undefined ? [] : [[ready ? 'nodelay' : 'delay', evse]]),
    ...(suspended === undefined ? [] : [[suspended ? 'suspend' : 'resume', evse]]),
    ...(full === undefined ? [] : [['full', evse]]),
  ]
}

const cars: readonly Route[] = [
  route({
    ...bench,
    method: 'POST',
    path: '/evses/{evse}/plug',
    summary: 'The cable into the socket and the car',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'plugin', evseIn(params, ports)),
  }),
  route({
    ...bench,
    method: 'POST',
    path: '/evses/{evse}/unplug',
    summary: 'The cable out of the car, and out of the socket as soon as the lock lets go',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'unplug', evseIn(params, ports)),
  }),
  route({
    ...bench,
    method: 'PUT',
    path: '/evses/{evse}/ev',
    summary: 'Another wish of the car, or another car',
    params: EvsePath,
    body: EvWish,
    answer: Done,
    example: { ...atFirst, body: { wantsAmps: 16, phases: 3, suspended: false } },
    async run({ params, body }, ports) {
      const evse = evseIn(params, ports)
      if (body.chargePercent !== undefined && body.batteryWh === undefined)
        throw new Refusal(422, 'A field is missing', 'chargePercent says how full a new battery comes: batteryWh says its size', 'body.batteryWh')
      for (const line of linesFor(body, evse)) await obeyed(ports, ...line)
      return { body: { reply: 'done' } }
    },
  }),
]

const troubles: readonly Route[] = [
  route({
    ...bench,
    method: 'GET',
    access: 'read',
    path: '/faults',
    summary: 'Everything that can be broken',
    answer: schema.array(Breakable),
    example: {},
    run: (_input, { breakables }) => ({ body: [...(breakables ?? [])] }),
  }),
  route({
    ...bench,
    method: 'POST',
    path: '/evses/{evse}/faults',
    summary: 'Breaks something',
    params: EvsePath,
    body: schema.object({ name: schema.string({ description: 'One of GET /faults.', minLength: 1, maxLength: 50 }) }, closed),
    answer: Done,
    example: { ...atFirst, body: { name: 'meterLost' } },
    run({ params, body }, ports) {
      const evse = evseIn(params, ports)
      if (ports.breakables?.some(({ name }) => name === body.name) !== true)
        throw new Refusal(422, 'No such fault', 'Nothing by this name can be broken: GET /faults lists what can', 'body.name')
      return obeyed(ports, 'fault', body.name, evse)
    },
  }),
  route({
    ...bench,
    method: 'DELETE',
    path: '/evses/{evse}/faults',
    summary: 'Mends what was broken, and clears what the guard has latched of it',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'clear', evseIn(params, ports)),
  }),
]

const world: readonly Route[] = [
  route({
    ...bench,
    method: 'PUT',
    path: '/auto',
    summary: 'The automatic EV: plugs in 2 s after a start, unplugs after a stop',
    body: schema.object({ on: schema.boolean({ description: 'true: it acts by itself.' }) }, closed),
    answer: Done,
    example: { body: { on: false } },
    run: ({ body }, ports) => obeyed(ports, 'auto', body.on ? 'on' : 'off'),
  }),
  route({
    ...bench,
    method: 'POST',
    path: '/clock',
    summary: 'Shifts the timestamps that are sent; adds up',
    body: schema.object({ seconds: schema.integer({ description: 's, also below 0.', minimum: -1_000_000_000, maximum: 1_000_000_000 }) }, closed),
    answer: Done,
    example: { body: { seconds: 60 } },
    run: ({ body }, ports) => obeyed(ports, 'clock', body.seconds),
  }),
  route({
    ...bench,
    method: 'DELETE',
    path: '/clock',
    summary: 'Back to the true time',
    answer: Done,
    example: {},
    run: (_input, ports) => obeyed(ports, 'clock'),
  }),
  route({
    ...bench,
    method: 'POST',
    path: '/reset',
    summary: 'Clears all simulator state: unplugged, nothing broken, the usual car, true time (not an OCPP Reset)',
    answer: Done,
    example: {},
    run: (_input, ports) => obeyed(ports, 'reset'),
  }),
]

const messages: readonly Route[] = [
  route({
    ...bench,
    method: 'GET',
    access: 'read',
    path: '/messages',
    summary: 'OCPP messages that a tester may send by hand, each with a payload that fits',
    answer: schema.array(MessageExample),
    example: {},
    run: (_input, ports) => ({ body: [...(ports.messages?.actions ?? [])] }),
  }),
  route({
    ...bench,
    method: 'POST',
    path: '/messages',
    summary: 'Sends one, behind those of the station. A StartTransaction or StopTransaction by hand belongs to no session of the charger',
    body: schema.object(
      {
        action: schema.string({ description: 'One of GET /messages.', minLength: 1, maxLength: 50 }),
        payload: schema.unsafe<Readonly<Record<string, unknown>>>({ type: 'object', description: 'As OCPP declares it.' }),
      },
      closed,
    ),
    answer: MessageOutcome,
    example: { body: { action: 'Heartbeat', payload: {} } },
    async run({ body: { action, payload } }, ports) {
      if (ports.messages?.actions.some((each) => each.action === action) !== true)
        throw new Refusal(422, 'No such message', 'A charge point sends no message by this name: GET /messages lists them', 'body.action')
      const outcome = await ports.messages.send(action, payload)
      switch (outcome.kind) {
        case 'invalid':
          throw new Refusal(422, 'The payload does not fit', outcome.reason, 'body.payload')
        case 'answered':
          return { body: { kind: 'answered', payload: outcome.payload, code: null, description: null } }
        case 'refused':
          return { body: { kind: 'refused', payload: null, code: outcome.code, description: outcome.description } }
        case 'unanswered':
          return { body: { kind: 'unanswered', payload: null, code: null, description: null } }
      }
    },
  }),
]

export const benchRoutes: readonly Route[] = [...cars, ...troubles, ...world, ...messages]
