import type { Kysely, Selectable } from 'kysely'
import type { Charger, Connector } from '../rest/shapes.ts'
import { isLive, powerOf, stateOf } from './charger-state.ts'
import { isoTime, known } from './rows.ts'
import type { ConnectorTable, LimitTable, StationTable, Tables } from './tables.ts'

export type StationRow = Selectable<StationTable> & { readonly site_latitude: number | null; readonly site_longitude: number | null }
type ConnectorRow = Selectable<ConnectorTable>
type LimitRow = Selectable<LimitTable>

/** Stations with the place of their site. */
export function stationRows(db: Kysely<Tables>) {
  return db
    .selectFrom('stations')
    .leftJoin('sites', 'sites.id', 'stations.site_id')
    .selectAll('stations')
    .select(['sites.latitude as site_latitude', 'sites.longitude as site_longitude'])
}

/** Databases bound the parameters of a statement. */
const mostIds = 1_000

/** The shapes of these rows, in their order. */
export async function chargersOf(db: Kysely<Tables>, stations: readonly StationRow[]): Promise<readonly Charger[]> {
  const made: Charger[] = []
  for (let from = 0; from < stations.length; from += mostIds) {
    const some = stations.slice(from, from + mostIds)
    const ids = some.map(({ id }) => id)
    const connectors = Map.groupBy(
      await db.selectFrom('connectors').selectAll().where('station_id', 'in', ids).orderBy('evse').orderBy('connector').execute(),
      ({ station_id }) => station_id,
    )
    const limits = Map.groupBy(await db.selectFrom('limits').selectAll().where('station_id', 'in', ids).execute(), ({ station_id }) => station_id)
    for (const each of some) made.push(chargerOf(each, connectors.get(each.id) ?? [], limits.get(each.id) ?? []))
  }
  return made
}

function chargerOf(row: StationRow, outlets: readonly ConnectorRow[], limits: readonly LimitRow[]): Charger {
  const { process, password_hash, site_latitude, site_longitude, booted_at, seen_at, latitude, longitude, ...rest } = row
  const isConnected = process !== null
  const hasPlace = latitude !== null && longitude !== null
  return {
    ...known({
      ...rest,
      latitude: hasPlace ? latitude : site_latitude,
      longitude: hasPlace ? longitude : site_longitude,
      booted_at: isoTime(booted_at),
      seen_at: isoTime(seen_at),
    }),
    ...limitOf(limits, 0),
    is_connected: isConnected,
    state: stateOf(isConnected, outlets),
    has_password: password_hash !== null,
    power_w: powerOf(isConnected, outlets),
    connectors: outlets.filter(({ evse }) => evse > 0).map((each) => connectorOf(each, isLive(isConnected, outlets, each), limits)),
  }
}

function connectorOf(row: ConnectorRow, isPresent: boolean, limits: readonly LimitRow[]): Connector {
  const { station_id: _, evse, connector, since, sampled_at, power_w, current_a, ...rest } = row
  return {
    evse_id: evse,
    connector_id: connector,
    ...known({ ...rest, since: isoTime(since), sampled_at: isoTime(sampled_at), power_w: isPresent ? power_w : null, current_a: isPresent ? current_a : null }),
    ...limitOf(limits, evse),
  }
}

function limitOf(limits: readonly LimitRow[], wanted: number) {
  const found = limits.find(({ evse }) => evse === wanted)
  return found === undefined ? {} : known({ limit_w: found.watts, limit_a: found.amps })
}
