import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Turned } from '../gate.ts'
import type { Refusal } from '../rest/route.ts'
import type { Problem } from '../rest/shapes.ts'
import { send } from './send.ts'

/** What somebody is told who does not get what he asked for (RFC 9457). */
export interface Said {
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly field?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

export function sendProblem(response: ServerResponse, { status, title, detail, field, headers = {} }: Said): void {
  const problem: Problem = { type: 'about:blank', title, status, detail, ...(field === undefined ? {} : { field }) }
  send(response, status, { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store', ...headers }, JSON.stringify(problem))
}

const remedies: Readonly<Record<Turned['status'], string>> = {
  400: 'Name the host in the header Host.',
  401: 'The owner of the charger knows it; programs show it as "Authorization: Bearer ...".',
  403: 'A page of another site must not call the charger. Open the page of the charger itself.',
  421: '',
  429: '',
}

/** What the gate says, as a problem. */
export function saidBy({ status, words, retryAfterS }: Turned): Said {
  return {
    status,
    title: STATUS_CODES[status] ?? 'Refused',
    detail: `${words}. ${retryAfterS === undefined ? remedies[status] : `Try again in ${retryAfterS} s.`}`.trimEnd(),
    headers: {
      ...(retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  }
}

export function saidOf({ status, title, message, field }: Refusal): Said {
  return { status, title, detail: message, field }
}
