import { useEffect, useMemo } from 'preact/hooks'
import type { SessionWithTrace } from '../../rest/shapes.ts'
import { root } from '../api.ts'
import { browserClock } from '../browser-clock.ts'
import { duration, ending, energy, moment, power } from '../format.ts'
import { offerLine, offerLineOfDc, powerLine } from '../live/session-plot.tsx'
import { Card, Facts } from '../parts/card.tsx'
import { Icon } from '../parts/icon.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { type Line, Plot } from '../parts/plot.tsx'
import type { PlotData } from '../plot-data.ts'
import { linkTo } from '../routes.ts'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

const currentLine: Line = { label: 'Current', unit: 'A', colour: '--warn', axis: 'right' }
const lines: readonly Line[] = [powerLine, currentLine, offerLine]
const linesOfDc: readonly Line[] = [powerLine, currentLine, offerLineOfDc]

/** A session that runs gets a new point so often. */
const runningMs = 10_000

export function SessionDetail({ id }: { id: string }) {
  const changed = useStore(live, (now) => (now.session?.id === id ? now.session : undefined))
  const { value: session, problem, reload } = useFetched<SessionWithTrace>(`/sessions/${encodeURIComponent(id)}`, changed)
  const isRunning = session?.endedAt === null
  useEffect(() => (isRunning ? browserClock.every(runningMs, reload) : undefined), [isRunning, reload])
  return (
    <>
      <div class="view-head">
        <a class="button quiet" href={linkTo('sessions')}>
          <Icon name="back" /> All
        </a>
        <h1>Session</h1>
      </div>
      {problem !== undefined && (
        <Notice tone="bad" title="This session cannot be shown">
          {problem}
        </Notice>
      )}
      {session !== undefined && <Shown session={session} />}
    </>
  )
}

function Shown({ session }: { session: SessionWithTrace }) {
  const { id, trace, startedAt } = session
  const data = useMemo(() => columnsOf(trace), [trace])
  const isDc = trace.some(({ offeredW }) => offeredW !== null)
  return (
    <>
      <Card
        title={moment(startedAt)}
        aside={
          <a class="button quiet" href={`${root}/sessions/${id}/csv`} download={`session-${id}.csv`}>
            <Icon name="download" /> CSV
          </a>
        }
      >
        {trace.length === 0 ? (
          <p class="muted">Nothing was measured in it.</p>
        ) : (
          <Plot label="Power, current and offer of this session over time" lines={isDc ? linesOfDc : lines} data={data} height={280} />
        )}
      </Card>
      <Card title="Figures">
        <SessionFacts session={session} />
      </Card>
    </>
  )
}

function SessionFacts({ session }: { session: SessionWithTrace }) {
  const { id, evse, token, startedAt, endedAt, reason, meterStartWh, meterWh, energyWh, durationS, peakW } = session
  return (
    <Facts
      of={[
        ['Energy', energy(energyWh)],
        ['Time', duration(durationS)],
        ['Mean power', power(durationS === 0 ? undefined : (energyWh * 3_600) / durationS)],
        ['Peak', power(peakW)],
        ['Outlet', evse],
        ['Card', <span class="mono">{token}</span>],
        ['Started', moment(startedAt)],
        ['Ended', endedAt === null ? <Badge tone="good">running</Badge> : moment(endedAt)],
        ['Reason', ending(reason)],
        ['Meter', `${energy(meterStartWh)} to ${energy(meterWh)}`],
        ['Identifier', <span class="mono">{id}</span>],
      ]}
    />
  )
}

function columnsOf(trace: SessionWithTrace['trace']): PlotData {
  return [
    trace.map(({ at }) => Date.parse(at) / 1_000),
    trace.map(({ powerW }) => powerW / 1_000),
    trace.map(({ currentA }) => currentA),
    trace.map(({ offeredA, offeredW }) => (offeredW === null ? offeredA : offeredW / 1_000)),
  ]
}
