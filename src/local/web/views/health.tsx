import { useEffect } from 'preact/hooks'
import type { Health } from '../../rest/shapes.ts'
import { browserClock } from '../browser-clock.ts'
import { bytesOf, spanOf } from '../format.ts'
import { DoctorCard } from '../health/doctor-card.tsx'
import { Findings } from '../health/findings.tsx'
import { LedgerCard } from '../health/ledger-card.tsx'
import { LogTail } from '../health/log-tail.tsx'
import { Card, Facts } from '../parts/card.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import type { ViewProps } from '../routes.ts'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

const lookEveryMs = 5_000

/** Whether everything is well, and what to do where it is not. */
export function HealthView(_props: ViewProps) {
  const { value: health, problem, reload } = useFetched<Health>('/health')
  const faults = useStore(live, ({ station }) => station?.evses.map((evse) => evse.faults.map(({ fault }) => fault).join()).join(';'))
  useEffect(() => browserClock.every(lookEveryMs, reload), [reload])
  useEffect(reload, [faults])
  return (
    <>
      <header class="view-head">
        <h1>Health</h1>
        {health !== undefined && <Badge tone={health.isHealthy ? 'good' : 'bad'}>{health.isHealthy ? 'Guard and core are alive' : 'Not well'}</Badge>}
      </header>
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <div class="columns">
        <Card title="Checks">{health === undefined ? <p class="muted">Looking…</p> : <Findings of={health.checks} label="Checks" />}</Card>
        <div class="stack">
          <Card title="Figures">{health !== undefined && <Figures health={health} />}</Card>
          <LedgerCard />
        </div>
      </div>
      <DoctorCard />
      <LogTail />
    </>
  )
}

function Figures({ health }: { readonly health: Health }) {
  const { uptimeS, rssBytes, freeBytes, loopLagMs, cpuCelsius } = health
  return (
    <Facts
      of={[
        ['Running for', spanOf(uptimeS)],
        ['Memory of the process', bytesOf(rssBytes)],
        ['Free on the disk', freeBytes === null ? 'unknown' : bytesOf(freeBytes)],
        ['Loop lag, worst of a minute', `${loopLagMs.toFixed(0)} ms`],
        ['Processor', cpuCelsius === null ? 'no sensor' : `${cpuCelsius.toFixed(0)} °C`],
      ]}
    />
  )
}
