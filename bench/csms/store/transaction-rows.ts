import { type Selectable, sql } from 'kysely'
import type { Page, Sample, Transaction } from '../rest/shapes.ts'
import type { BookParts } from './parts.ts'
import { isoMoment, isoTime, known, rounded } from './rows.ts'
import type { TransactionFilter, TransactionRows } from './store.ts'
import type { SampleTable, TransactionTable } from './tables.ts'

type Reading = Pick<TransactionRows, 'page' | 'one' | 'byReference' | 'samples'>
type Found = Selectable<TransactionTable> & { readonly tariff: number | null }

/** Counting goes no further. */
const mostCounted = 100_000

export function transactionReading(parts: BookParts): Reading {
  const { db } = parts.engine
  const shapeOf = (row: Found) => transactionOf(row, row.tariff ?? parts.tariffPerKwh, parts.clock.now().epochMs)
  const all = () =>
    db
      .selectFrom('transactions')
      .leftJoin('stations', 'stations.id', 'transactions.station_id')
      .leftJoin('sites', 'sites.id', 'stations.site_id')
      .selectAll('transactions')
      .select('sites.tariff_per_kwh as tariff')
  const filtered = ({ charger, site, tag, isRunning, from, until }: TransactionFilter) => {
    let found = all()
    if (charger !== undefined) found = found.where('transactions.station_id', '=', charger)
    if (site !== undefined) found = found.where('stations.site_id', '=', site)
    if (tag !== undefined) found = found.where((eb) => eb(eb.fn('lower', ['transactions.tag']), '=', tag.toLowerCase()))
    if (isRunning !== undefined) found = found.where('transactions.stopped_at', isRunning ? 'is' : 'is not', null)
    if (from !== undefined) found = found.where('transactions.started_at', '>=', from)
    return until === undefined ? found : found.where('transactions.started_at', '<', until)
  }
  return {
    async page(filter) {
      const { offset, limit } = filter
      const found = filtered(filter)
      const { total } = await found
        .clearSelect()
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      const rows = await found.orderBy('transactions.id', 'desc').limit(limit).offset(offset).execute()
      return { items: rows.map(shapeOf), total, offset, limit }
    },
    async one(id) {
      if (!Number.isSafeInteger(id)) return undefined
      const row = await all().where('transactions.id', '=', id).executeTakeFirst()
      return row === undefined ? undefined : shapeOf(row)
    },
    async byReference(station, reference) {
      const found = db.selectFrom('transactions').select('id').where('station_id', '=', station).where('reference', '=', reference)
      return (await found.executeTakeFirst())?.id
    },
    samples: (filter) => samples(parts, filter),
  }
}

async function samples(
  { engine: { db } }: BookParts,
  { charger, transaction, from, until, offset, limit }: Parameters<TransactionRows['samples']>[0],
): Promise<Page<Sample>> {
  if (transaction !== undefined && !Number.isSafeInteger(transaction)) return { items: [], total: 0, offset, limit }
  let found = db.selectFrom('samples')
  if (transaction !== undefined) {
    found = found
      .where('transaction_id', '=', transaction)
      // So that they lie in the order in which they are wanted.
      .where('outlet', '=', 0)
      .where('station_id', '=', db.selectFrom('transactions').select('station_id').where('id', '=', transaction))
  }
  if (charger !== undefined) found = found.where('station_id', '=', charger)
  if (from !== undefined) found = found.where('at', '>=', from)
  if (until !== undefined) found = found.where('at', '<', until)
  const counted = db.selectFrom(found.select(sql`1`.as('one')).limit(mostCounted).as('some'))
  const { total } = await counted.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await found.selectAll().orderBy('at').orderBy('evse').limit(limit).offset(offset).execute()
  return { items: rows.map(sampleOf), total, offset, limit }
}

function transactionOf(row: Found, tariff: number, now: number): Transaction {
  const { station_id, evse, connector, reference, tag, started_at, stopped_at, meter_start_wh, meter_stop_wh, register_wh, reason } = row
  const start = meter_start_wh ?? 0
  const energyWh = Math.max(0, (meter_stop_wh ?? register_wh ?? start) - start)
  return {
    id: row.id,
    charger_id: station_id,
    ...known({ evse_id: evse, connector_id: connector, reference, tag, stopped_at: isoTime(stopped_at), meter_stop_wh, reason }),
    started_at: isoMoment(started_at),
    meter_start_wh: start,
    energy_wh: rounded(energyWh),
    duration_s: Math.max(0, Math.round(((stopped_at ?? now) - started_at) / 1_000)),
    cost: rounded((energyWh / 1_000) * (row.price_per_kwh ?? tariff)),
    repeated: row.repeated,
  }
}

function sampleOf({ station_id, outlet: _, evse, transaction_id, at, context, others, ...rest }: Selectable<SampleTable>): Sample {
  return {
    charger_id: station_id,
    evse_id: evse,
    at: isoMoment(at),
    ...known(rest),
    ...(transaction_id === 0 ? {} : { transaction_id }),
    ...(context === '' ? {} : { context }),
    ...(others === null ? {} : { others: JSON.parse(others) as Record<string, string> }),
  }
}
