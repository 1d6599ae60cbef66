import type { Problem } from '../rest/shapes.ts'
import { browserClock } from './browser-clock.ts'

const patienceMs = 15_000

/** The other side said no, or nothing. `message` is for people; `problem.field` names the field at fault. */
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

export interface Asking {
  /** @throws ProblemError, like the others */
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  delete<T>(path: string): Promise<T>
}

export interface Asked {
  /** Relative, so that the page also works below a path of a reverse proxy. */
  readonly root: string
  /** As a sentence begins: `The charger`. */
  readonly who: string
  /** What to look after when it does not answer: a question. */
  readonly remedy: string
  /** Called whenever somebody has to log in first. */
  readonly onLocked: () => void
}

/** A REST door as a page asks it. */
export function asking(asked: Asked): Asking {
  return {
    get: (path) => ask(asked, 'GET', path),
    post: (path, body = {}) => ask(asked, 'POST', path, body),
    put: (path, body) => ask(asked, 'PUT', path, body),
    delete: (path) => ask(asked, 'DELETE', path),
  }
}

async function ask<T>({ root, who, remedy, onLocked }: Asked, method: string, path: string, body?: unknown): Promise<T> {
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
    if (!response.ok) throw new ProblemError(problemFrom(who, response, text))
    return (isJson(response) && text !== '' ? JSON.parse(text) : text) as T
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw new ProblemError({ type: 'about:blank', title: 'No answer', status: 0, detail: `${who} does not answer. ${remedy}` })
  } finally {
    stop()
  }
}

function isJson(response: Response): boolean {
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '')
}

function problemFrom(who: string, response: Response, text: string): Problem {
  try {
    const read = JSON.parse(text) as Partial<Problem>
    if (typeof read.title === 'string') return { type: 'about:blank', status: response.status, detail: '', ...read, title: read.title }
  } catch {
    // Not a problem document: a proxy between, for instance.
  }
  return { type: 'about:blank', title: 'Refused', status: response.status, detail: `${who} answered ${response.status} ${response.statusText}.` }
}
