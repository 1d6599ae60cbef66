import * as schema from '../../base/schema.ts'
import { longestLimitS } from '../../core/local-control.ts'
import { siteModes } from '../../core/site/settings.ts'
import { EvsePath, evseIn, idTag, obeyed } from './asked.ts'
import { Refusal, type Route, route } from './route.ts'
import { closed, Done, Evse, oneOf, Station } from './shapes.ts'
import { evseOf, stationOf } from './station-picture.ts'

const atFirst = { params: { evse: 1 } } as const

const pictures: readonly Route[] = [
  route({
    method: 'GET',
    path: '/station',
    tag: 'Station',
    summary: 'The station and its outlets, as one consistent picture',
    access: 'read',
    answer: Station,
    example: {},
    run: (_input, ports) => ({ body: stationOf(ports) }),
  }),
  route({
    method: 'GET',
    path: '/evses',
    tag: 'EVSEs',
    summary: 'Every outlet',
    access: 'read',
    answer: schema.array(Evse),
    example: {},
    run: (_input, ports) => ({ body: ports.context.chargePoint.evses.map((evse) => evseOf(ports, evse)) }),
  }),
  route({
    method: 'GET',
    path: '/evses/{evse}',
    tag: 'EVSEs',
    summary: 'One outlet: status, offer and who holds it, readings, session, faults',
    access: 'read',
    params: EvsePath,
    answer: Evse,
    example: atFirst,
    run: ({ params }, ports) => ({ body: evseOf(ports, evseIn(params, ports)) }),
  }),
]

const charging: readonly Route[] = [
  route({
    method: 'POST',
    path: '/evses/{evse}/start',
    tag: 'EVSEs',
    summary: 'Shows a card to start charging',
    access: 'change',
    params: EvsePath,
    body: schema.object({ idTag }, closed),
    answer: Done,
    example: { ...atFirst, body: { idTag: '04A2B3C4' } },
    run: ({ params, body }, ports) => obeyed(ports, 'start', body.idTag, evseIn(params, ports)),
  }),
  route({
    method: 'POST',
    path: '/evses/{evse}/stop',
    tag: 'EVSEs',
    summary: 'Ends the transaction, or the wait for the cable, as its own card would',
    access: 'change',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'stop', evseIn(params, ports)),
  }),
  route({
    method: 'POST',
    path: '/evses/{evse}/tag',
    tag: 'EVSEs',
    summary: 'Shows a card to the reader, the usual one when none is named: starts, stops, or cancels',
    access: 'change',
    params: EvsePath,
    body: schema.object({ idTag: schema.optional(idTag) }, closed),
    answer: Done,
    example: { ...atFirst, body: { idTag: '04A2B3C4' } },
    run: ({ params, body }, ports) => obeyed(ports, 'tag', body.idTag ?? ports.context.defaultTag, evseIn(params, ports)),
  }),
]

const hands: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/evses/{evse}/limit',
    tag: 'EVSEs',
    summary: "Sets the owner's own limit; below 6 A charging pauses",
    access: 'change',
    params: EvsePath,
    body: schema.object(
      {
        amps: schema.number({ description: 'A per phase, 0 to 80.', minimum: 0, maximum: 80 }),
        ttlS: schema.optional(
          schema.integer({ description: 'Ends by itself after so many seconds; for good when left out.', minimum: 1, maximum: longestLimitS }),
        ),
      },
      closed,
    ),
    answer: Done,
    example: { ...atFirst, body: { amps: 10, ttlS: 3_600 } },
    run: ({ params, body }, ports) => obeyed(ports, 'current', body.amps, evseIn(params, ports), ...(body.ttlS === undefined ? [] : [body.ttlS])),
  }),
  route({
    method: 'DELETE',
    path: '/evses/{evse}/limit',
    tag: 'EVSEs',
    summary: "Lifts the owner's own limit",
    access: 'change',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'nolimit', evseIn(params, ports)),
  }),
  route({
    method: 'PUT',
    path: '/evses/{evse}/enabled',
    tag: 'EVSEs',
    summary: "The owner's switch: false pauses charging, over a restart too",
    access: 'change',
    params: EvsePath,
    body: schema.object({ enabled: schema.boolean({ description: 'false: charging pauses.' }) }, closed),
    answer: Done,
    example: { ...atFirst, body: { enabled: true } },
    run: ({ params, body }, ports) => obeyed(ports, body.enabled ? 'enable' : 'disable', evseIn(params, ports)),
  }),
  route({
    method: 'POST',
    path: '/evses/{evse}/unlock',
    tag: 'EVSEs',
    summary: 'Ends the transaction and lets the plug go, once that is safe',
    access: 'change',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'unlock', evseIn(params, ports)),
  }),
  route({
    method: 'POST',
    path: '/evses/{evse}/clear-fault',
    tag: 'EVSEs',
    summary: 'Lets a latched fault go whose cause is gone',
    access: 'change',
    params: EvsePath,
    answer: Done,
    example: atFirst,
    run: ({ params }, ports) => obeyed(ports, 'service', 'clear', evseIn(params, ports)),
  }),
]

const site: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/site/mode',
    tag: 'Station',
    summary: 'How the cars follow the sun; kept over restarts',
    access: 'change',
    body: schema.object({ mode: oneOf(siteModes, 'fast: not at all; min+solar: 6 A at least; solar: with a surplus only.') }, closed),
    answer: Done,
    example: { body: { mode: 'solar' } },
    run({ body }, ports) {
      if (ports.context.chargePoint.site === undefined)
        throw new Refusal(409, 'The charger says no', 'There is no load management here: write site into the station file')
      return obeyed(ports, 'mode', body.mode)
    },
  }),
]

export const stationRoutes: readonly Route[] = [...pictures, ...charging, ...hands, ...site]
