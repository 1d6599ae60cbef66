import type { Static, TSchema } from 'typebox'
import * as Format from 'typebox/format'
import * as Schema from 'typebox/schema'
import * as Value from 'typebox/value'
import { epochOf } from '../base/moment.ts'
import * as words from '../base/schema.ts'
import type { CallErrorCode } from './call-error.ts'

declare const shape: unique symbol

/** A message is declared once: type, validator and JSON Schema (`message.request` is the schema itself). */
// biome-ignore lint/suspicious/noExplicitAny: a message of any shape
export interface Message<Request = any, Response = any> {
  readonly action: string
  readonly request: TSchema
  readonly response: TSchema
  /** For the compiler alone: ties the static types to the schemas, exactly. */
  readonly [shape]?: (request: Request, response: Response) => readonly [Request, Response]
}
export type RequestOf<M extends Message> = M extends Message<infer Request, infer _> ? Request : never
export type ResponseOf<M extends Message> = M extends Message<infer _, infer Response> ? Response : never

export function message<const Request extends TSchema, const Response extends TSchema>(
  action: string,
  schemas: { readonly request: Request; readonly response: Response },
): Message<Static<Request>, Static<Response>> {
  return { action, ...schemas }
}

// The words of the official schemas. Objects are closed unless the declaration says otherwise.
export const object = <const P extends Record<string, TSchema>>(properties: P) => words.object(properties, { additionalProperties: false })
export const optional = <const T extends TSchema>(schema: T) => words.optional(schema)
export const list = <const T extends TSchema>(items: T, limits: { minItems?: number; maxItems?: number } = {}) => words.array(items, limits)
export const integer = words.integer()
export const decimal = words.number()
export const boolean = words.boolean()
/** CiString of at most `maxLength` characters. */
export const text = (maxLength?: number) => words.string(maxLength === undefined ? {} : { maxLength })
/** ISO 8601. Any date that can be read is accepted; without a zone it is UTC (see `epochOf`). */
export const dateTime = words.string({ format: 'date-time' })
export const uri = words.string({ format: 'uri' })
export const oneOf = <const T extends readonly string[]>(...values: T) => words.unsafe<T[number]>({ type: 'string', enum: [...values] })

// The library's own checks refuse a date without a zone and most of the file addresses in the field. A message must not
// be lost for the spelling of either: a date is what can be read as one, a URI is judged by whoever opens it.
Format.Set('date-time', (value) => epochOf(value) !== undefined)
Format.Set('uri', () => true)

/** Why a payload does not fit its declaration. */
export interface Violation {
  readonly code: CallErrorCode
  /** `connectorId: must be integer`: the field's path and the rule. */
  readonly description: string
}

/** The first violation of a payload, undefined when it fits. */
export function violationOf(schema: TSchema, payload: unknown): Violation | undefined {
  if (fits(schema, payload)) return undefined
  for (const error of Value.Errors(schema, payload)) {
    if (error.keyword === 'boolean') continue // an extra property; `additionalProperties` of its parent says so in words
    const at = error.instancePath.slice(1).replaceAll('/', '.')
    const code = codeByKeyword[error.keyword] ?? 'formatViolation'
    const rule = error.keyword === 'additionalProperties' ? `has no field ${error.params.additionalProperties.join(', ')}` : error.message
    return { code, description: `${at === '' ? 'payload' : at}: ${rule}` }
  }
  return { code: 'formatViolation', description: 'payload does not fit its declaration' }
}

/** The use of a declaration at which its check is compiled: 1 to 3 ms once, and a twentieth of the time and none of the garbage from
 *  then on. What is used once, as all at the start, is cheaper read through. */
const compiledFrom = 20
const uses = new WeakMap<TSchema, number | Schema.Validator>()

function fits(schema: TSchema, payload: unknown): boolean {
  const known = uses.get(schema) ?? 0
  if (typeof known !== 'number') return known.Check(payload)
  uses.set(schema, known + 1 < compiledFrom ? known + 1 : Schema.Compile(schema))
  return Value.Check(schema, payload)
}

/** OCPP-J §4.2.3: occurrence for what is missing, type for the wrong JSON type, property for a bad value, format for structure. */
const codeByKeyword: Readonly<Record<string, CallErrorCode>> = {
  required: 'occurrenceConstraintViolation',
  minItems: 'occurrenceConstraintViolation',
  maxItems: 'occurrenceConstraintViolation',
  type: 'typeConstraintViolation',
  enum: 'propertyConstraintViolation',
  maxLength: 'propertyConstraintViolation',
  minimum: 'propertyConstraintViolation',
  maximum: 'propertyConstraintViolation',
  format: 'propertyConstraintViolation',
}
