import { wordsOf } from '../../../src/base/errors.ts'
import * as t from '../../../src/base/schema.ts'
import type { StationRequest } from '../ocpp/station-request.ts'
import { asked, configurationOf, outcomeOf, stationProblems } from './asked.ts'
import { chargerBy, noSuchCharger, oneCharger } from './charger-routes.ts'
import { chargerId, closed, connectorId, evseId, given, tag, transactionId } from './fields.ts'
import type { RestParts } from './parts.ts'
import { found, Refusal } from './refusal.ts'
import { type Route, route } from './route.ts'
import { Configuration, Outcome } from './shapes.ts'

const byId = t.object({ id: chargerId }, closed)

const start = { evse_id: t.optional(evseId), connector_id: t.optional(connectorId), tag }
const stop = { transaction_id: t.optional(transactionId) }
const reset = { type: t.unsafe<'soft' | 'hard'>({ type: 'string', enum: ['soft', 'hard'], description: 'soft: after the transactions; hard: at once' }) }
const unlock = { evse_id: evseId, connector_id: t.optional(connectorId) }
const limit = {
  kw: t.optional(t.number({ description: 'kW, 0 to 1,000. One of kw, watts and amps', minimum: 0, maximum: 1_000 })),
  watts: t.optional(t.number({ description: 'W, 0 to 1,000,000', minimum: 0, maximum: 1_000_000 })),
  amps: t.optional(t.number({ description: 'A of each phase, 0 to 1,000', minimum: 0, maximum: 1_000 })),
  evse_id: t.optional(t.integer({ description: 'From 1; the whole charger when left out', minimum: 0, maximum: 1_000 })),
}

interface Start {
  readonly evse_id?: number
  readonly connector_id?: number
  readonly tag: string
}
interface Limit {
  readonly kw?: number
  readonly watts?: number
  readonly amps?: number
  readonly evse_id?: number
}
interface Outlet {
  readonly evse_id: number
  readonly connector_id?: number
}

async function outcomeFrom(id: string, parts: RestParts, request: StationRequest): Promise<Outcome> {
  await chargerBy(id, parts)
  return outcomeOf(await asked(id, request, parts))
}

function started(id: string, { evse_id, connector_id, tag: card }: Start, parts: RestParts): Promise<Outcome> {
  return outcomeFrom(id, parts, { kind: 'start', tag: card, ...given({ evse: evse_id, connector: connector_id }) })
}

async function stopped(id: string, wanted: number | undefined, parts: RestParts): Promise<Outcome> {
  await chargerBy(id, parts)
  const transaction = wanted === undefined ? await onlyOneAt(id, parts) : await runningAt(id, wanted, parts)
  return outcomeFrom(id, parts, { kind: 'stop', transaction: transaction.id, ...given({ reference: transaction.reference }) })
}

async function runningAt(charger: string, id: number, { store }: RestParts) {
  const one = await store.transactions.one(id)
  const transaction = found(
    one?.charger_id === charger ? one : undefined,
    'transaction of this charger',
    'body.transaction_id',
    'GET /transactions lists them.',
  )
  if (transaction.stopped_at !== undefined) {
    throw new Refusal(409, 'It has ended', `Transaction ${id} ended at ${transaction.stopped_at}`, { field: 'body.transaction_id' })
  }
  return transaction
}

async function onlyOneAt(charger: string, { store }: RestParts) {
  const { items } = await store.transactions.page({ charger, isRunning: true, offset: 0, limit: 100 })
  const [only, second] = items
  if (only === undefined) throw new Refusal(409, 'Nothing runs', 'No transaction runs at this charger', { field: 'body.transaction_id' })
  if (second !== undefined) {
    const transactions = items.map(({ id }) => id)
    const remedy = 'Say which one by transaction_id.'
    throw new Refusal(409, 'Several run', `${items.length} transactions run at this charger`, { field: 'body.transaction_id', remedy, transactions })
  }
  return only
}

function limited(id: string, { kw, watts, amps, evse_id: evse = 0 }: Limit, parts: RestParts): Promise<Outcome> {
  if ([kw, watts, amps].filter((each) => each !== undefined).length !== 1) {
    const remedy = 'Give one of kw, watts and amps. DELETE /chargers/{id}/limit takes a limit away.'
    throw new Refusal(422, 'Not a valid value', 'A limit has one unit', { field: 'body.kw', remedy })
  }
  // A charging profile has one digit behind the point (OCPP 1.6 §7.13, 2.0.1 §2.12).
  const tenths = (value: number) => Math.round(value * 10) / 10
  const wanted = amps === undefined ? { watts: tenths(watts ?? (kw ?? 0) * 1_000) } : { amps: tenths(amps) }
  return noted(id, evse, wanted, parts)
}

/** What was set is remembered, once the charger has taken it. */
async function noted(id: string, evse: number, wanted: { watts: number } | { amps: number } | undefined, parts: RestParts): Promise<Outcome> {
  const outcome = await outcomeFrom(id, parts, { kind: 'limit', evse, ...given({ limit: wanted }) })
  if (outcome.outcome !== 'accepted') return outcome
  try {
    await parts.store.chargers.limited(id, evse, wanted, parts.clock.now().epochMs)
    return outcome
  } catch (error) {
    // Not as a failure: the station has done it, whatever is in the database.
    parts.log.error({ station: id, reason: wordsOf(error) }, 'a limit that was accepted could not be noted')
    const done = wanted === undefined ? 'The station has taken the limit away' : 'The station has accepted the limit'
    return { ...outcome, remark: `${done}, but the database took no note of it: GET /chargers/${id} shows it wrongly until it is set once more` }
  }
}

function wasReset(id: string, type: 'soft' | 'hard', parts: RestParts): Promise<Outcome> {
  return outcomeFrom(id, parts, { kind: 'reset', type })
}

function unlocked(id: string, { evse_id, connector_id }: Outlet, parts: RestParts): Promise<Outcome> {
  return outcomeFrom(id, parts, { kind: 'unlock', evse: evse_id, ...given({ connector: connector_id }) })
}

const action = <const A extends string>(name: A) => t.unsafe<A>({ type: 'string', enum: [name], description: 'What is asked for' })
type Control =
  | ({ readonly action: 'start' } & Start)
  | { readonly action: 'stop'; readonly transaction_id?: number }
  | ({ readonly action: 'limit' } & Limit)
  | { readonly action: 'reset'; readonly type: 'soft' | 'hard' }
  | ({ readonly action: 'unlock' } & Outlet)
const ControlBody = t.unsafe<Control>({
  description: 'One of five, told apart by `action`',
  oneOf: [
    t.object({ action: action('start'), ...start }, { ...closed, description: 'As POST /chargers/{id}/start' }),
    t.object({ action: action('stop'), ...stop }, { ...closed, description: 'As POST /chargers/{id}/stop' }),
    t.object({ action: action('limit'), ...limit }, { ...closed, description: 'As POST /chargers/{id}/limit' }),
    t.object({ action: action('reset'), ...reset }, { ...closed, description: 'As POST /chargers/{id}/reset' }),
    t.object({ action: action('unlock'), ...unlock }, { ...closed, description: 'As POST /chargers/{id}/unlock' }),
  ],
})

function controlled(id: string, body: Control, parts: RestParts): Promise<Outcome> {
  switch (body.action) {
    case 'start':
      return started(id, body, parts)
    case 'stop':
      return stopped(id, body.transaction_id, parts)
    case 'limit':
      return limited(id, body, parts)
    case 'reset':
      return wasReset(id, body.type, parts)
    case 'unlock':
      return unlocked(id, body, parts)
  }
}

const common = { tag: 'Control', params: byId, answer: Outcome, problems: { ...noSuchCharger, ...stationProblems } } as const
const stopProblems = {
  ...common.problems,
  404: 'There is no such charger, or no such transaction of it',
  409: `${stationProblems[409]}; or none runs, or several`,
}

export const controlRoutes: readonly Route[] = [
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/start',
    summary: 'Asks for a transaction for a card',
    body: t.object(start, closed),
    example: { ...oneCharger, body: { evse_id: 1, tag: '04A2B3C4' } },
    run: ({ params: { id }, body }, parts) => started(id, body, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/stop',
    summary: 'Asks for the end of a transaction; of the only one that runs there when it is not named',
    body: t.object(stop, closed),
    problems: stopProblems,
    example: { ...oneCharger, body: {} },
    run: ({ params: { id }, body }, parts) => stopped(id, body.transaction_id, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/control',
    summary: 'Start, stop, limit, reset or unlock in one body',
    body: ControlBody,
    problems: stopProblems,
    example: { ...oneCharger, body: { action: 'limit', kw: 11 } },
    run: ({ params: { id }, body }, parts) => controlled(id, body, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/limit',
    summary: 'Limits what is drawn: of one EVSE, or of the whole charger',
    body: t.object(limit, closed),
    example: { ...oneCharger, body: { kw: 11 } },
    run: ({ params: { id }, body }, parts) => limited(id, body, parts),
  }),
  route({
    ...common,
    method: 'DELETE',
    path: '/chargers/{id}/limit',
    summary: 'Takes that limit away',
    query: t.object({ evse_id: limit.evse_id }, closed),
    example: oneCharger,
    run: ({ params: { id }, query: { evse_id = 0 } }, parts) => noted(id, evse_id, undefined, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/reset',
    summary: 'Starts it again',
    body: t.object(reset, closed),
    example: { ...oneCharger, body: { type: 'soft' } },
    run: ({ params: { id }, body }, parts) => wasReset(id, body.type, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/unlock',
    summary: 'Lets go of the plug',
    body: t.object(unlock, closed),
    example: { ...oneCharger, body: { evse_id: 1 } },
    run: ({ params: { id }, body }, parts) => unlocked(id, body, parts),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/availability',
    summary: 'Takes it, or one EVSE of it, out of service, or back',
    body: t.object(
      {
        operative: t.boolean({ description: 'false: out of service' }),
        evse_id: t.optional(t.integer({ description: 'From 1; the whole charger when left out', minimum: 0, maximum: 1_000 })),
        connector_id: t.optional(connectorId),
      },
      closed,
    ),
    example: { ...oneCharger, body: { operative: false, evse_id: 1 } },
    run: ({ params: { id }, body: { operative, evse_id: evse = 0, connector_id } }, parts) =>
      outcomeFrom(id, parts, { kind: 'availability', evse, operative, ...given({ connector: connector_id }) }),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/chargers/{id}/message',
    summary: 'Any CALL of its OCPP version, judged by its declaration before it is sent',
    body: t.object(
      {
        action: t.string({ description: 'TriggerMessage, GetLog ...', minLength: 1, maxLength: 50 }),
        payload: t.record(t.string(), t.unsafe<unknown>({}), { description: 'As the specification has it' }),
      },
      closed,
    ),
    example: { ...oneCharger, body: { action: 'TriggerMessage', payload: { requestedMessage: 'StatusNotification' } } },
    run: ({ params: { id }, body }, parts) => outcomeFrom(id, parts, { kind: 'message', ...body }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/chargers/{id}/configuration',
    summary: 'Its configuration, asked for now: keys of OCPP 1.6, variables of OCPP 2.0.1',
    query: t.object({ keys: t.optional(t.string({ description: 'Apart by commas; all when left out', minLength: 1, maxLength: 2_000 })) }, closed),
    answer: Configuration,
    example: { ...oneCharger, query: { keys: 'HeartbeatInterval' } },
    async run({ params: { id }, query: { keys = '' } }, parts) {
      await chargerBy(id, parts)
      const names = keys.split(',').map((each) => each.trim())
      return configurationOf(await asked(id, { kind: 'readConfiguration', keys: names.filter((each) => each !== '') }, parts))
    },
  }),
  route({
    ...common,
    method: 'PUT',
    path: '/chargers/{id}/configuration',
    summary: 'Changes one key or variable',
    body: t.object(
      {
        key: t.string({ description: 'HeartbeatInterval, or OCPPCommCtrlr.HeartbeatInterval in OCPP 2.0.1', minLength: 1, maxLength: 200 }),
        value: t.string({ description: 'As text, whatever its kind: at most 500 characters in OCPP 1.6', maxLength: 2_500, writeOnly: true }),
      },
      closed,
    ),
    example: { ...oneCharger, body: { key: 'HeartbeatInterval', value: '60' } },
    run: ({ params: { id }, body }, parts) => outcomeFrom(id, parts, { kind: 'changeConfiguration', ...body }),
  }),
]
