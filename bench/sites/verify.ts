import { harmless } from '../csms/console/lines.ts'
import { table } from '../csms/console/table.ts'
import type { Charger, Site } from '../csms/rest/shapes.ts'
import type { ChargerFacts } from '../csms/store/store.ts'
import type { Places } from './places.ts'

/** A charger as a file or the database has it. Only the database knows whether it was ever heard. */
export type Standing = ChargerFacts & Partial<Pick<Charger, 'is_connected' | 'state' | 'booted_at'>>

export interface Standings extends Pick<Places, 'sites'> {
  readonly chargers: readonly Standing[]
}

/** What somebody should look at, a sentence each. */
export function findings({ sites, chargers }: Standings): readonly string[] {
  const known = new Set(sites.map(({ id }) => id))
  const isAtSite = ({ site_id }: Standing) => site_id !== undefined && known.has(site_id)
  const among = (what: string, isSo: (charger: Standing) => boolean) => sentence(chargers.filter(isSo), what)
  return [
    ...sites.flatMap((site) =>
      ofSite(
        site,
        chargers.filter(({ site_id }) => site_id === site.id),
      ),
    ),
    ...among('of a site that is not there', (each) => each.site_id !== undefined && !isAtSite(each)),
    ...among('without a place on the map', (each) => !isAtSite(each) && each.latitude === undefined),
    ...among('that do not say what they can deliver (max_kw)', ({ max_kw }) => max_kw === undefined),
    ...among('that were never heard', ({ is_connected, booted_at }) => is_connected === false && booted_at === undefined),
    ...among('not connected now', ({ is_connected, booted_at }) => is_connected === false && booted_at !== undefined),
    ...among('with a fault', ({ state }) => state === 'faulted'),
  ].map(harmless)
}

/** More are counted, not named. */
const mostNamed = 5

function sentence(chargers: readonly Standing[], what: string): readonly string[] {
  const [first, ...others] = chargers.map(({ id }) => id)
  if (first === undefined) return []
  const rest = others.length + 1 - mostNamed
  return [`chargers ${what}: ${[first, ...others].slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`]
}

/** Chargers stand beside each other: a longer way (km) is a slip of a digit. */
const farKm = 10

function ofSite(site: Site, chargers: readonly Standing[]): readonly string[] {
  const sum = installed(chargers)
  const far = chargers.find((each) => kmBetween(site, each) > farKm)
  return [
    ...(chargers.length === 0 ? [`site ${site.id} has no chargers`] : []),
    ...(site.latitude === 0 && site.longitude === 0 ? [`site ${site.id} lies at 0, 0, in the Atlantic`] : []),
    ...(site.max_kw !== undefined && sum > site.max_kw ? [`site ${site.id} has ${sum} kW of chargers and may draw ${site.max_kw}: set limits`] : []),
    ...(far === undefined ? [] : [`charger ${far.id} stands ${Math.round(kmBetween(site, far))} km from its site ${site.id}`]),
  ]
}

export const installed = (chargers: readonly Standing[]) => chargers.reduce((sum, { max_kw = 0 }) => sum + max_kw, 0)

/** Along the great circle; 0 for a charger that stands where its site is. */
function kmBetween(site: Site, charger: Standing): number {
  if (charger.latitude === undefined || charger.longitude === undefined) return 0
  const rad = Math.PI / 180
  const [a, b] = [site.latitude * rad, charger.latitude * rad]
  const cosine = Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos((site.longitude - charger.longitude) * rad)
  return 6_371 * Math.acos(Math.min(1, cosine))
}

/** A table with a row for each site. */
export function sitesTable({ sites, chargers }: Standings): readonly string[] {
  const rows = sites.map((site) => {
    const own = chargers.filter(({ site_id }) => site_id === site.id)
    const here = own.some((each) => each.is_connected !== undefined) ? [String(own.filter((each) => each.is_connected === true).length)] : ['-']
    const place = `${site.latitude.toFixed(4)} ${site.longitude.toFixed(4)}`
    return [site.id, site.name, place, String(own.length), ...here, installed(own).toLocaleString('en'), site.max_kw?.toLocaleString('en') ?? '-']
  })
  return table([['site', 'name', 'place', 'chargers', 'connected', 'kW', 'limit kW'], ...rows], 3)
}
