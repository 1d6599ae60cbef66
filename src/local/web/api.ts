import type { Problem } from '../rest/shapes.ts'
import { browserClock } from './browser-clock.ts'

/** The REST door as the page uses it. Relative, so that the page also works below a path of a reverse proxy. */
export const root = 'api/v1'

const patienceMs = 15_000

/** The charger said no, or nothing. `message` is for people; `problem.field` names the field at fault. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail === '' ? problem.title : problem.detail)
    this.problem = problem
  }
}

/** What a person should read about anything that was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

let onLocked: () => void = () => undefined

/** `run` is called whenever the charger wants a password first. */
export function whenLocked(run: () => void): void {
  onLocked = run
}

export const api = {
  /** @throws ProblemError, like the others */
  get: <T>(path: string): Promise<T> => ask<T>('GET', path),
  post: <T>(path: string, body: unknown = {}): Promise<T> => ask<T>('POST', path, body),
  put: <T>(path: string, body: unknown): Promise<T> => ask<T>('PUT', path, body),
  delete: <T>(path: string): Promise<T> => ask<T>('DELETE', path),
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const patience = new AbortController()
  const stop = browserClock.after(patienceMs, () => patience.abort())
  try {
    const response = await fetch(`${root}${path}`, {
      method,
      signal: patience.signal,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status === 401 && path !== '/login') onLocked()
    if (!response.ok) throw new ProblemError(problemFrom(response, text))
    return (isJson(response) && text !== '' ? JSON.parse(text) : text) as T
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError({ type: 'about:blank', title: 'No answer', status: 0, detail: 'The charger does not answer. Is it on, and on this network?' })
  } finally {
    stop()
  }
}

function isJson(response: Response): boolean {
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '')
}

function problemFrom(response: Response, text: string): Problem {
  try {
    const read = JSON.parse(text) as Partial<Problem>
    if (typeof read.title === 'string') return { type: 'about:blank', status: response.status, detail: '', ...read, title: read.title }
  } catch {
    // Not a problem document: a proxy between, for instance.
  }
  return { type: 'about:blank', title: 'Refused', status: response.status, detail: `The charger answered ${response.status} ${response.statusText}.` }
}
