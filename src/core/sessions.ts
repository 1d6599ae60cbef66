import type { Listenable } from '../base/signal.ts'
import type { Amps, WattHours, Watts } from '../base/units.ts'
import type { StopReason } from './facts.ts'

/** One charging session as its owner sees it: a transaction with its figures. Moments in ms since 1970. */
export interface SessionSummary {
  /** Of the transaction, a UUID. */
  readonly id: string
  readonly evse: number
  readonly token: string
  readonly startedAt: number
  /** Undefined: it runs. */
  readonly endedAt: number | undefined
  readonly reason: StopReason | undefined
  readonly meterStartWh: WattHours
  /** The register at the end, or now. */
  readonly meterWh: WattHours
  readonly energyWh: WattHours
  /** The most power that was seen; 0 without a meter that tells. */
  readonly peakW: Watts
}

/** What was measured and offered at one moment of a session. */
export interface TracePoint {
  /** ms since 1970. */
  readonly at: number
  readonly powerW: Watts
  /** Largest phase current. */
  readonly amps: Amps
  /** A per phase. */
  readonly offeredAmps: Amps
  /** Undefined at an AC outlet. */
  readonly offeredWatts: Watts | undefined
  /** Since the session began. */
  readonly energyWh: WattHours
}

export interface Session extends SessionSummary {
  /** Oldest first, at most 240: the longer it lasts, the farther apart. Empty once a newer session needed the room. */
  readonly trace: readonly TracePoint[]
}

/** The sessions of this station, kept apart from the facts that a central system is told: they stay when those are delivered. */
export interface Sessions {
  readonly count: number
  /** Newest first. @param after skips so many */
  page(after: number, limit: number): readonly SessionSummary[]
  find(id: string): Session | undefined
  /** A session began, was traced, or ended. */
  readonly changed: Listenable<SessionSummary>
}
