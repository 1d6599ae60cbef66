import * as t from '../../../src/base/schema.ts'
import type { ChargerChange } from '../store/store.ts'
import { chargerId, clearable, closed, given, paging, searched, siteId, sliceOf } from './fields.ts'
import type { RestParts } from './parts.ts'
import { found, Refusal } from './refusal.ts'
import { type Route, route } from './route.ts'
import { Charger, chargerState, page } from './shapes.ts'

const byId = t.object({ id: chargerId }, closed)
export const noSuchCharger = { 404: 'There is no such charger' } as const
export const oneCharger = { params: { id: 'CP-1' } } as const

const ChargerBody = t.object(
  {
    site_id: clearable(siteId),
    name: clearable(t.string({ description: 'For people', maxLength: 255 })),
    latitude: clearable(t.number({ description: 'Degrees, WGS 84', minimum: -90, maximum: 90 })),
    longitude: clearable(t.number({ description: 'Degrees, WGS 84', minimum: -180, maximum: 180 })),
    kind: clearable(t.unsafe<'ac' | 'dc'>({ type: 'string', enum: ['ac', 'dc'], description: 'What it delivers' })),
    max_kw: clearable(t.number({ description: 'What it can deliver, kW', minimum: 0, maximum: 100_000 })),
  },
  closed,
)

/** @throws Refusal 404 */
export async function chargerBy(id: string, { store }: RestParts): Promise<Charger> {
  return found(await store.chargers.one(id), 'charger', 'path.id', 'GET /chargers lists them. A charger is known once it has connected, or was put here.')
}

async function saved(change: ChargerChange, parts: RestParts): Promise<Charger> {
  const { latitude, longitude } = change
  const [isPlace, isNowhere] = [typeof latitude === 'number', latitude === null]
  if (isPlace !== (typeof longitude === 'number') || isNowhere !== (longitude === null)) {
    const field = isPlace || (isNowhere && longitude === undefined) ? 'body.longitude' : 'body.latitude'
    throw new Refusal(422, 'Not a valid value', 'A place has a latitude and a longitude', { field, remedy: 'Give both, or neither; null for both.' })
  }
  try {
    await parts.store.chargers.put(change)
  } catch (error) {
    throw (await isMissing(change.site_id, parts)) ? noSuchSite() : error
  }
  return chargerBy(change.id, parts)
}

/** The database refuses a site that is not there, were it taken away in this very moment. */
async function isMissing(site: string | null | undefined, { store }: RestParts): Promise<boolean> {
  return typeof site === 'string' && (await store.sites.one(site)) === undefined
}

function noSuchSite(): Refusal {
  return new Refusal(422, 'Not a valid value', 'There is no such site', { field: 'body.site_id', remedy: 'PUT /sites/{id} makes one.' })
}

export const chargerRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/chargers',
    tag: 'Chargers',
    summary: 'Charge points with their connectors, newest figures and limits',
    query: t.object({ site: t.optional(siteId), state: t.optional(chargerState), text: t.optional(searched), ...paging }, closed),
    answer: page(Charger, 'Chargers'),
    example: { query: { state: 'charging', limit: 50 } },
    run: ({ query: { site, state, text, ...slice } }, { store }) => store.chargers.page({ ...sliceOf(slice), ...given({ site, state, text }) }),
  }),
  route({
    method: 'GET',
    path: '/chargers/{id}',
    tag: 'Chargers',
    summary: 'One charge point',
    params: byId,
    answer: Charger,
    problems: noSuchCharger,
    example: oneCharger,
    run: ({ params: { id } }, parts) => chargerBy(id, parts),
  }),
  route({
    method: 'PUT',
    path: '/chargers/{id}',
    tag: 'Chargers',
    summary: 'Makes a charge point known, or says more about it: what is left out stays as it was, null takes it away',
    params: byId,
    body: ChargerBody,
    answer: Charger,
    problems: noSuchCharger,
    example: { ...oneCharger, body: { name: 'Gate 1', kind: 'dc', max_kw: 100, latitude: 33.2541, longitude: 126.5601 } },
    run: ({ params: { id }, body }, parts) => saved({ ...body, id }, parts),
  }),
  route({
    method: 'DELETE',
    path: '/chargers/{id}',
    tag: 'Chargers',
    summary: 'Forgets a charge point; its transactions and samples stay',
    params: byId,
    problems: noSuchCharger,
    example: oneCharger,
    async run({ params: { id } }, { store }) {
      found((await store.chargers.remove(id)) || undefined, 'charger', 'path.id', 'GET /chargers lists them.')
    },
  }),
  route({
    method: 'PUT',
    path: '/chargers/{id}/password',
    tag: 'Chargers',
    summary: 'The password that the charge point must show when it connects (HTTP basic authentication); null: none',
    params: byId,
    body: t.object(
      {
        password: t.unsafe<string | null>({
          type: ['string', 'null'],
          description: 'Kept as a salted hash; OCPP wants 16 to 40 characters. null takes it away',
          minLength: 1,
          maxLength: 64,
          writeOnly: true,
        }),
      },
      closed,
    ),
    problems: noSuchCharger,
    example: { ...oneCharger, body: { password: 'kd7m-p3xq-9w2c-44' } },
    async run({ params: { id }, body: { password } }, parts) {
      await chargerBy(id, parts)
      await parts.store.chargers.setPassword(id, password ?? undefined)
    },
  }),
]
