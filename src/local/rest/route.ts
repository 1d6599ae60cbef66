import type { Static, TSchema } from 'typebox'
import type { LocalPorts } from '../ports.ts'

/** One thing that the REST door does. Declared once: router, check of the input and OpenAPI come from it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Under `/api/v1`, with `{name}` for a part that varies: `/evses/{evse}/start`. */
  readonly path: string
  /** A heading of the documentation: Station, EVSEs, Sessions, ... */
  readonly tag: string
  readonly summary: string
  /** `read`: anybody who may see; `change`: who may change. Both want the credentials where there are any. `open`: nobody is asked. */
  readonly access: 'open' | 'read' | 'change'
  /** There only where the board is simulated. */
  readonly isSimulatedOnly?: true
  /** Objects of texts, each checked after it was turned into what its schema says (integer, number, boolean). */
  readonly params?: TSchema
  readonly query?: TSchema
  /** JSON. */
  readonly body?: TSchema
  /** The answer when all is well; a text: its media type. */
  readonly answer: TSchema | 'text/csv' | 'text/plain' | 'text/event-stream'
  /** An input that passes, for the documentation and for the test that walks all routes. */
  readonly example: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown }
  run(input: Input, ports: LocalPorts): Answer | Promise<Answer>
}

export interface Input {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

export interface Answer {
  /** 200 when left out. */
  readonly status?: number
  /** JSON, or text where the route says so. */
  readonly body: unknown
  /** Name for a download. */
  readonly fileName?: string
}

/** Thrown by a route: becomes a problem document (RFC 9457). */
export class Refusal extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 503
  readonly title: string
  /** `body.amps`, `path.evse`; undefined: no field is at fault. */
  readonly field: string | undefined

  constructor(status: Refusal['status'], title: string, detail: string, field?: string) {
    super(detail)
    this.status = status
    this.title = title
    this.field = field
  }
}

type Typed<S> = S extends TSchema ? Static<S> : undefined

/** A route with its input typed by its declarations. */
export function route<P extends TSchema | undefined, Q extends TSchema | undefined, B extends TSchema | undefined>(
  declared: Omit<Route, 'run' | 'params' | 'query' | 'body' | 'example'> & {
    readonly params?: P
    readonly query?: Q
    readonly body?: B
    readonly example: { readonly params?: Typed<P>; readonly query?: Typed<Q>; readonly body?: Typed<B> }
    run(input: { readonly params: Typed<P>; readonly query: Typed<Q>; readonly body: Typed<B> }, ports: LocalPorts): Answer | Promise<Answer>
  },
): Route {
  // The router has checked the input against these very schemas.
  return declared as unknown as Route
}
