import type { Path, Wrong } from '../../src/config/check.ts'
import type { Site } from '../csms/rest/shapes.ts'
import type { ChargerFacts } from '../csms/store/store.ts'

/** Sites and chargers of a file, ready to be kept. */
export interface Places {
  readonly sites: readonly Site[]
  readonly chargers: readonly ChargerFacts[]
}

/** Takes in what a file says, each id once. */
export interface Gathering {
  /** @throws ConfigError for an id that was there before */
  site(site: Site, at: Path): void
  /** One charger, or a row of them: `CP-{01..12}` is CP-01 to CP-12, and `{}` in the name is the number. @throws ConfigError for an id that was
   *  there before, half of a place, or a row that is none */
  charger(entry: ChargerFacts, at: Path): void
  readonly places: Places
}

export function gathering(wrong: Wrong): Gathering {
  const sites = new Map<string, Site>()
  const chargers = new Map<string, ChargerFacts>()
  const put = <T extends { readonly id: string }>(seen: Map<string, T>, what: string, one: T, at: Path) => {
    if (seen.has(one.id)) throw wrong([...at, 'id'], `there is another ${what} ${one.id} in this file`, 'Give each its own id')
    seen.set(one.id, one)
  }
  return {
    site: (site, at) => put(sites, 'site', site, at),
    charger(entry, at) {
      if ((entry.latitude === undefined) !== (entry.longitude === undefined)) {
        const missing = entry.latitude === undefined ? 'latitude' : 'longitude'
        throw wrong([...at, missing], 'is missing', 'A place has both; a charger without any stands where its site is')
      }
      for (const one of rowOf(entry, at, wrong)) put(chargers, 'charger', one, at)
    },
    get places() {
      return { sites: [...sites.values()], chargers: [...chargers.values()] }
    },
  }
}

/** A row is written by hand: a longer one is a slip. */
const longestRow = 1_000

function rowOf(entry: ChargerFacts, at: Path, wrong: Wrong): readonly ChargerFacts[] {
  const [row, from = '', to = ''] = /\{(\d{1,6})\.\.(\d{1,6})\}/.exec(entry.id) ?? []
  if (row === undefined) {
    if (/[{}]/.test(entry.id)) throw wrong([...at, 'id'], `${entry.id} has braces without a row`, 'Write CP-{01..12} for CP-01 to CP-12')
    return [entry]
  }
  const count = Number(to) - Number(from) + 1
  if (count < 1 || count > longestRow) throw wrong([...at, 'id'], `${row} is a row of ${count}`, `Count upwards, at most ${longestRow}`)
  return Array.from({ length: count }, (_, nth) => {
    const number = String(Number(from) + nth).padStart(from.length, '0')
    return { ...entry, id: entry.id.replace(row, number), ...(entry.name === undefined ? {} : { name: entry.name.replace('{}', number) }) }
  })
}
