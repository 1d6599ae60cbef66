import * as t from '../../../src/base/schema.ts'
import type { BenchStore } from '../store/store.ts'
import { closed, given, mostOfPage, siteId } from './fields.ts'
import { type Route, route } from './route.ts'
import { type Charger, ChargerPoints, chargerState, DashboardWithPower, HeatPoints, Settings } from './shapes.ts'

/** Chargers that are read for the map. */
const mostOnMap = 50_000

const spans = {
  '15m': { lengthS: 900, stepS: 10 },
  '1h': { lengthS: 3_600, stepS: 30 },
  '6h': { lengthS: 21_600, stepS: 120 },
  '24h': { lengthS: 86_400, stepS: 600 },
  '7d': { lengthS: 604_800, stepS: 3_600 },
  '30d': { lengthS: 2_592_000, stepS: 14_400 },
} as const
type Span = keyof typeof spans
const spanNames = Object.keys(spans) as readonly Span[]

async function allChargers(store: BenchStore, filter: { site?: string; state?: Charger['state'] }): Promise<readonly Charger[]> {
  const all: Charger[] = []
  for (let offset = 0; offset < mostOnMap; offset += mostOfPage) {
    const { items, total } = await store.chargers.page({ ...filter, offset, limit: mostOfPage })
    all.push(...items)
    if (items.length === 0 || offset + mostOfPage >= total) break
  }
  return all
}

function pointOf({ id, name, site_id, latitude, longitude, state, is_connected, power_w, max_kw }: Charger): ChargerPoints['features'] {
  if (latitude === undefined || longitude === undefined) return []
  const properties = { id, ...given({ name, site_id, max_kw }), state, is_connected, power_w }
  return [{ type: 'Feature', id, geometry: { type: 'Point', coordinates: [longitude, latitude] }, properties }]
}

export const groundRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/geo/chargers',
    tag: 'Map',
    summary: 'Chargers that have a place, as GeoJSON points',
    query: t.object({ site: t.optional(siteId), state: t.optional(chargerState) }, closed),
    answer: ChargerPoints,
    media: 'application/geo+json',
    example: { query: { state: 'charging' } },
    async run({ query: { site, state } }, { store }): Promise<ChargerPoints> {
      const chargers = await allChargers(store, given({ site, state }))
      return { type: 'FeatureCollection', features: chargers.flatMap(pointOf) }
    },
  }),
  route({
    method: 'GET',
    path: '/geo/heatmap',
    tag: 'Map',
    summary: 'Energy of each charger in the last hours, as GeoJSON points',
    query: t.object({ hours: t.optional(t.number({ description: 'Up to now: 0.25 to 8,760, 24 when left out', minimum: 0.25, maximum: 8_760 })) }, closed),
    answer: HeatPoints,
    media: 'application/geo+json',
    example: { query: { hours: 24 } },
    async run({ query: { hours = 24 } }, { store, clock }): Promise<HeatPoints> {
      const found = await store.statistics.energyByCharger(clock.now().epochMs - hours * 3_600_000)
      const most = found.reduce((so, { energy_kwh }) => Math.max(so, energy_kwh), 0)
      return {
        type: 'FeatureCollection',
        features: found.map(({ charger_id, latitude, longitude, energy_kwh }) => ({
          type: 'Feature',
          id: charger_id,
          geometry: { type: 'Point', coordinates: [longitude, latitude] },
          properties: { energy_kwh, weight: most <= 0 ? 0 : Math.max(0, energy_kwh / most) },
        })),
      }
    },
  }),
  route({
    method: 'GET',
    path: '/statistics/dashboard',
    tag: 'Statistics',
    summary: 'The whole at a glance, with the power over time',
    query: t.object(
      {
        span: t.optional(t.unsafe<Span>({ type: 'string', enum: spanNames, description: 'Up to now, 24h when left out' })),
        site: t.optional(t.string({ ...siteId, description: 'Power over time of this site alone' })),
      },
      closed,
    ),
    answer: DashboardWithPower,
    example: { query: { span: '1h' } },
    async run({ query: { span = '24h', site } }, { store, clock }): Promise<DashboardWithPower> {
      const { lengthS, stepS } = spans[span]
      // Whole steps, so that a step keeps its value from one question to the next; the last one has just begun.
      const until = (Math.floor(clock.now().epochMs / (stepS * 1_000)) + 1) * stepS * 1_000
      const power = store.statistics.power({ from: until - lengthS * 1_000, until, stepS, ...given({ site }) })
      const [now, points] = await Promise.all([store.statistics.dashboard(), power])
      return { ...now, span, step_s: stepS, power: [...points] }
    },
  }),
  route({
    method: 'GET',
    path: '/settings',
    tag: 'This program',
    summary: 'Currency, tariff and what the map is made of',
    answer: Settings,
    example: {},
    run: (_input, { currency, tariffPerKwh, tiles, tilesAttribution, version, store, process }): Settings => ({
      currency,
      tariff_per_kwh: tariffPerKwh,
      ...given({ tiles, tiles_attribution: tilesAttribution }),
      version,
      engine: store.engine,
      process,
    }),
  }),
]
