import type { TSchema } from 'typebox'
import * as Value from 'typebox/value'
import { nearest } from './nearest.ts'

/** The names and places (from 0) that lead to a field. */
export type FieldPath = readonly (string | number)[]

/** What is wrong with a value that somebody wrote, in words. */
export interface Mistake {
  readonly at: FieldPath
  /** `must be integer, not "x"`. The value is quoted unless its schema says `writeOnly`. */
  readonly problem: string
  /** What to write instead, in one sentence; empty: nobody knows. */
  readonly remedy: string
}

type Violation = ReturnType<typeof Value.Errors>[number]

/** Holds a value against its schema. One mistake at a time; undefined: it fits. */
export function mistakeIn(declared: TSchema, value: unknown): Mistake | undefined {
  const schema = chosen(declared as Described, value) as TSchema
  if (Value.Check(schema, value)) return undefined
  // An unknown name first, because a mistyped name is also a missing one.
  const violations = Value.Errors(schema, value)
  const violation = violations.find((each) => each.keyword === 'additionalProperties') ?? violations[0]
  return violation === undefined ? { at: [], problem: 'does not fit', remedy: '' } : explain(schema, value, violation, pathOf(violation.instancePath))
}

/** The same schema for this one value: where groups of fields are told apart by `kind`, the group that the value names is left.
 *  A mistake is then told in the words of that group. */
function chosen(schema: Described, value: unknown): Described {
  if (typeof value !== 'object' || value === null) return schema
  const kinds = schema.anyOf?.flatMap((branch) => (branch.properties?.['kind']?.enum ?? []).map((kind) => ({ kind, branch }))) ?? []
  if (kinds.length > 0) {
    const found = kinds.find(({ kind }) => kind === (value as { readonly kind?: unknown }).kind)
    if (found !== undefined) return chosen(found.branch, value)
    const kind = { type: 'string', enum: kinds.map((each) => each.kind), description: schema.description ?? '' }
    return { type: 'object', required: ['kind'], properties: { kind } }
  }
  if (Array.isArray(value)) {
    const { items, ...rest } = schema
    return items === undefined ? schema : { ...rest, prefixItems: value.map((each) => chosen(items, each)) }
  }
  const wild = Object.values(schema.patternProperties ?? {})[0]
  const properties = Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const of = own(schema.properties, name) ?? wild
      return of === undefined ? [] : [[name, chosen(of, one)]]
    }),
  )
  // Each name that is there has its own schema now.
  const { patternProperties: _wild, ...rest } = schema
  return { ...rest, properties: { ...schema.properties, ...properties } }
}

function explain(schema: TSchema, value: unknown, violation: Violation, path: FieldPath): Mistake {
  const params = violation.params as { readonly additionalProperties?: readonly string[]; readonly requiredProperties?: readonly string[] }
  const field = schemaAt(schema, path)
  const found = valueAt(value, path)
  if (violation.keyword === 'additionalProperties') {
    const name = params.additionalProperties?.[0] ?? ''
    const known = Object.keys(field?.properties ?? {}).filter((each) => each !== '$schema')
    const meant = nearest(name, known)
    return {
      at: [...path, name],
      problem: 'there is no such field',
      remedy: meant === undefined ? `Known here: ${known.join(', ')}` : `Did you mean ${meant}?`,
    }
  }
  if (violation.keyword === 'required') {
    const name = params.requiredProperties?.[0] ?? ''
    return { at: [...path, name], problem: 'is missing', remedy: schemaAt(schema, [...path, name])?.description ?? 'Add it' }
  }
  const remedy = field?.description ?? 'See the schema'
  const expected = field?.enum === undefined ? violation.message : `must be ${field.enum.map(String).join(' or ')}`
  const quotes = field?.type === 'string' && ['number', 'boolean'].includes(typeof found) ? 'Put it in quotes. ' : ''
  return { at: path, problem: field?.writeOnly === true ? expected : `${expected}, not ${shown(found)}`, remedy: quotes + remedy }
}

/** The keywords of JSON Schema that are read here. */
interface Described {
  readonly type?: string
  readonly description?: string
  readonly writeOnly?: boolean
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly patternProperties?: Readonly<Record<string, Described>>
  readonly items?: Described
  readonly prefixItems?: readonly Described[]
  readonly anyOf?: readonly Described[]
  readonly required?: readonly string[]
}

function schemaAt(schema: TSchema, path: FieldPath): Described | undefined {
  let at: Described | undefined = schema as Described
  for (const step of path) at = own(at?.properties, step) ?? Object.values(at?.patternProperties ?? {})[0] ?? at?.prefixItems?.[Number(step)] ?? at?.items
  return at
}

function valueAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? own(at as Readonly<Record<string, unknown>>, step) : undefined), value)
}

/** Of a value from outside: a field named `toString` must not find what every object has. */
function own<T>(fields: Readonly<Record<string, T>> | undefined, name: string | number): T | undefined {
  return fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a group of fields'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}

/** A JSON pointer (RFC 6901), taken apart. */
function pathOf(pointer: string): FieldPath {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')))
}
