import * as t from '../../../src/base/schema.ts'
import { clearable, closed, given, siteId } from './fields.ts'
import { found, Refusal } from './refusal.ts'
import { type Route, route } from './route.ts'
import { Site, SiteNow } from './shapes.ts'

const byId = t.object({ id: siteId }, closed)
const { id: _id, ...facts } = Site.properties
const SiteFacts = t.object({ ...facts, name: t.string({ description: 'For people', minLength: 1, maxLength: 255 }), ...unneeded() }, closed)

function unneeded() {
  return {
    address: clearable(t.string({ description: 'For people', maxLength: 500 })),
    max_kw: clearable(t.number({ description: 'What its chargers may draw together, kW', minimum: 0, maximum: 1_000_000 })),
    tariff_per_kwh: clearable(t.number({ description: 'Price of a kWh, in the currency of the central system', minimum: 0, maximum: 1_000_000 })),
  }
}

const example = { params: { id: 'seogwipo' } } as const
const noSuch = { 404: 'There is no such site' } as const
const toFind = 'GET /sites lists them.'

/** A site under one of the two names that people have for it. */
function routesAt(path: '/sites' | '/stations', aside: string): readonly Route[] {
  return [
    route({
      method: 'GET',
      path,
      tag: 'Sites',
      summary: `Every site, and how it stands${aside}`,
      answer: t.array(SiteNow),
      example: {},
      run: (_input, { store }) => store.sites.all(),
    }),
    route({
      method: 'GET',
      path: `${path}/{id}`,
      tag: 'Sites',
      summary: `One site${aside}`,
      params: byId,
      answer: SiteNow,
      problems: noSuch,
      example,
      run: async ({ params: { id } }, { store }) => found(await store.sites.one(id), 'site', 'path.id', toFind),
    }),
    route({
      method: 'PUT',
      path: `${path}/{id}`,
      tag: 'Sites',
      summary: `Makes a site, or replaces what is said of it: what is left out or null is gone${aside}`,
      params: byId,
      body: SiteFacts,
      answer: SiteNow,
      problems: { 409: 'Somebody took it away meanwhile' },
      example: { ...example, body: { name: 'Seogwipo', latitude: 33.2541, longitude: 126.5601, max_kw: 1_200 } },
      async run({ params: { id }, body: { address, max_kw, tariff_per_kwh, ...body } }, { store }) {
        const said = { address: address ?? undefined, max_kw: max_kw ?? undefined, tariff_per_kwh: tariff_per_kwh ?? undefined }
        await store.sites.put({ ...body, ...given(said), id })
        const site = await store.sites.one(id)
        if (site === undefined) throw new Refusal(409, 'Not there any more', 'Somebody took the site away meanwhile', { remedy: 'Send it again.' })
        return site
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/{id}`,
      tag: 'Sites',
      summary: `Takes a site away; its chargers stay, without a site${aside}`,
      params: byId,
      problems: noSuch,
      example,
      async run({ params: { id } }, { store }) {
        found((await store.sites.remove(id)) || undefined, 'site', 'path.id', toFind)
      },
    }),
  ]
}

export const siteRoutes: readonly Route[] = [...routesAt('/sites', ''), ...routesAt('/stations', ' (the same as under /sites)')]
