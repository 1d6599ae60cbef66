import { Problem } from '../rest/shapes.ts'
import { type Declared, root } from './served.ts'

/** A JSON Schema as it is written down. */
export interface Schema {
  readonly title?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

type Json = Readonly<Record<string, unknown>>

/** The routes as an OpenAPI 3.1 document. Whoever wants to see it need not be logged in: it says nothing about this charger. */
export function openApi(routes: readonly Declared[], version: string): Json {
  const components = new Map<string, Json>()
  const reference = (schema: Schema) => referring(schema, components)
  const problem = reference(Problem as Schema)
  const pathOf = (route: Declared) => `${root}${route.path}`
  const operations = (path: string) => routes.filter((each) => pathOf(each) === path).map((each) => [each.method.toLowerCase(), operation(each, reference)])
  const paths = Object.fromEntries(routes.map((each) => [pathOf(each), Object.fromEntries(operations(pathOf(each)))]))
  return {
    openapi: '3.1.1',
    info: {
      title: 'Pilotwire',
      version,
      summary: 'The charger as its owner and programs at the spot see it.',
      description: 'Units stand in the names. Moments are ISO 8601 in UTC; null: there is none. Errors are problem documents (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This charger.' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(components),
      responses: {
        Problem: { description: 'What is wrong, which field is at fault, and what to do.', content: { 'application/problem+json': { schema: problem } } },
      },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'The token, or the password. Asked for where the station file sets one.' },
        session: { type: 'apiKey', in: 'cookie', name: 'pilotwire', description: 'Set by POST /login. The name of the cookie ends in the port.' },
      },
    },
  }
}

function operation(route: Declared, reference: (schema: Schema) => unknown): Json {
  const { params, query } = route.example as { readonly params?: Json; readonly query?: Json }
  const parameters = [...fieldsOf(route.params, 'path', params, reference), ...fieldsOf(route.query, 'query', query, reference)]
  const isOpen = route.access === 'open'
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.isSimulatedOnly === true ? { description: 'On a simulated board only.' } : {}),
    security: isOpen ? [] : [{ bearer: [] }, { session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: ((route.body as Schema).required ?? []).length > 0,
            content: { 'application/json': { schema: reference(route.body as Schema), example: route.example.body ?? {} } },
          },
        }),
    responses: {
      200: {
        description: 'All is well.',
        content:
          typeof route.answer === 'string' ? { [route.answer]: { schema: { type: 'string' } } } : { 'application/json': { schema: reference(route.answer) } },
      },
      ...(isOpen ? {} : { 401: { $ref: '#/components/responses/Problem' } }),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function fieldsOf(schema: unknown, place: 'path' | 'query', example: Json | undefined, reference: (schema: Schema) => unknown): readonly Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as Schema
  return Object.entries(properties).map(([name, { description, ...each }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: reference(each),
    ...(example?.[name] === undefined ? {} : { example: example[name] }),
  }))
}

/** `putEvsesEvseLimit` of PUT /evses/{evse}/limit. */
function operationId({ method, path }: Declared): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((each) => each !== '')
  return method.toLowerCase() + words.map((each) => each[0]?.toUpperCase() + each.slice(1)).join('')
}

/** The schema with a reference in place of each part that has a title: such a part is written down once. */
function referring(schema: unknown, components: Map<string, Json>): unknown {
  if (Array.isArray(schema)) return schema.map((each) => referring(each, components))
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.fromEntries(Object.entries(schema).map(([name, each]) => [name, referring(each, components)]))
  const { title } = schema as Schema
  if (typeof title !== 'string') return parts
  components.set(title, parts)
  return { $ref: `#/components/schemas/${title}` }
}
