import type { Message, RequestOf, ResponseOf } from './message.ts'

/** What a handler may do beside answering. */
export interface HandlerContext {
  /** Runs after the answer was given to the socket; never when it was not (the socket dropped, the handler threw). */
  after(run: () => void): void
}

export type Handler<M extends Message> = (request: RequestOf<M>, context: HandlerContext) => ResponseOf<M> | Promise<ResponseOf<M>>

/** An action that this end answers. */
export interface Route<M extends Message = Message> {
  readonly message: M
  readonly handle: Handler<M>
}

/** Ties a declaration to its handler; the types meet here and are forgotten after. */
export function route<M extends Message>(message: M, handle: Handler<M>): Route {
  return { message, handle } as unknown as Route
}

/** The routes by action, as `peer` takes them. */
export function routesOf(...routes: readonly Route[]): ReadonlyMap<string, Route> {
  return new Map(routes.map((each) => [each.message.action, each]))
}
