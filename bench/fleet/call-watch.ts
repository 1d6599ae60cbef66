import type { FrameSeen } from '../../src/ocpp/wire.ts'
import type { Tally } from './tally.ts'

/** Watches the frames of one station: how long its CALLs wait for their answers, and what is wrong with these. */
export class CallWatch {
  readonly #tally: Tally
  readonly #realMs: () => number
  /** The CALL under way: OCPP 1.6 knows one at a time (§4.1.1). */
  #waiting: { readonly id: string | undefined; readonly action: string; readonly atMs: number } | undefined

  /** @param realMs real time, monotonic: whatever time the station has, its central system has this one */
  constructor(tally: Tally, realMs: () => number) {
    this.#tally = tally
    this.#realMs = realMs
  }

  passed({ direction, kind, action = 'a CALL', id, payload }: FrameSeen): void {
    this.#tally.frame(direction)
    if (direction === 'out') {
      if (kind === 'error') this.#tally.noted(`CALLERROR of ours to ${action}`)
      if (kind !== 'call') return
      this.giveUp()
      this.#waiting = { id, action, atMs: this.#realMs() }
      if (action === 'StartTransaction') this.#tally.noted('transactions begun')
      if (action === 'StopTransaction') this.#tally.noted('transactions ended')
    } else if (kind === 'malformed' || kind === 'unknown') this.#tally.failed(`${kind} frame`)
    else if (kind !== 'call') this.#answered(kind, id, action, payload)
  }

  #answered(kind: 'result' | 'error', id: string | undefined, action: string, payload: unknown) {
    if (this.#waiting === undefined || this.#waiting.id !== id) return this.#tally.noted('answers that came too late')
    this.#tally.answered(action, this.#realMs() - this.#waiting.atMs)
    this.#waiting = undefined
    if (kind === 'error') this.#tally.failed(`CALLERROR ${codeOf(payload)} to ${action}`)
    else if (action === 'BootNotification' && statusOf(payload) === 'Rejected') this.#tally.failed('BootNotification rejected')
  }

  /** The CALL under way has got no answer in time: another one follows it. */
  giveUp(): void {
    if (this.#waiting !== undefined) this.#tally.failed(`time-out of ${this.#waiting.action}`)
    this.#waiting = undefined
  }

  /** Real milliseconds for which a CALL has waited; undefined: none does. */
  get waitsMs(): number | undefined {
    return this.#waiting === undefined ? undefined : this.#realMs() - this.#waiting.atMs
  }

  /** With the connection goes what was under way; it is said again on the next one. */
  disconnected(): void {
    this.#waiting = undefined
  }
}

function codeOf(payload: unknown): string {
  const { code } = payload as { readonly code?: unknown }
  return typeof code === 'string' ? code.slice(0, 40) : 'without a code'
}

function statusOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'status' in payload ? payload.status : undefined
}
