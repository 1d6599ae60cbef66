import { plausibleSinceMs } from '../base/clock.ts'
import type { Millis } from '../base/units.ts'

/** A boot as the ledger knows it. */
export interface BootSpan {
  readonly boot: string
  /** Of its last fact, ms since the boot. */
  readonly lastMs: Millis
  /** Wall time of its monotonic zero, ms since 1970; undefined: no fact of it tells. */
  readonly originMs: number | undefined
  /** A central system set its clock. False with an origin: the clock of the computer said so. */
  readonly isSure: boolean
}

/** Lays boots out in time: by boot the wall time of its monotonic zero, ms since 1970.
 *  A boot that never learnt the time ended just before the next one began, as far as anybody can tell, and is thus told late by the time
 *  that the power was off, never early. It begins no sooner than the last known fact before it. With no known boot after it, it
 *  follows the one before, or the earliest time at which such a program can have run.
 *  @param spans in the order in which the boots began */
export function layOut(spans: readonly BootSpan[]): ReadonlyMap<string, number> {
  const known = spans.map((span, at) => (span.isSure || isBelievable(spans, at) ? span.originMs : undefined))
  const origins: (number | undefined)[] = [...known]
  for (let at = spans.length - 2; at >= 0; at--) {
    const next = origins[at + 1]
    if (origins[at] === undefined && next !== undefined) origins[at] = next - lastOf(spans[at])
  }
  let knownUntil = plausibleSinceMs
  let previousEnd = plausibleSinceMs
  const laid = new Map<string, number>()
  for (const [at, span] of spans.entries()) {
    const sure = known[at]
    const origin = sure ?? Math.max(origins[at] ?? previousEnd, knownUntil)
    if (sure !== undefined) knownUntil = Math.max(knownUntil, sure + span.lastMs)
    previousEnd = Math.max(knownUntil, origin + span.lastMs)
    laid.set(span.boot, Math.round(origin))
  }
  return laid
}

const lastOf = (span: BootSpan | undefined) => span?.lastMs ?? 0

/** The clock of the computer is believed where it fits between what central systems said before and after: one whose battery is empty
 *  begins in the past, and one that nobody set may stand anywhere. */
function isBelievable(spans: readonly BootSpan[], at: number): boolean {
  const span = spans[at]
  if (span?.originMs === undefined) return false
  const { originMs, lastMs } = span
  return spans.every((other, where) => {
    if (!other.isSure || other.originMs === undefined || where === at) return true
    return where < at ? other.originMs + other.lastMs <= originMs + slack : originMs + lastMs <= other.originMs + slack
  })
}

/** Clocks of computers differ by so much from those of central systems, ms. */
const slack = 60_000
