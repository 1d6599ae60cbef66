import { Validator } from '@seriousme/openapi-schema-validator'
import * as Value from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tags } from '../../../bench/csms/rest/route.ts'
import type { HandStation } from '../../bench/csms/station.ts'
import { type Answered, bearer, listening, type RestWorld, restWorld, token } from './rest-world.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly oneOf?: readonly Schema[]
}
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>
interface Operation {
  readonly operationId: string
  readonly security: readonly unknown[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: Schema
    readonly example?: unknown
  }[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
interface Walk {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}
type Fields = Readonly<Record<string, unknown>>

let world: RestWorld
let station: HandStation
let document: Document
let walks: readonly Walk[]

beforeAll(async () => {
  world = await restWorld()
  document = resolved((await world.ask('GET', '/openapi.json', undefined, {})).json) as Document
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  // What makes things comes first, what takes them away last.
  const order = ['PUT', 'POST', 'GET', 'DELETE']
  const depth = ({ method, path }: Walk) => (method === 'DELETE' ? -path.length : path.length)
  walks = all.sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method) || depth(a) - depth(b))
  station = await world.station('CP-1')
  const start = { connectorId: 1, idTag: '04A2B3C4', meterStart: 0, timestamp: world.now() }
  await station.call('StartTransaction', start)
})
afterAll(() => world.close())

/** Every reference replaced by what it leads to. */
function resolved(whole: unknown): unknown {
  const follow = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(follow)
    if (typeof part !== 'object' || part === null) return part
    const { $ref } = part as Schema
    if ($ref === undefined) return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, follow(each)]))
    const target = $ref
      .split('/')
      .slice(1)
      .reduce<unknown>((at, step) => (at as Fields)[step], whole)
    expect(target, $ref).toBeDefined()
    return follow(target)
  }
  return follow(whole)
}

/** The operation with its examples, but for what is said otherwise. */
function targetOf({ path, operation }: Walk, other: { readonly path?: Fields; readonly query?: Fields } = {}): string {
  const parameters = operation.parameters ?? []
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    return encodeURIComponent(String(other.path?.[name] ?? parameters.find((each) => each.name === name)?.example))
  })
  const examples = parameters.flatMap((each) => (each.in === 'query' && each.example !== undefined ? [[each.name, each.example] as const] : []))
  const query = new URLSearchParams(
    Object.entries({ ...Object.fromEntries(examples), ...other.query }).map(([name, value]): [string, string] => [name, String(value)]),
  )
  return `${filled}${query.size === 0 ? '' : `?${query}`}`
}

const bodyOf = ({ operation }: Walk) => operation.requestBody?.content['application/json']
const isStream = ({ operation }: Walk) => operation.responses['200']?.content?.['text/event-stream'] !== undefined
const nameOf = ({ method, path }: Walk) => `${method} ${path}`

/** An answer is what the document says of its status. */
function expectDeclared(walk: Walk, answer: Answered, what: string): void {
  const { responses } = walk.operation
  const declared = responses[String(answer.status)] ?? (answer.status >= 400 ? responses['default'] : undefined)
  const at = `${nameOf(walk)}, ${what}: ${answer.status} ${answer.text.slice(0, 300)}`
  expect(declared, at).toBeDefined()
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
  if (declared?.content === undefined) {
    expect(answer.text, at).toBe('')
    return
  }
  const schema = declared.content[type]?.schema
  expect(schema, `${at} (${type})`).toBeDefined()
  if (schema === undefined || !/json$/.test(type)) return
  expect([at, [...Value.Errors(schema as never, answer.json)]]).toEqual([at, []])
}

/** Refused in the words of RFC 9457, naming the field. */
function expectRefused(walk: Walk, answer: Answered, field: string, what: string): void {
  expectDeclared(walk, answer, what)
  const at = `${nameOf(walk)}, ${what}: ${answer.text}`
  expect([at, answer.status]).toEqual([at, 422])
  expect([at, String(answer.json['field']).startsWith(field)]).toEqual([at, true])
}

/** Values that do not fit. */
function wrong(schema: Schema, isText: boolean): readonly (readonly [string, unknown])[] {
  const types = [schema.type ?? []].flat()
  const isString = types.includes('string')
  return [
    ...(isText && isString ? [] : [['wrong type', isString ? 12 : 'x'] as const]),
    ...(isText || types.includes('null') ? [] : [['null', null] as const]),
    ...(types.includes('object') ? [['list', []] as const] : []),
    ...(types.includes('integer') ? [['fraction', 1.5] as const] : []),
    ...(schema.enum === undefined ? [] : [['no such word', 'nope'] as const]),
    ...(schema.pattern === undefined ? [] : [['pattern', 'a b/c?'] as const]),
    ...(schema.format === undefined ? [] : [['format', 'yesterday'] as const]),
    ...(schema.maxLength === undefined ? [] : [['too long', 'x'.repeat(schema.maxLength + 1)] as const]),
    ...(schema.minLength === undefined || isText ? [] : [['too short', ''] as const]),
    ...(schema.minimum === undefined ? [] : [['too small', schema.minimum - 1] as const]),
    ...(schema.maximum === undefined || schema.maximum > 1e15 ? [] : [['too large', schema.maximum + 1] as const]),
  ]
}

test('the description is OpenAPI 3.1 by an independent validator, with an example for everything that has to be given', async () => {
  const { json } = await world.ask('GET', '/openapi.json', undefined, {})
  expect(await new Validator().validate(structuredClone(json))).toMatchObject({ valid: true })
  expect(json['openapi']).toMatch(/^3\.1\./)
  const ids = walks.map(({ operation }) => operation.operationId)
  expect([ids.length > 40, new Set(ids).size]).toEqual([true, ids.length])
  for (const walk of walks) {
    for (const { name, required, example } of walk.operation.parameters ?? []) if (required) expect([nameOf(walk), name, example]).not.toContain(undefined)
    if (bodyOf(walk) !== undefined) expect([nameOf(walk), bodyOf(walk)?.example]).not.toContain(undefined)
  }
})

test('the readable page holds every route with an example, and nothing from elsewhere', async () => {
  const { text, headers } = await world.ask('GET', '/docs', undefined, {})
  expect(headers.get('content-security-policy')).toContain("style-src 'sha256-")
  for (const { path } of walks) expect(text).toContain(`<code>${path}</code>`)
  for (const name of tags) expect(text).toContain(`<h2>${name}</h2>`)
  expect(text).not.toMatch(/<script|src=|url\(|@import|undefined/)
})

test('every route answers good input as it is declared', async () => {
  for (const walk of walks.filter((each) => !isStream(each))) {
    // Under either of its names a site is taken away once.
    if (walk.method === 'DELETE' && /^.(sites|stations)/.test(walk.path)) await world.ask('PUT', '/sites/seogwipo', { name: 'S', latitude: 1, longitude: 2 })
    const answer = await world.ask(walk.method, targetOf(walk), walk.path === '/login' && walk.method === 'POST' ? { token } : bodyOf(walk)?.example)
    expectDeclared(walk, answer, 'good')
    expect([nameOf(walk), answer.text, answer.status < 300]).toEqual([nameOf(walk), answer.text, true])
  }
  await station.call('Heartbeat', {})
  await world.ask('PUT', '/chargers/CP-1', {})
})

test('no route answers without the token but those that say so', async () => {
  for (const walk of walks) {
    if (walk.operation.security.length === 0) continue
    const answer = await world.ask(walk.method, targetOf(walk), bodyOf(walk)?.example, {})
    expectDeclared(walk, answer, 'no token')
    expect([nameOf(walk), answer.status]).toEqual([nameOf(walk), 401])
    const cookie = await world.ask(walk.method, targetOf(walk), bodyOf(walk)?.example, { cookie: 'pilotwire-bench-00000000=1.2.3' })
    expect([nameOf(walk), cookie.status]).toEqual([nameOf(walk), 401])
  }
  expect(
    walks
      .filter(({ operation }) => operation.security.length === 0)
      .map(nameOf)
      .sort(),
  ).toEqual(['GET /health', 'GET /login', 'GET /openapi.json', 'POST /login', 'POST /logout'])
})

test('every route refuses what does not fit in the path and behind ?, naming the field', async () => {
  for (const walk of walks) {
    for (const { name, in: place, schema } of walk.operation.parameters ?? []) {
      for (const [what, value] of wrong(schema, true)) {
        const answer = await world.ask(walk.method, targetOf(walk, { [place]: { [name]: value } }), bodyOf(walk)?.example)
        expectRefused(walk, answer, `${place}.${name}`, `${name} ${what}`)
      }
    }
    expectRefused(walk, await world.ask(walk.method, targetOf(walk, { query: { surplus: 1 } }), bodyOf(walk)?.example), 'query.surplus', 'unknown field')
  }
})

test('every route that takes a body refuses what does not fit, naming the field', async () => {
  for (const walk of walks) {
    const declared = bodyOf(walk)
    const target = targetOf(walk)
    if (declared === undefined) {
      if (walk.method !== 'GET') expectRefused(walk, await world.ask(walk.method, target, { surplus: 1 }), 'body', 'a body where none is taken')
      continue
    }
    const example = declared.example as Fields
    const schema = declared.schema.oneOf?.find(({ properties }) => properties?.['action']?.enum?.includes(example['action'])) ?? declared.schema
    const refused = async (body: unknown, field: string, what: string) => expectRefused(walk, await world.ask(walk.method, target, body), field, what)
    await refused([], 'body', 'a list')
    await refused('"text"', 'body', 'a text')
    await refused({ ...example, surplus: 1 }, 'body.surplus', 'a surplus field')
    for (const name of schema.required ?? []) {
      const { [name]: _left, ...rest } = example
      await refused(rest, `body.${name}`, `without ${name}`)
    }
    for (const [name, each] of Object.entries(schema.properties ?? {})) {
      for (const [what, value] of wrong(each, false)) await refused({ ...example, [name]: value }, `body.${name}`, `${name} ${what}`)
    }
    for (const [body, status] of [
      ['{"a":', 400],
      ['{"__proto__":{}}', 400],
      [`${'['.repeat(100)}${']'.repeat(100)}`, 400],
    ] as const) {
      const answer = await world.ask(walk.method, target, body)
      expectDeclared(walk, answer, body)
      expect([nameOf(walk), body, answer.status]).toEqual([nameOf(walk), body, status])
    }
  }
})

test('what is not there is not found', async () => {
  for (const walk of walks.filter(({ path }) => path.includes('{'))) {
    const isMade = walk.method === 'PUT' && /^\/\w+\/\{\w+\}$/.test(walk.path)
    if (isMade) continue
    const nobody = { id: walk.path.startsWith('/transactions') ? 2_000_000_000 : 'nobody', tag: 'NOBODY' }
    const answer = await world.ask(walk.method, targetOf(walk, { path: nobody }), bodyOf(walk)?.example)
    expectDeclared(walk, answer, 'unknown')
    expect([nameOf(walk), answer.status, String(answer.json['field']).startsWith('path.')]).toEqual([nameOf(walk), 404, true])
  }
})

test('a stream is what it is declared to be', async () => {
  for (const walk of walks.filter(isStream)) {
    const stream = await listening(world.door.url, targetOf(walk), bearer)
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    stream.close()
  }
})
