import type { Route } from './route.ts'
import { tags } from './route.ts'
import { Problem } from './shapes.ts'

type Json = Readonly<Record<string, unknown>>

/** What @fastify/swagger is told; the schemas of the routes are the rest. */
export function openApiHead(version: string) {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Pilotwire bench: central system',
      version,
      summary: 'Charge points, sites, transactions and cards of a central system for the desk.',
      description: 'Units stand in the names. Times are ISO 8601 in UTC. What is not known is left out. Errors are problem documents (RFC 9457).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This central system' }],
    tags: tags.map((name) => ({ name })),
    components: {
      securitySchemes: {
        bearer: { type: 'http' as const, scheme: 'bearer', description: 'The token that is printed at start' },
        session: {
          type: 'apiKey' as const,
          in: 'cookie',
          name: 'pilotwire-bench',
          description: 'Set by POST /login. The name of the cookie goes on with letters of its own.',
        },
      },
    },
  }
}

/** A route in the words of fastify and @fastify/swagger. */
export function schemaOf(route: Route) {
  const { answer, also = {}, problems = {}, isOpen, body, params, media } = route
  const problem = (description: string) => ({ description, content: { 'application/problem+json': { schema: Problem } } })
  const good = (description: string) =>
    answer === undefined
      ? { description, type: 'null' }
      : {
          description,
          content: typeof answer === 'string' ? { [answer]: { schema: { type: 'string' } } } : { [media ?? 'application/json']: { schema: answer } },
        }
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    security: isOpen === true ? [] : [{ bearer: [] }, { session: [] }],
    querystring: route.query ?? { type: 'object', properties: {}, additionalProperties: false },
    ...(params === undefined ? {} : { params }),
    ...(body === undefined ? {} : { body }),
    response: {
      [answer === undefined ? 204 : 200]: good(answer === undefined ? 'Done' : 'All is well'),
      ...Object.fromEntries(Object.entries(also).map(([status, words]) => [status, good(words)])),
      ...(isOpen === true ? {} : { 401: problem('Neither the token nor a session was shown') }),
      ...Object.fromEntries(Object.entries(problems).map(([status, words]) => [status, problem(words)])),
      default: problem('What is wrong, which field is at fault, and what to do'),
    },
  }
}

/** The document with each part that has a title written down once, and with the examples. */
export function finished(document: Json, routes: readonly Route[]): Json {
  const schemas = new Map<string, Json>()
  const paths = referring(document['paths'], schemas) as Record<string, Record<string, Record<string, unknown>>>
  for (const route of routes) {
    const operation = paths[route.path]?.[route.method.toLowerCase()]
    if (operation === undefined) continue
    const { params = {}, query = {}, body } = route.example as { readonly params?: Json; readonly query?: Json; readonly body?: unknown }
    for (const each of (operation['parameters'] ?? []) as { name: string; in: string; example?: unknown }[]) {
      const example = each.in === 'path' ? params[each.name] : query[each.name]
      if (example !== undefined) each.example = example
    }
    const asked = operation['requestBody'] as { required: boolean; content: Record<string, Record<string, unknown>> } | undefined
    if (asked === undefined) continue
    asked.required =
      ((route.body as { readonly required?: readonly string[]; readonly oneOf?: unknown }).required ?? []).length > 0 || 'oneOf' in (route.body ?? {})
    Object.assign(asked.content['application/json'] ?? {}, { example: body })
  }
  const components = document['components'] as Json
  return { ...document, paths, components: { ...components, schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) } }
}

/** `putChargersIdPassword` of PUT /chargers/{id}/password. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((each) => each !== '')
  return method.toLowerCase() + words.map((each) => each[0]?.toUpperCase() + each.slice(1)).join('')
}

function referring(part: unknown, schemas: Map<string, Json>): unknown {
  if (Array.isArray(part)) return part.map((each) => referring(each, schemas))
  if (typeof part !== 'object' || part === null) return part
  const parts = Object.fromEntries(Object.entries(part).map(([name, each]) => [name, referring(each, schemas)]))
  const { title, type } = part as { readonly title?: unknown; readonly type?: unknown }
  // A field may be called title: its value is no text then.
  if (typeof title !== 'string' || type !== 'object') return parts
  schemas.set(title, parts)
  return { $ref: `#/components/schemas/${title}` }
}
