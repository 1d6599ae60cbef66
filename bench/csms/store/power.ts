import { type Kysely, sql } from 'kysely'
import type { PowerPoint } from '../rest/shapes.ts'
import { shares } from './energy.ts'
import { isoMoment, rounded } from './rows.ts'
import type { Statistics } from './store.ts'
import type { Tables } from './tables.ts'

type Span = Parameters<Statistics['power']>[0]
const minuteMs = 60_000
const mostSteps = 1_000
/** How long the newest power of an outlet is taken to go on, ms: stations sample each 15 min at the longest. */
const holdMs = 16 * 60_000

/** Mean power in each step: the energy that was counted, and for what was not counted yet the newest power of the outlets. */
export async function powerOverTime(db: Kysely<Tables>, { from, until, stepS, site }: Span, now: number): Promise<readonly PowerPoint[]> {
  const stepMs = Math.max(1, stepS) * 1_000
  const count = Math.min(mostSteps, Math.max(0, Math.ceil((until - from) / stepMs)))
  const energy = new Array<number>(count).fill(0)
  const spread = (since: number, to: number, wh: number) => {
    const [begin, end] = [Math.max(since, from), Math.min(to, from + count * stepMs)]
    if (end <= begin) return
    const part = (wh * (end - begin)) / (to - since)
    for (const [at, share] of shares(begin - from, end - from, stepMs)) energy[at / stepMs] = (energy[at / stepMs] ?? 0) + part * share
  }
  for (const { at, wh } of await minutes(db, from - minuteMs, until, site)) spread(at, Math.max(at + 1, Math.min(at + minuteMs, now)), wh)
  for (const { register_at, power_w } of await goingOn(db, site)) {
    const end = Math.min(now, register_at + holdMs)
    if (end > register_at) spread(register_at, end, (power_w * (end - register_at)) / 3_600_000)
  }
  const active = await activeAt(db, { from, stepMs, count, site })
  return energy.map((wh, index) => {
    const begin = from + index * stepMs
    // The present step has not lasted its time yet.
    const lastedMs = Math.min(begin + stepMs, Math.max(begin + 1, now)) - begin
    return {
      at: isoMoment(begin + stepMs),
      power_kw: rounded((wh * 3_600) / lastedMs),
      active_transactions: active[index] ?? 0,
      energy_kwh: rounded(wh / 1_000),
    }
  })
}

async function minutes(db: Kysely<Tables>, from: number, until: number, site: string | undefined) {
  return db
    .selectFrom('statistics')
    .select(['at', (eb) => eb.fn.sum<number>('energy_wh').as('wh')])
    .where('kind', '=', site === undefined ? 'all' : 'site')
    .where('scope', '=', site ?? '')
    .where('at', '>', from)
    .where('at', '<', until)
    .groupBy('at')
    .execute()
}

/** Running transactions of chargers on the line, the power of their outlets, and until when their energy is counted. */
async function goingOn(db: Kysely<Tables>, site: string | undefined) {
  const found = db
    .selectFrom('connectors')
    .innerJoin('transactions', 'transactions.id', 'connectors.transaction_id')
    .innerJoin('stations', 'stations.id', 'connectors.station_id')
    .select(['transactions.register_at', 'connectors.power_w'])
    .where('stations.process', 'is not', null)
    .where('connectors.status', '!=', 'Faulted')
    .where('connectors.power_w', '>', 0)
    .where('transactions.stopped_at', 'is', null)
    .$narrowType<{ power_w: number }>()
  return (site === undefined ? found : found.where('stations.site_id', '=', site)).execute()
}

/** How many run at the end of each step: those at the beginning, and what began and ended in each. */
async function activeAt(db: Kysely<Tables>, { from, stepMs, count, site }: { from: number; stepMs: number; count: number; site: string | undefined }) {
  const transactions = () => {
    const found = db.selectFrom('transactions')
    if (site === undefined) return found
    return found.where('transactions.station_id', 'in', db.selectFrom('stations').select('id').where('site_id', '=', site))
  }
  const until = from + count * stepMs
  // Of a month of a thousand chargers there are hundreds of thousands: the database counts them by their steps.
  const steps = async (column: 'started_at' | 'stopped_at') => {
    const step = sql<number>`(${sql.ref(`transactions.${column}`)} - ${sql.lit(Math.trunc(from) + 1)}) / ${sql.lit(Math.trunc(stepMs))}`
    return transactions()
      .select([step.as('step'), (eb) => eb.fn.countAll<number>().as('count')])
      .where(`transactions.${column}`, '>', from)
      .where(`transactions.${column}`, '<=', until)
      .groupBy(step)
      .execute()
  }
  // With the plus the index of the beginnings is left alone: nearly all began before.
  const before = await transactions()
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(sql<number>`+transactions.started_at`, '<=', from)
    .where((eb) => eb.or([eb('transactions.stopped_at', 'is', null), eb('transactions.stopped_at', '>', from)]))
    .executeTakeFirstOrThrow()
  const change = new Array<number>(count).fill(0)
  for (const { step, count } of await steps('started_at')) change[step] = (change[step] ?? 0) + count
  for (const { step, count } of await steps('stopped_at')) change[step] = (change[step] ?? 0) - count
  let active = before.count
  return change.map((each) => {
    active += each
    return active
  })
}
