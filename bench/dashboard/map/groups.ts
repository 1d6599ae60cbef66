import type { Charger, SiteNow } from '../../csms/rest/shapes.ts'

/** px on the screen. */
export interface Spot {
  readonly x: number
  readonly y: number
}

/** What stands at one spot of the map: a charger, or several under one mark. */
export interface Group {
  /** The same group keeps its key while chargers change and the map is moved. */
  readonly key: string
  readonly spot: Spot
  readonly chargers: readonly Charger[]
  /** Names of the sites in it. */
  readonly sites: readonly string[]
  /** Nothing else stands near: there is room for its name. */
  readonly isAlone?: boolean
  /** No mark: the name of the site over its chargers. */
  readonly isTitle?: boolean
}

export interface Grouping {
  readonly chargers: Iterable<Charger>
  readonly sites: readonly SiteNow[]
  /** Where a place is on the screen at the present zoom. */
  readonly project: (latitude: number, longitude: number) => Spot
  /** Near enough for single chargers; otherwise sites stand for theirs. */
  readonly isNear: boolean
}

/** Nearer than this marks would lie on each other, px. */
const apart = { far: 92, near: 30 }
/** Of chargers at one place, side by side, px. */
const bayPx = 34
/** Of the name over them, px. */
const titlePx = 18
/** More at one place stay under one mark. */
const mostBays = 120

interface Pile {
  key: string
  spot: Spot
  chargers: Charger[]
  sites: Set<string>
}

/** Marks for the chargers that have a place: sites from afar, those that would overlap as one, and single chargers when near, in rows where they
 *  share a place. */
export function groupsOf({ chargers, sites, project, isNear }: Grouping): readonly Group[] {
  const bySite = new Map(sites.map((site) => [site.id, site]))
  const piles = merged(isNear ? singles(chargers, bySite, project) : places(chargers, bySite, project), isNear ? apart.near : apart.far)
  return piles.flatMap((pile) => (isNear && pile.chargers.length > 1 && pile.chargers.length <= mostBays ? bays(pile) : [groupOf(pile)]))
}

const groupOf = ({ key, spot, chargers, sites }: Pile): Group => ({ key, spot, chargers, sites: [...sites], isAlone: chargers.length === 1 })

function siteNames(charger: Charger, sites: ReadonlyMap<string, SiteNow>): Set<string> {
  const name = charger.site_id === undefined ? undefined : sites.get(charger.site_id)?.name
  return new Set(name === undefined ? [] : [name])
}

function singles(chargers: Iterable<Charger>, sites: ReadonlyMap<string, SiteNow>, project: Grouping['project']): Pile[] {
  const piles: Pile[] = []
  for (const charger of chargers) {
    const { id, latitude, longitude } = charger
    if (latitude === undefined || longitude === undefined) continue
    piles.push({ key: `charger ${id}`, spot: project(latitude, longitude), chargers: [charger], sites: siteNames(charger, sites) })
  }
  return piles
}

/** A pile for each site, where the site is, and one for each charger without a site. */
function places(chargers: Iterable<Charger>, sites: ReadonlyMap<string, SiteNow>, project: Grouping['project']): Pile[] {
  const piles = new Map<string, Pile>()
  for (const charger of chargers) {
    const site = charger.site_id === undefined ? undefined : sites.get(charger.site_id)
    const { latitude, longitude } = site ?? charger
    if (latitude === undefined || longitude === undefined) continue
    const key = site === undefined ? `charger ${charger.id}` : `site ${site.id}`
    const pile = piles.get(key)
    if (pile === undefined) piles.set(key, { key, spot: project(latitude, longitude), chargers: [charger], sites: siteNames(charger, sites) })
    else pile.chargers.push(charger)
  }
  return [...piles.values()]
}

/** Those that would overlap become one, at the place of the largest. Looked for in squares as wide as the distance: a thousand take no time. */
function merged(piles: readonly Pile[], distance: number): readonly Pile[] {
  const squares = new Map<string, Pile[]>()
  const square = (x: number, y: number) => `${x} ${y}`
  const kept: Pile[] = []
  for (const pile of piles.toSorted((a, b) => b.chargers.length - a.chargers.length)) {
    const [column, row] = [Math.floor(pile.spot.x / distance), Math.floor(pile.spot.y / distance)]
    const near = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => squares.get(square(column + dx, row + dy)) ?? []))
    const host = near.find(({ spot }) => Math.hypot(spot.x - pile.spot.x, spot.y - pile.spot.y) < distance)
    if (host === undefined) {
      kept.push(pile)
      squares.set(square(column, row), [...(squares.get(square(column, row)) ?? []), pile])
    } else {
      host.chargers.push(...pile.chargers)
      for (const name of pile.sites) host.sites.add(name)
    }
  }
  return kept
}

/** One beside the other, as they stand on a car park, in the order of their ids. */
function bays({ key, spot, chargers, sites }: Pile): readonly Group[] {
  const columns = Math.ceil(Math.sqrt(chargers.length * 1.8))
  const rows = Math.ceil(chargers.length / columns)
  const titles =
    sites.size === 0
      ? []
      : [{ key: `title ${key}`, spot: { x: spot.x, y: spot.y - (rows * bayPx) / 2 - titlePx }, chargers: [], sites: [[...sites].join(' · ')], isTitle: true }]
  const sorted = chargers.toSorted((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true }))
  const marks = sorted.map((charger, at) => ({
    key: `charger ${charger.id}`,
    spot: {
      x: spot.x + ((at % columns) - (columns - 1) / 2) * bayPx,
      y: spot.y + (Math.floor(at / columns) - (rows - 1) / 2) * bayPx,
    },
    chargers: [charger],
    sites: [...sites],
  }))
  return [...titles, ...marks]
}
