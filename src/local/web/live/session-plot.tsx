import type { Evse } from '../../rest/shapes.ts'
import { Card } from '../parts/card.tsx'
import { type Line, Plot } from '../parts/plot.tsx'
import { linkTo } from '../routes.ts'
import { histories } from '../state/live.ts'
import { useStore } from '../state/use-store.ts'

export const powerLine: Line = { label: 'Power', unit: 'kW', colour: '--power', isFilled: true }
const offer = { label: 'Offered', colour: '--offer', isDashed: true, isStepped: true } as const
export const offerLine: Line = { ...offer, unit: 'A', axis: 'right' }
/** A DC outlet is offered power. */
export const offerLineOfDc: Line = { ...offer, unit: 'kW' }

const lines: readonly Line[] = [powerLine, offerLine]
const linesOfDc: readonly Line[] = [powerLine, offerLineOfDc]

export function SessionPlot({ session, isDc }: { session: NonNullable<Evse['session']>; isDc: boolean }) {
  const data = useStore(histories.plots, (plots) => plots.get(session.id))
  return (
    <Card title="This session" aside={<a href={linkTo('sessions', session.id)}>Details</a>}>
      {data !== undefined && (
        <Plot label={`Power and ${isDc ? 'offer' : 'offered current'} of this session over time`} lines={isDc ? linesOfDc : lines} data={data} />
      )}
    </Card>
  )
}
