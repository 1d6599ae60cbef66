import type { Millis } from './units.ts'

/** A point in time that knows how far its wall clock may be believed.
 *  `bootMs` counts from the boot named by `boot` and never steps; `epochMs` is the wall clock as it was
 *  believed then. With `trusted: false` (no central system yet) only `bootMs` is sound: a board without a real-time clock
 *  begins in 1970, or at the moment of its last shut-down. The true wall time is `bootMs` plus the offset that the same boot
 *  learns later. */
export interface Moment {
  /** Milliseconds since the boot `boot`, monotonic. */
  readonly bootMs: Millis
  /** Identity of the boot that `bootMs` counts from. */
  readonly boot: string
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly epochMs: number
  /** True when `epochMs` came from a clock that was synchronised. */
  readonly trusted: boolean
}

/** ISO 8601 in UTC with milliseconds and `Z`: `2026-03-01T12:00:00.000Z`. */
export function isoOf(moment: Moment): string {
  return new Date(moment.epochMs).toISOString()
}

/** Date, then optionally hours and minutes, seconds, fraction, zone. Date.parse alone takes `hello 1` for a date. */
const iso8601 = /^(\d{4}-\d{2}-(\d{2}))(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?([zZ]|[+-]\d{2}(?::?\d{2})?)?)?$/

/** Milliseconds since 1970 of an ISO 8601 text; without a zone it is read as UTC. Undefined when it is no date. */
export function epochOf(text: string): number | undefined {
  const parts = iso8601.exec(text.trim())
  if (parts === null) return undefined
  const [, date, day, time = '00:00', second = '00', fraction = '', zone = 'Z'] = parts
  // The engine turns 30 February into 2 March.
  if (new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return undefined
  const epochMs = Date.parse(`${date}T${time}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zoneOf(zone)}`)
  return Number.isNaN(epochMs) ? undefined : epochMs
}

/** `Z` or `+01:00`, of `z`, `+0100` and `+01` too. */
function zoneOf(zone: string): string {
  if (zone === 'Z' || zone === 'z') return 'Z'
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}
