import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Turned } from '../gate.ts'
import type { LocalPorts } from '../ports.ts'
import type { Answer, Input, Route } from '../rest/route.ts'
import { send, sendJson } from './send.ts'

/** What documents and checks a way of asking. */
export type Declared = Omit<Route, 'run'>

/** A request whose sender may come in. */
export interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Asked again while an answer goes on: who logs out hears no more. */
  readonly isWelcome: () => boolean
  /** Answers with what the gate says of somebody who showed something wrong. */
  refuse(turned: Turned): void
}

/** A way of asking, at its whole path, and what answers. */
export interface Served {
  readonly method: string
  readonly path: string
  readonly declared: Declared
  serve(input: Input, visit: Visit): void | Promise<void>
}

export const root = '/api/v1'

/** The routes of the REST door, where they are reached. */
export function servedRoutes(routes: readonly Route[], ports: LocalPorts): readonly Served[] {
  const isSimulated = ports.machine.board.isSimulated
  return routes
    .filter((each) => isSimulated || each.isSimulatedOnly !== true)
    .map((each) => ({
      method: each.method,
      path: `${root}${each.path}`,
      declared: each,
      serve: async (input, { response }) => sendAnswer(response, each, await each.run(input, ports)),
    }))
}

export function sendAnswer(response: ServerResponse, { answer }: Pick<Route, 'answer'>, { status = 200, body, fileName }: Answer): void {
  const headers = fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"` }
  if (body === undefined) send(response, status === 200 ? 204 : status, { 'Cache-Control': 'no-store', ...headers })
  else if (typeof answer !== 'string') sendJson(response, status, body, headers)
  else send(response, status, { 'Content-Type': `${answer}; charset=utf-8`, 'Cache-Control': 'no-store', ...headers }, String(body))
}
