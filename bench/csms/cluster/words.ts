import type { Static, TSchema } from 'typebox'
import * as t from '../../../src/base/schema.ts'
import { violationOf } from '../../../src/ocpp/message.ts'
import type { StationAnswer, StationRequest } from '../ocpp/station-request.ts'
import { Frame } from '../rest/shapes.ts'

// What the processes tell each other. Who can publish at the broker can send anything: nothing is used before it was held against these. Fields
// that are not known are left alone: a newer process may have more to say.

const id = t.string({ minLength: 1, maxLength: 255 })
const run = t.string({ minLength: 16, maxLength: 16, pattern: '^[0-9a-f]{16}$' })
const text = (maxLength = 1_000) => t.string({ maxLength })
const count = t.integer({ minimum: 0, maximum: 2 ** 31 - 1 })
const payload = t.record(t.string(), t.unsafe<unknown>({}))

/** A process says that it is there. */
export const Alive = t.object({ process: t.string({ minLength: 1, maxLength: 255 }) })
/** A run holds a station. The greater stamp holds it now: epoch ms, and always more than what the run had heard of the station before. */
export const Holder = t.object({ run, stamp: t.integer({ minimum: 0, maximum: 2 ** 52 }) })
export type Holder = Static<typeof Holder>
/** Stations that a run holds. */
export const Stations = t.array(t.object({ id, stamp: Holder.properties.stamp }), { maxItems: 2_000 })
/** The chargers whose frames a run wants. */
export const Wanted = t.array(id, { maxItems: 100 })
export const Changes = t.object({
  chargers: t.array(id, { maxItems: 2_000 }),
  sites: t.optional(t.array(id, { maxItems: 2_000 })),
  transactions: t.array(t.object({ transaction: count, charger: id }), { maxItems: 2_000 }),
  frames: t.array(Frame, { maxItems: 2_000 }),
})
export type Changes = Static<typeof Changes>

const ofRequest = {
  start: t.object({ evse: t.optional(count), connector: t.optional(count), tag: text() }),
  stop: t.object({ transaction: count, reference: t.optional(text()) }),
  limit: t.object({
    evse: count,
    limit: t.optional(
      t.unsafe<{ readonly watts: number } | { readonly amps: number }>({
        anyOf: ['watts', 'amps'].map((name) => ({ ...t.object({ [name]: t.number() }), additionalProperties: false })),
      }),
    ),
  }),
  reset: t.object({ type: t.unsafe<'soft' | 'hard'>({ enum: ['soft', 'hard'] }) }),
  unlock: t.object({ evse: count, connector: t.optional(count) }),
  availability: t.object({ evse: count, connector: t.optional(count), operative: t.boolean() }),
  readConfiguration: t.object({ keys: t.array(text(), { maxItems: 1_000 }) }),
  changeConfiguration: t.object({ key: text(), value: text(100_000) }),
  message: t.object({ action: text(), payload }),
} as const satisfies { readonly [Kind in StationRequest['kind']]: TSchema }

const action = text()
const ofAnswer = {
  answered: t.object({
    action,
    isAccepted: t.boolean(),
    status: t.optional(text()),
    payload,
    configuration: t.optional(t.array(t.object({ key: text(), value: t.optional(text(100_000)), isReadOnly: t.boolean() }), { maxItems: 10_000 })),
  }),
  refused: t.object({ action, code: text(), description: text() }),
  invalid: t.object({ action, description: text(10_000) }),
  timeout: t.object({ action }),
  disconnected: t.object({}),
  impossible: t.object({ field: t.optional(text()), description: text(10_000) }),
} as const satisfies { readonly [Kind in StationAnswer['kind']]: TSchema }

export const Ask = t.object({ station: id, request: t.unsafe<StationRequest>({ type: 'object' }) })
export type Ask = Static<typeof Ask>

/** What is wrong with it is in `wrong`. */
export type Read<T> = { readonly value: T; readonly wrong?: undefined } | { readonly value?: undefined; readonly wrong: string }

/** @param most bytes */
export function read<T extends TSchema>(bytes: Uint8Array, most: number, schema: T): Read<Static<T>> {
  if (bytes.length > most) return { wrong: `${bytes.length} bytes; at most ${most} belong here` }
  const value = parsed(bytes)
  const wrong = value === undefined ? 'no JSON' : violationOf(schema, value)?.description
  return wrong === undefined ? { value: value as Static<T> } : { wrong }
}

export function readAsk(bytes: Uint8Array, most: number): Read<Ask> {
  const ask = read(bytes, most, Ask)
  if (ask.wrong !== undefined) return ask
  const wrong = wrongKind(ofRequest, ask.value.request)
  return wrong === undefined ? ask : { wrong }
}

export function readAnswer(bytes: Uint8Array, most: number): Read<StationAnswer> {
  const answer = read(bytes, most, t.unsafe<StationAnswer>({ type: 'object' }))
  if (answer.wrong !== undefined) return answer
  const wrong = wrongKind(ofAnswer, answer.value)
  return wrong === undefined ? answer : { wrong }
}

function wrongKind(schemas: Readonly<Record<string, TSchema>>, value: { readonly kind?: unknown }): string | undefined {
  const { kind } = value
  const schema = typeof kind === 'string' && Object.hasOwn(schemas, kind) ? schemas[kind] : undefined
  return schema === undefined ? 'kind: is none that is known' : violationOf(schema, value)?.description
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
