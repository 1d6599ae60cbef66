import type { TSchema } from 'typebox'
import { dangerousIn, depthOf } from '../../../src/base/json-text.ts'
import { mistakeIn } from '../../../src/base/mistake.ts'
import { typedBy } from '../../../src/base/typed-text.ts'
import { Refusal } from './refusal.ts'

/** Brackets within brackets. */
const deepest = 32

interface Described {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Described>>
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Described[]
}

/** The value when it fits. What came as text is turned into what its schema says. @throws Refusal naming the field */
export function inputOf(schema: TSchema, place: 'path' | 'query' | 'body', value: unknown): unknown {
  // No body is an empty one: a route whose fields may all be left out needs none.
  const given = place === 'body' ? (value ?? {}) : typedBy(schema, value as Readonly<Record<string, unknown>>)
  const twice = place === 'query' ? Object.entries(given as object).find(([, each]) => Array.isArray(each))?.[0] : undefined
  if (twice !== undefined) throw new Refusal(422, 'Given twice', `query.${twice} is there more than once`, { field: `query.${twice}`, remedy: 'Keep one.' })
  const mistake = mistakeIn(branchOf(schema, given), given)
  if (mistake === undefined) return given
  const field = [place, ...mistake.at].join('.')
  const { properties = {} } = schema as Described
  const isNothingKnown = place === 'query' && Object.keys(properties).length === 0
  const remedy = isNothingKnown ? 'Nothing is asked for behind "?" here.' : mistake.remedy
  throw new Refusal(422, 'Not a valid value', `${field} ${mistake.problem}`, { field, ...(remedy === '' ? {} : { remedy }) })
}

/** Where groups of fields are told apart by `action`, the group that the value names: a mistake is then told in its words. */
function branchOf(schema: TSchema, value: unknown): TSchema {
  const { oneOf } = schema as Described
  if (oneOf === undefined) return schema
  const action = typeof value === 'object' && value !== null ? (value as { readonly action?: unknown }).action : undefined
  const found = oneOf.find(({ properties }) => properties?.['action']?.enum?.includes(action) === true)
  const actions = oneOf.flatMap(({ properties }) => properties?.['action']?.enum ?? [])
  const any = { type: 'object', required: ['action'], properties: { action: { type: 'string', enum: actions, description: `One of ${actions.join(', ')}` } } }
  return (found ?? any) as TSchema
}

/** The JSON of a body; undefined for an empty one. @throws Refusal for what is none, or reaches into the program */
export function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined
  const text = textOf(bytes)
  if (depthOf(text) > deepest) throw new Refusal(400, 'Too deep', `Brackets stand in more than ${deepest} others`, { field: 'body' })
  const value = parsed(text)
  const dangerous = dangerousIn(value)
  if (dangerous !== undefined)
    throw new Refusal(400, 'Not a name', `${dangerous} may not be the name of a field`, { field: 'body', remedy: 'Choose another name.' })
  return value
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Refusal(400, 'Not text', 'The body is not UTF-8', { field: 'body', remedy: 'Send it as UTF-8.' })
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words quote what was sent, and with it perhaps a password.
    throw new Refusal(400, 'Not JSON', 'The body is not JSON', { field: 'body', remedy: 'Look for a missing or surplus quote, comma or bracket.' })
  }
}
