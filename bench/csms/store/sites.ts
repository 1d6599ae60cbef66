import type { Selectable } from 'kysely'
import type { SiteNow } from '../rest/shapes.ts'
import { noStates, powerOf, stateOf } from './charger-state.ts'
import { fleetNow, type StationNow } from './fleet-now.ts'
import type { BookParts } from './parts.ts'
import { known, rounded } from './rows.ts'
import { energySince, midnightBefore } from './spans.ts'
import { ask } from './steps.ts'
import type { SiteBook } from './store.ts'
import type { SiteTable } from './tables.ts'

export function siteBook({ engine, writer, clock, chargerChanged, siteChanged }: BookParts): SiteBook {
  const { db } = engine
  const shown = async (sites: readonly Selectable<SiteTable>[]): Promise<readonly SiteNow[]> => {
    const stations = Map.groupBy(await fleetNow(db), ({ site_id }) => site_id ?? '')
    const energy = await energySince(db, midnightBefore(clock.now().epochMs))
    return sites.map((each) => siteNow(each, stations.get(each.id) ?? [], energy.get(each.id) ?? 0))
  }
  return {
    all: async () => shown(await db.selectFrom('sites').selectAll().orderBy('id').execute()),
    one: async (id) => (await shown(await db.selectFrom('sites').selectAll().where('id', '=', id).execute()))[0],
    async put({ id, name, address, latitude, longitude, max_kw, tariff_per_kwh }) {
      await writer.write('', () =>
        ask(
          `INSERT INTO sites (id, name, address, latitude, longitude, max_kw, tariff_per_kwh) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, address = excluded.address, latitude = excluded.latitude,
             longitude = excluded.longitude, max_kw = excluded.max_kw, tariff_per_kwh = excluded.tariff_per_kwh`,
          ...[id, name, address, latitude, longitude, max_kw, tariff_per_kwh],
        ),
      )
      siteChanged.emit(id)
      await changedAt(id)
    },
    async remove(id) {
      const here = await db.selectFrom('stations').select('id').where('site_id', '=', id).execute()
      const gone = await writer.write('', () => ask('DELETE FROM sites WHERE id = $1 RETURNING id', id))
      siteChanged.emit(id)
      for (const each of here) chargerChanged.emit(each.id)
      return gone.length > 0
    },
  }

  /** Their place may be that of the site. */
  async function changedAt(site: string) {
    for (const { id } of await db.selectFrom('stations').select('id').where('site_id', '=', site).execute()) chargerChanged.emit(id)
  }
}

function siteNow(site: Selectable<SiteTable>, stations: readonly StationNow[], energyTodayWh: number): SiteNow {
  const states = noStates()
  for (const { isConnected, outlets } of stations) states[stateOf(isConnected, outlets)]++
  const powerW = stations.reduce((sum, { isConnected, outlets }) => sum + powerOf(isConnected, outlets), 0)
  return {
    ...known(site),
    chargers: stations.length,
    states,
    power_kw: rounded(powerW / 1_000),
    energy_today_kwh: rounded(energyTodayWh / 1_000),
    installed_kw: rounded(stations.reduce((sum, { max_kw }) => sum + (max_kw ?? 0), 0)),
  }
}
