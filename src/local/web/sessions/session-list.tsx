import { useState } from 'preact/hooks'
import type { Session, SessionPage } from '../../rest/shapes.ts'
import { root } from '../api.ts'
import { duration, ending, energy, moment, power } from '../format.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Icon } from '../parts/icon.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { linkTo } from '../routes.ts'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

const pageSize = 20

const columns: readonly Column<Session>[] = [
  { title: 'Started', cell: (session) => <Started session={session} /> },
  { title: 'Outlet', cell: ({ evse }) => evse, isExtra: true },
  { title: 'Card', cell: ({ token }) => <span class="mono">{token}</span>, isExtra: true },
  { title: 'Time', cell: ({ durationS }) => duration(durationS), isFigure: true },
  { title: 'Energy', cell: ({ energyWh }) => energy(energyWh), isFigure: true },
  { title: 'Peak', cell: ({ peakW }) => power(peakW), isFigure: true, isExtra: true },
  { title: 'Ended', cell: ({ reason }) => ending(reason), isExtra: true },
]

function Started({ session: { id, startedAt, endedAt } }: { session: Session }) {
  return (
    <>
      <a href={linkTo('sessions', id)}>{moment(startedAt)}</a> {endedAt === null && <Badge tone="good">running</Badge>}
    </>
  )
}

export function SessionList() {
  const [offset, setOffset] = useState(0)
  const changed = useStore(live, ({ session }) => session)
  const { value: page, problem } = useFetched<SessionPage>(`/sessions?offset=${offset}&limit=${pageSize}`, changed)
  const total = page?.total ?? 0
  return (
    <>
      <div class="view-head">
        <h1>Sessions</h1>
        <a class="button quiet" href={`${root}/sessions-export`} download="sessions.csv">
          <Icon name="download" /> CSV of all
        </a>
      </div>
      <Card>
        {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
        {page !== undefined && (
          <Table label="Charging sessions, the newest first" columns={columns} rows={page.sessions} keyOf={({ id }) => id} empty="No session yet." />
        )}
        {total > pageSize && (
          <nav class="row between" aria-label="Pages">
            <Button disabled={offset === 0} onPress={() => setOffset(Math.max(0, offset - pageSize))}>
              Newer
            </Button>
            <span class="muted small">{`${offset + 1} to ${Math.min(total, offset + pageSize)} of ${total}`}</span>
            <Button disabled={offset + pageSize >= total} onPress={() => setOffset(offset + pageSize)}>
              Older
            </Button>
          </nav>
        )}
      </Card>
    </>
  )
}
