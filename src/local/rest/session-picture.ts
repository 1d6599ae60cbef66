import { rounded } from '../../core/figures.ts'
import type { Session as CoreSession, SessionSummary } from '../../core/sessions.ts'
import type { Session, SessionWithTrace } from './shapes.ts'

/** @param now ms since 1970: what a session that runs has lasted until */
export function sessionOf(summary: SessionSummary, now: number): Session {
  const { id, evse, token, startedAt, endedAt, reason, meterStartWh, meterWh, energyWh, peakW } = summary
  return {
    id,
    evse,
    token,
    startedAt: isoAt(startedAt),
    endedAt: endedAt === undefined ? null : isoAt(endedAt),
    reason: reason ?? null,
    durationS: durationS(startedAt, endedAt ?? now),
    meterStartWh: wattHours(meterStartWh),
    meterWh: wattHours(meterWh),
    energyWh: wattHours(energyWh),
    peakW: Math.round(peakW),
  }
}

/** A session with what was measured in it. */
export function tracedSessionOf(session: CoreSession, now: number): SessionWithTrace {
  const trace = session.trace.map(({ at, powerW, amps, offeredAmps, offeredWatts, energyWh }) => ({
    at: isoAt(at),
    powerW,
    currentA: amps,
    offeredA: offeredAmps,
    offeredW: offeredWatts ?? null,
    energyWh,
  }))
  return { ...sessionOf(session, now), trace }
}

/** Whole seconds; a clock that was set back in between makes none negative. */
export function durationS(startedAt: number, endedAt: number): number {
  return Math.max(0, Math.round((endedAt - startedAt) / 1_000))
}

export function isoAt(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** With one decimal. */
export function wattHours(wh: number): number {
  return rounded(wh, 1) ?? 0
}
