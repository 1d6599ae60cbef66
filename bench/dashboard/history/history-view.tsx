import { useEffect, useMemo, useState } from 'preact/hooks'
import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { brief, duration, energy, none } from '../../../src/local/web/format.ts'
import { download } from '../../../src/local/web/frames/download.ts'
import { Button } from '../../../src/local/web/parts/button.tsx'
import { Card } from '../../../src/local/web/parts/card.tsx'
import { Choice, Field } from '../../../src/local/web/parts/field.tsx'
import { Icon } from '../../../src/local/web/parts/icon.tsx'
import { Badge, Notice } from '../../../src/local/web/parts/notice.tsx'
import { type Column, Table } from '../../../src/local/web/parts/table.tsx'
import { useStore } from '../../../src/local/web/state/use-store.ts'
import type { Page, Transaction } from '../../csms/rest/shapes.ts'
import { query } from '../api.ts'
import { money } from '../money.ts'
import { linkTo } from '../places.ts'
import { chargers, settings, sites, transaction } from '../state/fleet.ts'
import { useFetched } from '../state/use-fetched.ts'
import { csvOf } from './csv.ts'

interface Wanted {
  readonly site: string
  readonly charger: string
  readonly tag: string
}

const pageSize = 50
/** Between two looks while sessions begin and end all the time, ms. */
const restMs = 2_000
/** After the last letter that is typed, ms. */
const typingMs = 300

/** What was charged, newest first: by site, charger and card, page by page, and as CSV. */
export function HistoryView() {
  const [wanted, want] = useState<Wanted>({ site: '', charger: '', tag: '' })
  const [offset, turn] = useState(0)
  const settled = useSettled(wanted)
  const since = useRests(useStore(transaction))
  const { value, problem } = useFetched<Page<Transaction>>(`/transactions${query({ ...settled, offset, limit: pageSize })}`, since)
  const [last, keep] = useState<Page<Transaction>>()
  useEffect(() => {
    if (value !== undefined) keep(value)
  }, [value])
  const page = value ?? last
  const choose = (next: Wanted) => {
    want(next)
    turn(0)
  }
  return (
    <div class="history">
      <Card>
        <header class="card-head">
          <h1>History</h1>
          <Button disabled={page === undefined || page.items.length === 0} onPress={() => download('transactions.csv', 'text/csv', csvOf(page?.items ?? []))}>
            <Icon name="download" />
            CSV
          </Button>
        </header>
        <Filters wanted={wanted} want={choose} />
        {problem !== undefined && (
          <Notice tone="bad" title="The history could not be read">
            {problem}
          </Notice>
        )}
        {page === undefined ? (
          problem === undefined && <p class="muted">Loading …</p>
        ) : (
          <>
            <Rows page={page} />
            <Pages page={page} turn={turn} />
          </>
        )}
      </Card>
    </div>
  )
}

function Filters({ wanted, want }: { readonly wanted: Wanted; readonly want: (wanted: Wanted) => void }) {
  const places = useStore(sites)
  const all = useStore(chargers)
  const ids = useMemo(() => [...(all?.keys() ?? [])], [all?.size])
  return (
    <div class="row">
      <Choice
        label="Site"
        value={wanted.site}
        options={[{ value: '', words: 'Every site' }, ...places.map(({ id, name }) => ({ value: id, words: name }))]}
        onValue={(site) => want({ ...wanted, site })}
      />
      <Field label="Charger" type="search" offers={ids} value={wanted.charger} onValue={(charger) => want({ ...wanted, charger })} />
      <Field label="Card" type="search" value={wanted.tag} onValue={(tag) => want({ ...wanted, tag })} />
    </div>
  )
}

function Rows({ page }: { readonly page: Page<Transaction> }) {
  const currency = useStore(settings, (now) => now?.currency)
  const columns: readonly Column<Transaction>[] = [
    { title: 'No.', cell: ({ id }) => id, isExtra: true },
    { title: 'Charger', cell: ({ charger_id }) => <a href={linkTo({ view: 'history', charger: charger_id })}>{charger_id}</a> },
    { title: 'Outlet', cell: ({ evse_id }) => evse_id ?? none, isExtra: true },
    { title: 'Card', cell: ({ tag }) => tag ?? none, isExtra: true },
    { title: 'Began', cell: ({ started_at }) => brief(started_at) },
    { title: 'Lasted', cell: ({ duration_s }) => duration(duration_s), isFigure: true, isExtra: true },
    { title: 'Energy', cell: ({ energy_wh }) => energy(energy_wh), isFigure: true },
    { title: 'Cost', cell: ({ cost }) => money(cost, currency), isFigure: true, isExtra: true },
    { title: 'Ended', cell: ({ stopped_at, reason }) => (stopped_at === undefined ? <Badge tone="good">Running</Badge> : (reason ?? none)) },
  ]
  return (
    <Table
      label="Transactions"
      columns={columns}
      rows={page.items}
      keyOf={({ id }) => id}
      empty={page.total === 0 ? 'Nothing was charged yet, or nothing that is like that.' : 'There is nothing on this page.'}
    />
  )
}

function Pages({ page: { offset, limit, total, items }, turn }: { readonly page: Page<Transaction>; readonly turn: (offset: number) => void }) {
  if (total === 0) return null
  return (
    <div class="row between">
      <span class="muted">
        {offset + 1} to {offset + items.length} of {total}
      </span>
      <div class="row">
        <Button disabled={offset === 0} onPress={() => turn(Math.max(0, offset - limit))}>
          Newer
        </Button>
        <Button disabled={offset + items.length >= total} onPress={() => turn(offset + limit)}>
          Older
        </Button>
      </div>
    </div>
  )
}

function useSettled<T>(value: T): T {
  const [settled, settle] = useState(value)
  useEffect(() => browserClock.after(typingMs, () => settle(value)), [value])
  return settled
}

/** The newest value, given on once in a while. */
function useRests<T>(value: T): T {
  const [given, give] = useState(value)
  useEffect(() => (Object.is(value, given) ? undefined : browserClock.after(restMs, () => give(value))), [value, given])
  return given
}
