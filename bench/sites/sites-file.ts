import type { Static } from 'typebox'
import * as t from '../../src/base/schema.ts'
import { checked, type Wrong, wrongIn } from '../../src/config/check.ts'
import { parseFile } from '../../src/config/read.ts'
import { isGeoJson, placesInGeoJson } from './geojson.ts'
import { gathering, type Places } from './places.ts'
import { chargerFields, siteFields } from './shapes.ts'

const closed = { additionalProperties: false } as const
/** No list in a file is longer. */
const most = 10_000

const charger = t.object(chargerFields, { ...closed, description: 'A charge point, or a row of equal ones' })
const site = t.object(
  { ...siteFields, chargers: t.optional(t.array(charger, { maxItems: most, description: 'The chargers that stand there' })) },
  { ...closed, description: 'A place with chargers' },
)

/** A file of sites and their chargers, in the words of the REST door. */
export const sitesSchema = t.object(
  {
    $schema: t.optional(t.string({ description: 'For editors; not read' })),
    sites: t.array(site, { maxItems: most, description: 'Write sites: and below it each site with its chargers' }),
    chargers: t.optional(t.array(charger, { maxItems: most, description: 'Chargers without a site' })),
  },
  { ...closed, title: 'Pilotwire file of sites' },
)

/** Reads YAML or JSON of this schema, or GeoJSON, whatever the file is called. @throws ConfigError naming file, field, line and remedy */
export async function readSites(path: string): Promise<Places> {
  const { value, lineOf } = await parseFile(path, 'file of sites')
  const wrong = wrongIn(path, lineOf)
  return isGeoJson(value) ? placesInGeoJson(path, value, lineOf) : placesOf(checked(path, sitesSchema, value, lineOf), wrong)
}

function placesOf(file: Static<typeof sitesSchema>, wrong: Wrong): Places {
  const gathered = gathering(wrong)
  for (const [nth, { chargers = [], ...each }] of file.sites.entries()) {
    gathered.site(each, ['sites', nth])
    for (const [at, one] of chargers.entries()) gathered.charger({ site_id: each.id, ...one }, ['sites', nth, 'chargers', at])
  }
  for (const [at, one] of file.chargers?.entries() ?? []) gathered.charger(one, ['chargers', at])
  return gathered.places
}
