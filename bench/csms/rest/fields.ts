import type { Static, TSchema } from 'typebox'
import * as t from '../../../src/base/schema.ts'
import type { Slice } from '../store/store.ts'
import { Refusal } from './refusal.ts'

// What routes take, each bounded.

export const closed = { additionalProperties: false } as const

export const evseId = t.integer({ description: 'From 1; the connector of OCPP 1.6', minimum: 1, maximum: 1_000 })
export const connectorId = t.integer({ description: 'From 1, of the EVSE', minimum: 1, maximum: 1_000 })
export const transactionId = t.integer({ description: 'As GET /transactions lists it', minimum: 1, maximum: 2_147_483_647 })
export const tag = t.string({ description: 'The card, at most 36 characters; 20 in OCPP 1.6', minLength: 1, maxLength: 36 })
export const chargerId = t.string({ description: 'The OCPP identity of a charge point', minLength: 1, maxLength: 255 })
export const siteId = t.string({ description: 'Letters, digits, - and _, at most 64', pattern: '^[A-Za-z0-9_-]{1,64}$' })
/** The same, where null takes away what was said. */
export function clearable<T extends TSchema>(schema: T) {
  const { type, enum: values, description = '' } = schema as { readonly type?: unknown; readonly enum?: readonly unknown[]; readonly description?: string }
  const also = values === undefined ? {} : { enum: [...values, null] }
  return t.optional(t.unsafe<Static<T> | null>({ ...schema, type: [type, 'null'], ...also, description: `${description}; null takes it away` }))
}
/** Part of a name. */
export const searched = t.string({ description: 'Part of a name, in any case', minLength: 1, maxLength: 100 })
const instant = (description: string) => t.string({ description: `${description}, ISO 8601: 2026-05-01T08:00:00Z`, format: 'date-time' })
export const span = { from: t.optional(instant('From then on')), until: t.optional(instant('Until then')) }

export const mostOfPage = 1_000
export const paging = {
  // What is left out has to be walked over: whoever wants more of a long list names a span.
  offset: t.optional(t.integer({ description: 'How many to leave out, 0 when left out; with a time span for what lies beyond', minimum: 0, maximum: 100_000 })),
  limit: t.optional(t.integer({ description: `How many at most: 1 to ${mostOfPage}, 100 when left out`, minimum: 1, maximum: mostOfPage })),
}

export function sliceOf({ offset = 0, limit = 100 }: { readonly offset?: number; readonly limit?: number }): Slice {
  return { offset, limit }
}

/** Epoch ms of a checked time. @throws Refusal for what only looks like one: a leap second */
export function epochOf(iso: string | undefined, field: string): number | undefined {
  if (iso === undefined) return undefined
  const epochMs = Date.parse(iso)
  if (Number.isNaN(epochMs))
    throw new Refusal(422, 'Not a valid value', `${field} is no moment that a calendar has`, { field, remedy: 'Write 2026-05-01T08:00:00Z.' })
  return epochMs
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that are undefined. */
export function given<T extends Readonly<Record<string, unknown>>>(fields: T): Given<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>
}
