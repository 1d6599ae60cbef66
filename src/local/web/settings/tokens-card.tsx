import type { Token } from '../../rest/shapes.ts'
import { api } from '../api.ts'
import { Button } from '../parts/button.tsx'
import { Card } from '../parts/card.tsx'
import { Badge, Notice } from '../parts/notice.tsx'
import { Table } from '../parts/table.tsx'
import { tell } from '../state/said.ts'
import { useFetched } from '../state/use-fetched.ts'

const sources = { list: "central system's list", cache: 'learnt by asking' } as const
const dateOf = (at: string | null) => (at === null ? '–' : new Date(at).toLocaleString())

/** Cards that the station knows. */
export function TokensCard() {
  const { value: tokens = [], problem, reload } = useFetched<readonly Token[]>('/tokens')
  const clear = async () => {
    await tell(api.delete('/tokens'), () => 'the learnt cards are forgotten')
    reload()
  }
  return (
    <Card
      title="Cards"
      aside={
        <Button kind="quiet" confirm="Forget every card that was learnt by asking? The list of the central system stays." onPress={clear}>
          Forget the learnt ones
        </Button>
      }
    >
      {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      <Table
        label="Cards that the station knows"
        rows={tokens}
        keyOf={({ token, source }) => `${source} ${token}`}
        empty="No card is known yet."
        columns={[
          { title: 'Card', cell: ({ token }) => <code>{token}</code> },
          { title: 'Status', cell: ({ status }) => <Badge tone={status === 'accepted' ? 'good' : 'warn'}>{status}</Badge> },
          { title: 'From', cell: ({ source }) => sources[source] },
          { title: 'Group', cell: ({ group }) => group ?? '–', isExtra: true },
          { title: 'Until', cell: ({ expiresAt }) => dateOf(expiresAt), isExtra: true },
          { title: 'Learnt', cell: ({ learntAt }) => dateOf(learntAt), isExtra: true },
        ]}
      />
    </Card>
  )
}
