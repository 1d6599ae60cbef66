import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { RestParts } from './parts.ts'

export const tags = ['Sites', 'Chargers', 'Control', 'Transactions', 'Tokens', 'Map', 'Statistics', 'Frames', 'Events', 'Access', 'This program'] as const

/** One thing that the REST door does. Declared once: router, check of the input and OpenAPI come from it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `{name}` for a part that varies: `/chargers/{id}/start`. */
  readonly path: string
  readonly tag: (typeof tags)[number]
  readonly summary: string
  /** Nobody is asked for the token. */
  readonly isOpen?: true
  /** Objects; what stands in the path and behind `?` is turned into what its schema says (integer, number, boolean) before it is checked. */
  readonly params?: TSchema
  readonly query?: TSchema
  /** JSON. */
  readonly body?: TSchema
  /** The answer when all is well; a text: its media type; left out: HTTP 204, without a body. */
  readonly answer?: TSchema | TextAnswer
  /** Other answers with the same shape, by their status. */
  readonly also?: Readonly<Record<number, string>>
  /** JSON of another name than application/json. */
  readonly media?: 'application/geo+json'
  /** Problems that are this route's own, beside 401, 422 and 500, by their status. */
  readonly problems?: Readonly<Record<number, string>>
  /** An input that passes, for the documentation and for the test that walks all routes. */
  readonly example: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown }
  run(input: Input, parts: RestParts, visit: Visit): unknown
}

/** What is got can be asked for without its body; a stream has no end. */
export const hasHead = ({ method, answer }: Route) => method === 'GET' && answer !== 'text/event-stream'

export type TextAnswer = 'text/plain' | 'text/event-stream'

export interface Input {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

export interface Visit {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type Typed<S> = S extends TSchema ? Static<S> : undefined

/** A route with its input typed by its declarations. */
export function route<P extends TSchema | undefined = undefined, Q extends TSchema | undefined = undefined, B extends TSchema | undefined = undefined>(
  declared: Omit<Route, 'run' | 'params' | 'query' | 'body' | 'example'> & {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly example: { readonly params?: Typed<P>; readonly query?: Typed<Q>; readonly body?: Typed<B> }
    run(input: { readonly params: Typed<P>; readonly query: Typed<Q>; readonly body: Typed<B> }, parts: RestParts, visit: Visit): unknown
  },
): Route {
  // The door has checked the input against these very schemas.
  return declared as unknown as Route
}
