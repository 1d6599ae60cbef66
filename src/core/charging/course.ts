import type { ChargingProfile, Period } from './profile.ts'

/** What a profile says from a moment on. */
export interface Stretch {
  /** Undefined: it has no value here. */
  readonly period: Period | undefined
  /** ms since 1970 of its next change; infinite: it says this for ever. */
  readonly until: number
}

const over: Stretch = { period: undefined, until: Number.POSITIVE_INFINITY }
const hourMs = 3_600_000
/** Of UTC: a day of summer time is as long as any (OCPP 1.6 §3.15). */
const recurrenceMs = { daily: 24 * hourMs, weekly: 7 * 24 * hourMs } as const

/** What one profile says at a moment (OCPP 1.6 §5.16, §7.8, §7.13): within its validity, once its schedule has begun, until its duration or
 *  the next recurrence.
 *  @param origin start of the transaction, ms since 1970: what schedules without a start of their own count from */
export function stretchAt(profile: ChargingProfile, origin: number, at: number): Stretch {
  const { validFrom, validTo = Number.POSITIVE_INFINITY, schedule } = profile
  if (validFrom !== undefined && at < validFrom) return { period: undefined, until: validFrom }
  if (at >= validTo) return over
  const run = runAt(profile, origin, at)
  if (at < run.from) return { period: undefined, until: run.from }
  if (at >= run.to) return { period: undefined, until: run.next }
  const index = indexAt(schedule.periods, at - run.from)
  const following = schedule.periods[index + 1]
  const changes = following === undefined ? run.to : Math.min(run.to, run.from + following.from * 1_000)
  return { period: schedule.periods[index], until: Math.min(changes, validTo) }
}

/** The run of the schedule that has begun last, or will begin first. `next`: the beginning of the one after it. */
function runAt(profile: ChargingProfile, origin: number, at: number): { from: number; to: number; next: number } {
  const { kind, recurrence = 'daily', schedule } = profile
  const start = startAt(profile, origin, at)
  const lasts = schedule.durationS === undefined ? Number.POSITIVE_INFINITY : schedule.durationS * 1_000
  if (kind !== 'recurring') return { from: start, to: start + lasts, next: Number.POSITIVE_INFINITY }
  const every = recurrenceMs[recurrence]
  const from = start + Math.max(0, Math.floor((at - start) / every)) * every
  // What is longer than the recurrence is cut.
  return { from, to: from + Math.min(lasts, every), next: from + every }
}

/** What counts from the transaction, or from the moment at which it was set, has begun: however the clock is rounded, or set back since. */
function startAt({ kind, purpose, schedule }: ChargingProfile, origin: number, at: number): number {
  if (kind !== 'relative' && schedule.start !== undefined) return schedule.start
  return Math.min(at, purpose === 'stationMax' ? (schedule.start ?? origin) : origin)
}

/** Of the last period that has begun. */
function indexAt(periods: readonly Period[], offsetMs: number): number {
  let low = 0
  let high = periods.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((periods[middle]?.from ?? 0) * 1_000 <= offsetMs) low = middle
    else high = middle - 1
  }
  return low
}
