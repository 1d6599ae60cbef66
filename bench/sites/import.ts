import { ConfigError } from '../../src/base/errors.ts'
import type { BenchStore } from '../csms/store/store.ts'
import type { Places } from './places.ts'

/** Keeps sites and chargers; those that are there already become what the file says, everything else stays. @throws ConfigError for a charger of a
 *  site that is neither in the file nor known */
export async function importPlaces({ sites, chargers }: Places, store: Pick<BenchStore, 'sites' | 'chargers'>, source: string): Promise<void> {
  const inFile = new Set(sites.map(({ id }) => id))
  for (const id of new Set(chargers.map(({ site_id }) => site_id)))
    if (id !== undefined && !inFile.has(id) && (await store.sites.one(id)) === undefined)
      throw new ConfigError(source, 'site_id', `there is no site ${id}`, 'Add it to the file, or import it first')
  for (const each of sites) await store.sites.put(each)
  for (const each of chargers) await store.chargers.put(each)
}

/** `3 sites, 34 chargers, 2,900 kW`. */
export function placesWords({ sites, chargers }: Places): string {
  const kw = chargers.reduce((sum, { max_kw = 0 }) => sum + max_kw, 0)
  return `${counted(sites.length, 'site')}, ${counted(chargers.length, 'charger')}, ${kw.toLocaleString('en')} kW`
}

function counted(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`
}
