import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { signal } from '../base/signal.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import type { Documents, Entry, Ledger, Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Fact, StopReason, TransactionEnded, TransactionStarted } from './facts.ts'
import type { Session, SessionSummary, Sessions, TracePoint } from './sessions.ts'

/** Years of a private charger; some 0.5 MB on the disk and in memory. */
const mostSessions = 2_000
/** Their traces, of some 10 kB each. */
const mostTraces = 200
const mostPoints = 240
/** Between two points at first; doubled whenever there are too many. */
const firstStep = seconds(10)
const saveEvery = minutes(5)

/** A session as it is kept. */
interface KeptSession {
  readonly evse: number
  readonly token: string
  readonly start: Moment
  readonly endedAt?: number
  readonly reason?: StopReason
  readonly meterStartWh: number
  readonly meterWh: number
  readonly peakW: number
}

/** A trace as it is kept: its step in ms, and of each point ms since the start, W, A, A offered, Wh, and of a DC outlet W offered. */
interface KeptTrace {
  readonly step: Millis
  readonly points: readonly (readonly [number, number, number, number, number, number?])[]
}

/** What a session is made of now. */
export interface SessionFigures {
  readonly meterWh: number
  readonly powerW: number
  readonly amps: number
  readonly offeredAmps: number
  /** At a DC outlet. */
  readonly offeredWatts: number | undefined
}

export interface SessionLogParts {
  readonly store: Store
  readonly ledger: Ledger<Fact>
  readonly figures: (evse: number) => SessionFigures
  readonly clock: Clock
  readonly log: Log
}

/** Follows the facts of transactions and traces those that run. */
export function sessionLog({ store, ledger, figures, clock, log }: SessionLogParts): Sessions & { resume(transaction: string): void; close(): void } {
  const kept = store.documents<KeptSession>('sessions')
  const traces = store.documents<KeptTrace>('session-traces')
  const changed = signal<SessionSummary>()
  const running = new Map<string, Trace>()
  let known: Map<string, KeptSession> | undefined
  /** The oldest first. Read when first asked for: a start has other things to do. */
  const all = () => {
    known ??= new Map(kept.entries().toSorted(([, a], [, b]) => a.start.epochMs - b.start.epochMs))
    return known
  }
  const refused = (error: Error) => log.warn({ error: error.message }, 'the list of sessions cannot be kept: the state directory takes nothing')
  const keep = (id: string, session: KeptSession) => {
    all().set(id, session)
    attempted(() => kept.put(id, session, 'grouped'), refused)
  }
  const forget = (documents: Documents<unknown>, ids: readonly string[]) => {
    for (const id of ids) attempted(() => documents.delete(id), refused)
  }
  const makeRoom = () => {
    const ids = [...all().keys()]
    const gone = ids.slice(0, Math.max(0, ids.length - mostSessions))
    for (const id of gone) all().delete(id)
    forget(kept, gone)
    const newest = new Set(ids.slice(-mostTraces))
    forget(
      traces,
      traces.keys().filter((id) => !newest.has(id)),
    )
  }
  const summaryOf = (id: string, session: KeptSession): SessionSummary => {
    const { evse, token, endedAt, reason, meterStartWh, peakW } = session
    const now = running.has(id) ? figures(evse) : undefined
    const meterWh = Math.max(session.meterWh, now?.meterWh ?? 0)
    const energyWh = Math.max(0, meterWh - meterStartWh)
    // The trace looks each 10 s: what a person sees now is never above the peak.
    const most = Math.max(peakW, now?.powerW ?? 0)
    return { id, evse, token, startedAt: startOf(session), endedAt, reason, meterStartWh, meterWh, energyWh, peakW: most }
  }
  /** The clock may have been set since: within one boot the monotonic count tells when it began. */
  const startOf = ({ start, endedAt }: KeptSession) => {
    const now = clock.now()
    return endedAt === undefined && now.boot === start.boot ? now.epochMs - (now.bootMs - start.bootMs) : start.epochMs
  }
  const look = (id: string) => {
    const session = all().get(id)
    const trace = running.get(id)
    if (session === undefined || trace === undefined) return
    const now = figures(session.evse)
    const next = { ...session, meterWh: Math.max(session.meterWh, now.meterWh), peakW: Math.max(session.peakW, now.powerW) }
    all().set(id, next)
    trace.add(clock.monotonic(), now, next.meterStartWh)
    changed.emit(summaryOf(id, next))
  }
  const save = (id: string) => {
    const session = all().get(id)
    const trace = running.get(id)
    if (session === undefined || trace === undefined) return
    keep(id, session)
    attempted(() => traces.put(id, trace.kept, 'grouped'), refused)
  }
  const run = (id: string, since: Millis) => {
    const timers: Timer[] = [clock.every(`trace ${id}`, firstStep, () => look(id)), clock.every(`keep trace ${id}`, saveEvery, () => save(id))]
    running.set(id, traceFrom(since, traces.get(id), timers))
    look(id)
  }
  const began = ({ at, fact }: { readonly at: Moment; readonly fact: TransactionStarted }): KeptSession => {
    const session = { evse: fact.evse, token: fact.token, start: at, meterStartWh: fact.meterWh, meterWh: fact.meterWh, peakW: 0 }
    keep(fact.transaction, session)
    return session
  }
  const started = (id: string): KeptSession | undefined => {
    const found = ledger.about(id).flatMap(({ at, fact }) => (fact.kind === 'transactionStarted' ? [{ at, fact }] : []))[0]
    return found && began(found)
  }
  const ended = (fact: TransactionEnded, at: Moment) => {
    const id = fact.transaction
    // A power cut may have taken what was not yet on the disk.
    const session = all().get(id) ?? started(id)
    if (session === undefined) return
    look(id)
    const last = all().get(id) ?? session
    const startedAt = at.boot === last.start.boot ? at.epochMs - (at.bootMs - last.start.bootMs) : last.start.epochMs
    const over = { ...last, start: { ...last.start, epochMs: startedAt }, meterWh: fact.meterWh, endedAt: at.epochMs, reason: fact.reason }
    all().set(id, over)
    save(id)
    keep(id, over)
    running.get(id)?.stop()
    running.delete(id)
    makeRoom()
    changed.emit(summaryOf(id, over))
  }
  const off = ledger.appended.on(({ at, fact }: Entry<Fact>) => {
    if (fact.kind === 'transactionEnded') ended(fact, at)
    if (fact.kind !== 'transactionStarted') return
    began({ at, fact })
    run(fact.transaction, at.bootMs)
  })

  return {
    get count() {
      return all().size
    },
    page: (after, limit) =>
      [...all()]
        .toReversed()
        .slice(after, after + limit)
        .map(([id, session]) => summaryOf(id, session)),
    find(id): Session | undefined {
      const session = all().get(id)
      if (session === undefined) return undefined
      const summary = summaryOf(id, session)
      const trace = running.get(id)?.kept ?? traces.get(id)
      return { ...summary, trace: (trace?.points ?? []).map((point) => pointOf(point, summary.startedAt)) }
    },
    changed,
    resume(id) {
      const session = all().get(id) ?? started(id)
      if (session !== undefined && !running.has(id)) run(id, session.start.bootMs)
    },
    close() {
      off()
      for (const id of running.keys()) save(id)
      for (const trace of running.values()) trace.stop()
    },
  }
}

interface Trace {
  readonly kept: KeptTrace
  add(now: Millis, figures: SessionFigures, meterStartWh: number): void
  stop(): void
}

/** @param since when the session began, monotonic */
function traceFrom(since: Millis, before: KeptTrace | undefined, timers: readonly Timer[]): Trace {
  let step = before?.step ?? firstStep
  let points = before?.points ?? []
  return {
    get kept() {
      return { step, points }
    },
    add(now, { meterWh, powerW, amps, offeredAmps, offeredWatts }, meterStartWh) {
      const last = points.at(-1)
      if (last !== undefined && now - since - last[0] < step * 0.9) return
      const figures = [Math.round(now - since), Math.round(powerW), tenth(amps), tenth(offeredAmps), Math.round(Math.max(0, meterWh - meterStartWh))] as const
      points = [...points, offeredWatts === undefined ? figures : [...figures, Math.round(offeredWatts)]]
      if (points.length <= mostPoints) return
      points = points.filter((_point, at) => at % 2 === 0)
      step *= 2
    },
    stop() {
      for (const timer of timers) timer.stop()
    },
  }
}

const tenth = (value: number) => Math.round(value * 10) / 10

function pointOf([since, powerW, amps, offeredAmps, energyWh, offeredWatts]: KeptTrace['points'][number], startedAt: number): TracePoint {
  return { at: startedAt + since, powerW, amps, offeredAmps, offeredWatts, energyWh }
}
