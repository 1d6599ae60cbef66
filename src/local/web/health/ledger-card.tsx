import { useEffect } from 'preact/hooks'
import type { Ledger } from '../../rest/answers.ts'
import { Card, Facts } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'
import { live } from '../state/live.ts'
import { useFetched } from '../state/use-fetched.ts'
import { useStore } from '../state/use-store.ts'

/** What the central system still has to be told, kept on the disk until then, and what it would not take. */
export function LedgerCard() {
  const waiting = useStore(live, ({ station }) => station?.waiting)
  const undeliverable = useStore(live, ({ station }) => station?.undeliverable) ?? 0
  const { value: ledger, reload } = useFetched<Ledger>('/ledger?limit=1')
  useEffect(reload, [undeliverable])
  const refused = ledger?.undeliverable ?? []
  return (
    <Card title="Ledger">
      <Facts
        of={[
          ['Facts noted', String(ledger?.last ?? '–')],
          ['Waiting to be told', String(waiting ?? '–')],
          ['Would not be taken', String(undeliverable)],
        ]}
      />
      <p class="hint">Sessions and meter values are kept on the disk until the central system has taken them.</p>
      {refused.length > 0 && (
        <Table
          label="What the central system would not take"
          rows={refused.slice(-20).toReversed()}
          keyOf={({ number }) => number}
          columns={[
            { title: 'When', cell: ({ at }) => new Date(at).toLocaleString() },
            { title: 'What', cell: ({ kind }) => kind },
            { title: 'Why not', cell: ({ reason }) => reason },
          ]}
        />
      )}
    </Card>
  )
}
