import type { Static, TSchema } from 'typebox'
import * as Value from 'typebox/value'
import { ConfigError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'

export type Path = readonly (string | number)[]
/** The line (from 1) of a field in its file, undefined when the file's syntax has no lines to tell. */
export type LineOf = (path: Path) => number | undefined

type Violation = ReturnType<typeof Value.Errors>[number]

/** What a file says, held against its schema. @throws ConfigError naming the file, the field and the remedy */
export function checked<const S extends TSchema>(source: string, declared: S, value: unknown, lineOf: LineOf): Static<S> {
  const schema = chosen(declared as Described, value) as S
  if (Value.Check(schema, value)) return value as Static<S>
  // One mistake at a time; an unknown name first, because a mistyped name is also a missing one.
  const violations = Value.Errors(schema, value)
  const violation = violations.find((each) => each.keyword === 'additionalProperties') ?? violations[0]
  const path = violation === undefined ? [] : pathOf(violation.instancePath)
  const { at, problem, remedy } = violation === undefined ? { at: path, problem: 'does not fit', remedy: '' } : explain(schema, value, violation, path)
  const line = lineOf(at)
  throw new ConfigError(source, at.join('.'), line === undefined ? problem : `${problem} (line ${line})`, remedy)
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
      const of = schema.properties?.[name] ?? wild
      return of === undefined ? [] : [[name, chosen(of, one)]]
    }),
  )
  // Each name that is there has its own schema now.
  const { patternProperties: _wild, ...rest } = schema
  return { ...rest, properties: { ...schema.properties, ...properties } }
}

function explain(schema: TSchema, value: unknown, violation: Violation, path: Path): { at: Path; problem: string; remedy: string } {
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
  const expected = field?.enum === undefined ? violation.message : `must be ${field.enum.join(' or ')}`
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

function schemaAt(schema: TSchema, path: Path): Described | undefined {
  let at: Described | undefined = schema as Described
  for (const step of path) at = at?.properties?.[step] ?? Object.values(at?.patternProperties ?? {})[0] ?? at?.prefixItems?.[Number(step)] ?? at?.items
  return at
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string | number, unknown>>)[step] : undefined),
    value,
  )
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a group of fields'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}

/** A JSON pointer (RFC 6901), taken apart. */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')))
}
