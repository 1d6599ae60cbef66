import { readFile } from 'node:fs/promises'
import * as Value from 'typebox/value'
import { LineCounter, parseDocument } from 'yaml'
import { ConfigError } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/nearest.ts'
import { type MeterTable, meterTable } from '../spec/meter-table.ts'
import { mistakesOf } from './table.ts'

/** Reads the register table of a meter that is not built in. Loaded, and the YAML parser with it, only for a board that names such a file.
 *  @throws ConfigError naming the file, the field with its line, and the remedy */
export async function readMeterFile(path: string): Promise<MeterTable> {
  const lines = new LineCounter()
  const document = parseDocument(await text(path), { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  const lineOf = (at: readonly (string | number)[]) => {
    const start = (document.getIn(at, true) as { readonly range?: readonly number[] } | undefined)?.range?.[0]
    return start === undefined ? '' : ` (line ${lines.linePos(start).line})`
  }
  const syntax = document.errors[0]
  if (syntax !== undefined)
    throw new ConfigError(
      path,
      '',
      `is not YAML: line ${lines.linePos(syntax.pos[0]).line}: ${syntax.message}`,
      'Check the indentation, colons and brackets there',
    )
  const value: unknown = document.toJS({ maxAliasCount: 20 }) ?? {}
  const violation = violationIn(value)
  if (violation !== undefined) throw new ConfigError(path, violation.at.join('.'), `${violation.problem}${lineOf(violation.at)}`, violation.remedy)
  const table = value as MeterTable
  const mistake = mistakesOf(table)[0]
  if (mistake !== undefined) throw new ConfigError(path, mistake.field, `${mistake.problem}${lineOf(mistake.field.split('.'))}`, mistake.remedy)
  return table
}

async function text(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new ConfigError(path, '', problem, "Name a meter's file beside the board file, or a meter that is built in: `pilotwire probe meter --list`")
  }
}

/** The keywords of JSON Schema that are read here. */
interface Described {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Described>>
  readonly items?: Described
  readonly anyOf?: readonly Described[]
}

interface Violation {
  readonly at: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}

/** The first thing that does not fit the schema; an unknown name before others, because a mistyped name is also a missing one. */
function violationIn(value: unknown): Violation | undefined {
  const schema = narrowed(meterTable as Described, value)
  const found = Value.Errors(schema as typeof meterTable, value)
  const first = found.find(({ keyword }) => keyword === 'additionalProperties') ?? found[0]
  if (first === undefined) return undefined
  const at = first.instancePath
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  const params = first.params as { readonly additionalProperties?: readonly string[]; readonly requiredProperties?: readonly string[] }
  const here = schemaAt(schema, at)
  const [unknown, missing] = [params.additionalProperties?.[0], params.requiredProperties?.[0]]
  if (first.keyword === 'additionalProperties' && unknown !== undefined) {
    const known = Object.keys(here?.properties ?? {})
    const meant = nearest(unknown, known)
    return {
      at: [...at, unknown],
      problem: 'there is no such field',
      remedy: meant === undefined ? `Known here: ${known.join(', ')}` : `Did you mean ${meant}?`,
    }
  }
  if (first.keyword === 'required' && missing !== undefined)
    return { at: [...at, missing], problem: 'is missing', remedy: schemaAt(schema, [...at, missing])?.description ?? 'Add it' }
  const expected = here?.enum === undefined ? first.message : `must be ${here.enum.join(' or ')}`
  return { at, problem: expected, remedy: here?.description ?? describedAbove(schema, at) }
}

/** Where a field may be written in two ways, the way that was chosen: a mistake is then told in its words. */
function narrowed(schema: Described, value: unknown): Described {
  if (typeof value !== 'object' || value === null) return schema
  const entries = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const said = (value as Readonly<Record<string, unknown>>)[name]
    const kind = Array.isArray(said) ? 'array' : typeof said === 'object' ? 'object' : 'integer'
    const { anyOf, ...rest } = field
    const way = anyOf?.find(({ type }) => type === kind) ?? anyOf?.[0]
    return [name, way === undefined ? field : { ...way, ...rest }] as const
  })
  return { ...schema, properties: Object.fromEntries(entries) }
}

function schemaAt(schema: Described, path: readonly (string | number)[]): Described | undefined {
  return path.reduce<Described | undefined>((at, step) => at?.properties?.[step] ?? at?.items, schema)
}

function describedAbove(schema: Described, path: readonly (string | number)[]): string {
  for (let length = path.length - 1; length > 0; length--) {
    const found = schemaAt(schema, path.slice(0, length))?.description
    if (found !== undefined) return found
  }
  return 'See a table that is built in'
}
