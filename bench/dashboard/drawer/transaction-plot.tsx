import { useEffect, useMemo, useState } from 'preact/hooks'
import { duration, energy } from '../../../src/local/web/format.ts'
import { type Line, Plot } from '../../../src/local/web/parts/plot.tsx'
import { createTrail, type PlotData } from '../../../src/local/web/plot-data.ts'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Connector, Sample, TransactionWithSamples } from '../../csms/rest/shapes.ts'
import { dashboard } from '../state/fleet.ts'
import { useFetched } from '../state/use-fetched.ts'

const powerLine: Line = { label: 'Power', unit: 'kW', colour: '--power', isFilled: true }
const powerAlone: readonly Line[] = [powerLine]
const withCharge: readonly Line[] = [powerLine, { label: 'SoC', unit: '%', decimals: 0, colour: '--offer', axis: 'right' }]
const withCurrent: readonly Line[] = [powerLine, { label: 'Current', unit: 'A', colour: '--offer', axis: 'right', isDashed: true }]

const linesBeside = { charge: withCharge, current: withCurrent, nothing: powerAlone } as const

const mostPoints = 1_500

type Moment = Pick<Sample, 'power_w' | 'current_a' | 'soc_percent'>

/** The session that runs: what was kept of it, then what comes. */
export function TransactionPlot({ id, connector }: { readonly id: number; readonly connector: Connector }) {
  const { value } = useFetched<TransactionWithSamples>(`/transactions/${id}`)
  const beside = connector.soc_percent !== undefined ? 'charge' : connector.current_a !== undefined ? 'current' : 'nothing'
  const data = useTrail(value?.samples, connector, beside)
  const now = useStore(dashboard, (each) => each?.at)
  const beganAt = value?.started_at
  const lastsS =
    now === undefined || beganAt === undefined ? value?.duration_s : Math.max(value?.duration_s ?? 0, (Date.parse(now) - Date.parse(beganAt)) / 1_000)
  const drawnWh = connector.energy_wh === undefined || value === undefined ? value?.energy_wh : Math.max(0, connector.energy_wh - value.meter_start_wh)
  return (
    <div class="transaction">
      <p>
        <strong>{energy(drawnWh)}</strong>
        <span class="muted">{` in ${duration(lastsS)}${value?.tag === undefined ? '' : ` · card ${value.tag}`}`}</span>
      </p>
      <Plot label={`Power of session ${id} over time`} lines={linesBeside[beside]} data={data} height={150} />
    </div>
  )
}

function useTrail(kept: readonly Sample[] | undefined, connector: Connector, beside: keyof typeof linesBeside): PlotData {
  const figures = ({ power_w, current_a, soc_percent }: Moment) => [
    power_w === undefined ? null : power_w / 1_000,
    (beside === 'charge' ? soc_percent : current_a) ?? null,
  ]
  const trail = useMemo(() => {
    const made = createTrail(linesBeside[beside].length, mostPoints, 1)
    for (const sample of kept ?? []) if (sample.power_w !== undefined) made.add({ atS: Date.parse(sample.at) / 1_000, figures: figures(sample) })
    return made
  }, [kept, beside])
  const [data, setData] = useState<PlotData>([[], []])
  const { sampled_at } = connector
  useEffect(() => {
    if (sampled_at !== undefined && connector.power_w !== undefined) trail.add({ atS: Date.parse(sampled_at) / 1_000, figures: figures(connector) })
    setData(trail.data())
  }, [trail, sampled_at])
  return data
}
