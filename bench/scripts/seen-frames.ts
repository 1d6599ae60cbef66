import { isoOf } from '../../src/base/moment.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'

/** The fields of a message, as JSON has them. */
export type Payload = Readonly<Record<string, unknown>>

/** A frame as it passed, seen from the station: `in` came from the central system. Passwords are taken out. */
export interface PassedFrame {
  /** ISO 8601, by the clock of whoever saw it. */
  readonly at: string
  readonly direction: 'in' | 'out'
  readonly kind: 'call' | 'result' | 'error' | 'malformed' | 'unknown'
  /** Of the CALL, also for its answer. */
  readonly action: string | undefined
  readonly id: string | undefined
  /** Of a CALLERROR {code, description, details}; of a malformed frame {reason}. */
  readonly payload: Payload
}

/** Older ones go: a script may run for days. */
const mostKept = 100_000

/** @param isTurned seen at the central system, where `out` is the station's `in` */
export function passedFrame({ at, direction, kind, action, id, payload }: FrameSeen, isTurned = false): PassedFrame {
  return { at: isoOf(at), direction: (direction === 'in') === isTurned ? 'out' : 'in', kind, action, id, payload: payload as Payload }
}

/** Appends; beyond 100,000 the oldest goes. */
export function keepNewest<T>(kept: T[], one: T): void {
  kept.push(one)
  if (kept.length > mostKept) kept.shift()
}
