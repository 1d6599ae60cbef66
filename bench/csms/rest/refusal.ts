/** What a problem document may say beside its title and its words. */
export interface RefusalDetails {
  /** `body.kw`, `query.limit`, `path.id`; left out where no field is at fault. */
  readonly field?: string | undefined
  /** What to do about it, in one sentence. */
  readonly remedy?: string | undefined
  /** Those among which one has to be named. */
  readonly transactions?: readonly number[]
  /** Of the station's CALLERROR. */
  readonly code?: string | undefined
  /** Of the CALL that was sent. */
  readonly action?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown by a route: becomes a problem document (RFC 9457). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly title: string
  readonly details: RefusalDetails

  constructor(status: number, title: string, detail: string, details: RefusalDetails = {}) {
    super(detail)
    this.status = status
    this.title = title
    this.details = details
  }
}

/** @throws Refusal 404 for what is not there */
export function found<T>(value: T | undefined, what: string, field: string, remedy: string): T {
  if (value === undefined) throw new Refusal(404, 'Not found', `There is no such ${what}`, { field, remedy })
  return value
}
