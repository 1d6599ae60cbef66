import type { Static, TSchema } from 'typebox'
import type { ConfigError } from '../../src/base/errors.ts'
import { mistakeIn } from '../../src/base/mistake.ts'
import * as t from '../../src/base/schema.ts'
import { checked, type LineOf, type Path, wrongIn } from '../../src/config/check.ts'
import { gathering, type Places } from './places.ts'
import { chargerOfSiteFields, siteFields } from './shapes.ts'

const feature = t.object(
  {
    type: t.unsafe<'Feature'>({ type: 'string', enum: ['Feature'], description: 'Write Feature' }),
    id: t.optional(t.unsafe<string | number>({ type: ['string', 'number'], description: 'The id of the site or charger' })),
    geometry: t.object(
      {
        type: t.unsafe<'Point'>({ type: 'string', enum: ['Point'], description: 'Sites and chargers are points' }),
        coordinates: t.array(t.number({ description: 'Degrees' }), { minItems: 2, maxItems: 3, description: 'Longitude, then latitude' }),
      },
      { description: 'Where it is' },
    ),
    properties: t.record(t.string(), t.unsafe<unknown>({}), { description: 'id, name and what else is known' }),
  },
  { description: 'A site or a charger' },
)
/** RFC 7946. What other programs wrote beside these fields is not looked at. */
const collection = t.object({
  type: t.unsafe<'FeatureCollection'>({ type: 'string', enum: ['FeatureCollection'], description: 'Write FeatureCollection' }),
  features: t.array(feature, { maxItems: 20_000, description: 'The sites and chargers' }),
})
type Feature = Static<typeof feature>

const site = t.object(siteFields)
const charger = t.object(chargerOfSiteFields)

export function isGeoJson(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** Points with the fields of the REST door as properties, as `/geo/chargers` has them: one with `kind` or `site_id` is a charger, any other a site;
 *  `what: charger` or `what: site` says it outright. @throws ConfigError */
export function placesInGeoJson(path: string, value: unknown, lineOf: LineOf): Places {
  const { features } = checked(path, collection, value, lineOf)
  const wrong = wrongIn(path, lineOf)
  const gathered = gathering(wrong)
  const fitting = <const S extends TSchema>(schema: S, fields: object, at: Path): Static<S> => {
    const mistake = mistakeIn(schema, fields)
    if (mistake === undefined) return fields as Static<S>
    throw wrongAt(at, mistake.at, mistake.problem, mistake.remedy)
  }
  const wrongAt = (at: Path, [field = '', ...rest]: Path, problem: string, remedy: string): ConfigError => {
    const axis = ['longitude', 'latitude'].indexOf(String(field))
    return axis < 0
      ? wrong([...at, 'properties', field, ...rest], problem, remedy)
      : wrong([...at, 'geometry', 'coordinates', axis], problem, `${remedy}. GeoJSON has the longitude first`)
  }
  for (const [nth, each] of features.entries()) {
    const at = ['features', nth]
    if (isCharger(each)) gathered.charger(fitting(charger, fieldsOf(each, chargerOfSiteFields), at), [...at, 'properties'])
    else gathered.site(fitting(site, fieldsOf(each, siteFields), at), [...at, 'properties'])
  }
  return gathered.places
}

function isCharger({ properties }: Feature): boolean {
  return properties['what'] === 'charger' || (properties['what'] !== 'site' && ('kind' in properties || 'site_id' in properties))
}

/** What the house knows of a feature. */
function fieldsOf({ id, geometry, properties }: Feature, known: Readonly<Record<string, TSchema>>): Readonly<Record<string, unknown>> {
  const [longitude, latitude] = geometry.coordinates
  const found = Object.entries(properties).filter(([name, value]) => name in known && value !== null)
  return { ...(id === undefined ? {} : { id: String(id) }), ...Object.fromEntries(found), longitude, latitude }
}
