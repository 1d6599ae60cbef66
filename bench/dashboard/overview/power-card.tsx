import { useEffect, useMemo, useState } from 'preact/hooks'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Card } from '../../../src/local/web/parts/card.tsx'
import { type Line, Plot } from '../../../src/local/web/parts/plot.tsx'
import { createTrail, type PlotData } from '../../../src/local/web/plot-data.ts'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { DashboardWithPower } from '../../csms/rest/shapes.ts'
import { dashboard } from '../state/fleet.ts'
import { useFetched } from '../state/use-fetched.ts'

const spans = { '1h': '1 h', '24h': '24 h', '7d': '7 d' } as const
type Span = keyof typeof spans

const charging: Line = { label: 'Active', unit: '', decimals: 0, colour: '--offer', axis: 'right', isDashed: true, isStepped: true }
const lines: readonly Line[] = [{ label: 'Power', unit: 'kW', colour: '--power', isFilled: true }, charging]
const largeLines: readonly Line[] = [{ label: 'Power', unit: 'MW', decimals: 2, colour: '--power', isFilled: true }, charging]
/** kW, from which on MW read better. */
const megawatts = 2_000

const mostPoints = 1_500
/** s between points that come live, by span: as dense as those of the door. */
const stepS: Readonly<Record<Span, number>> = { '1h': 2, '24h': 60, '7d': 600 }

/** Power and running sessions over time; what the door has counted, then what is pushed. */
export function PowerCard() {
  const [span, choose] = useState<Span>('1h')
  const data = usePower(span)
  const isLarge = data[1]?.some((kw) => kw !== null && kw >= megawatts) === true
  const shown = useMemo(
    (): PlotData => (isLarge ? [data[0], (data[1] ?? []).map((kw) => (kw === null ? null : kw / 1_000)), data[2] ?? []] : data),
    [data, isLarge],
  )
  return (
    <Card title="Power" aside={<Spans span={span} choose={choose} />}>
      <Plot label={`Power of all chargers and how many charge, over ${spans[span]}`} lines={isLarge ? largeLines : lines} data={shown} height={150} />
    </Card>
  )
}

function Spans({ span, choose }: { readonly span: Span; readonly choose: (span: Span) => void }) {
  return (
    <fieldset class="spans" aria-label="Span">
      {(Object.keys(spans) as Span[]).map((each) => (
        <Button key={each} kind="quiet" isPressed={each === span} onPress={() => choose(each)}>
          {spans[each]}
        </Button>
      ))}
    </fieldset>
  )
}

function usePower(span: Span): PlotData {
  const { value } = useFetched<DashboardWithPower>(`/statistics/dashboard?span=${span}`)
  const now = useStore(dashboard)
  const trail = useMemo(() => {
    const made = createTrail(2, mostPoints, stepS[span])
    // The last step has not ended yet: what is pushed goes on from here.
    for (const { at, power_kw, active_transactions } of value?.power.slice(0, -1) ?? [])
      made.add({ atS: Date.parse(at) / 1_000, figures: [power_kw, active_transactions] })
    return made
  }, [span, value])
  const [data, setData] = useState<PlotData>([[], [], []])
  useEffect(() => {
    if (now !== undefined) trail.add({ atS: Date.parse(now.at) / 1_000, figures: [now.power_kw, now.active_transactions] })
    setData(trail.data())
  }, [trail, now])
  return data
}
