import { useEffect } from 'preact/hooks'
import type { FrameCount } from '../../rest/answers.ts'
import { browserClock } from '../browser-clock.ts'
import { Card } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'
import { useFetched } from '../state/use-fetched.ts'

const everyMs = 2_000

/** How often each message has passed since the start. */
export function CounterCard() {
  const { value: counts = [], reload } = useFetched<readonly FrameCount[]>('/frames/counts')
  useEffect(() => browserClock.every(everyMs, reload), [reload])
  return (
    <Card title="Messages since the start">
      <Table
        label="Messages by direction and action"
        rows={[...counts].sort((a, b) => b.count - a.count)}
        keyOf={({ direction, action }) => `${direction} ${action}`}
        empty="None yet."
        columns={[
          {
            title: 'Message',
            cell: ({ direction, action }) => (
              <>
                {action} <span class="muted small">{direction === 'out' ? 'sent' : 'received'}</span>
              </>
            ),
          },
          { title: 'Count', cell: ({ count }) => count, isFigure: true },
        ]}
      />
    </Card>
  )
}
