import type { Kysely } from 'kysely'
import type { Dashboard, PowerPoint } from '../rest/shapes.ts'
import { noStates, powerOf, stateOf } from './charger-state.ts'
import { fleetNow } from './fleet-now.ts'
import type { BookParts } from './parts.ts'
import { powerOverTime } from './power.ts'
import { isoMoment, rounded } from './rows.ts'
import { energySince, midnightBefore } from './spans.ts'
import type { Statistics } from './store.ts'
import type { Tables } from './tables.ts'

export function statisticsOf(parts: BookParts): Statistics {
  const { engine, clock } = parts
  return {
    dashboard: () => dashboard(parts),
    power: (span): Promise<readonly PowerPoint[]> => powerOverTime(engine.db, span, clock.now().epochMs),
    async energyByCharger(from) {
      const rows = await engine.db
        .selectFrom('statistics')
        .innerJoin('stations', 'stations.id', 'statistics.scope')
        .leftJoin('sites', 'sites.id', 'stations.site_id')
        .select([
          'stations.id as charger_id',
          'stations.latitude',
          'stations.longitude',
          'sites.latitude as site_latitude',
          'sites.longitude as site_longitude',
        ])
        .select((eb) => eb.fn.sum<number>('energy_wh').as('wh'))
        .where('statistics.kind', '=', 'charger-hour')
        .where('statistics.at', '>=', Math.floor(from / 3_600_000) * 3_600_000)
        .groupBy(['stations.id', 'stations.latitude', 'stations.longitude', 'sites.latitude', 'sites.longitude'])
        .execute()
      return rows.flatMap(({ charger_id, wh, ...place }) => {
        const own = place.latitude !== null && place.longitude !== null
        const [latitude, longitude] = own ? [place.latitude, place.longitude] : [place.site_latitude, place.site_longitude]
        return latitude === null || longitude === null || !(wh > 0) ? [] : [{ charger_id, latitude, longitude, energy_kwh: rounded(wh / 1_000) }]
      })
    },
  }
}

async function dashboard({ engine: { db }, clock, currency, tariffPerKwh }: BookParts): Promise<Dashboard> {
  const now = clock.now().epochMs
  const midnight = midnightBefore(now)
  const fleet = await fleetNow(db)
  const states = noStates()
  for (const { isConnected, outlets } of fleet) states[stateOf(isConnected, outlets)]++
  const outlets = fleet.flatMap((each) => each.outlets).filter(({ evse }) => evse > 0)
  const busy = outlets.filter(({ transaction_id }) => transaction_id !== null).length
  const sites = await db.selectFrom('sites').select(['id', 'tariff_per_kwh']).execute()
  const tariffs = new Map(sites.map(({ id, tariff_per_kwh }) => [id, tariff_per_kwh ?? tariffPerKwh]))
  const energy = [...(await energySince(db, midnight))]
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  return {
    at: isoMoment(now),
    currency,
    sites: sites.length,
    chargers: fleet.length,
    connected: fleet.filter(({ isConnected }) => isConnected).length,
    states,
    active_transactions: await running(db),
    power_kw: rounded(sum(fleet.map((each) => powerOf(each.isConnected, each.outlets))) / 1_000),
    installed_kw: rounded(sum(fleet.map(({ max_kw }) => max_kw ?? 0))),
    energy_today_kwh: rounded(sum(energy.map(([, wh]) => wh)) / 1_000),
    revenue_today: rounded(sum(energy.map(([site, wh]) => (wh / 1_000) * (tariffs.get(site) ?? tariffPerKwh)))),
    transactions_today: await begunSince(db, midnight),
    utilisation_percent: outlets.length === 0 ? 0 : rounded((100 * busy) / outlets.length),
  }
}

async function running(db: Kysely<Tables>): Promise<number> {
  const found = db.selectFrom('transactions').where('stopped_at', 'is', null)
  return (await found.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count
}

async function begunSince(db: Kysely<Tables>, midnight: number): Promise<number> {
  const found = db.selectFrom('transactions').where('started_at', '>=', midnight)
  return (await found.select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count
}
