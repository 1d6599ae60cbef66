import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { createStore } from '../../../src/local/web/state/store.ts'
import type { Charger, Dashboard, Page, Settings, SiteNow, Transaction } from '../../csms/rest/shapes.ts'
import { api } from '../api.ts'
import { readEvents } from './stream.ts'

export type Chargers = ReadonlyMap<string, Charger>

const soon = browserClock.nextFrame

export const settings = createStore<Settings | undefined>(undefined, soon)
export const sites = createStore<readonly SiteNow[]>([], soon)
/** By id; undefined: not there yet. */
export const chargers = createStore<Chargers | undefined>(undefined, soon)
export const dashboard = createStore<Dashboard | undefined>(undefined, soon)
/** The newest that began or ended. */
export const transaction = createStore<Transaction | undefined>(undefined, soon)
/** False: what is shown may be old. */
export const isReached = createStore(true, soon)

/** The most that the door gives at once. */
const pageSize = 1_000

async function everyCharger(): Promise<readonly Charger[]> {
  const found: Charger[] = []
  for (;;) {
    const { items, total } = await api.get<Page<Charger>>(`/chargers?offset=${found.length}&limit=${pageSize}`)
    found.push(...items)
    if (items.length === 0 || found.length >= total) return found
  }
}

const retryMs = 3_000
let isFollowing = false
/** Chargers that changed while the whole list was under way: newer than what the list says of them. */
let meanwhile: Map<string, Charger> | undefined

async function catchUp(): Promise<void> {
  if (meanwhile !== undefined) return
  meanwhile = new Map()
  try {
    const [setup, places, glance, all] = await Promise.all([
      api.get<Settings>('/settings'),
      api.get<readonly SiteNow[]>('/sites'),
      api.get<Dashboard>('/statistics/dashboard?span=1h'),
      everyCharger(),
    ])
    settings.set(setup)
    sites.set(places)
    dashboard.set(glance)
    chargers.set(new Map([...all.map((each) => [each.id, each] as const), ...meanwhile]))
  } catch {
    // Where nobody answers the stream tells, and comes here when it is there again. A part alone that failed is asked for anew.
    browserClock.after(retryMs, () => {
      if (isFollowing && isReached.get()) void catchUp()
    })
  } finally {
    meanwhile = undefined
  }
}

function take(changed: readonly Charger[]): void {
  if (meanwhile !== undefined) for (const each of changed) meanwhile.set(each.id, each)
  const before = chargers.get()
  if (before === undefined) return
  chargers.set(new Map([...before, ...changed.map((each) => [each.id, each] as const)]))
  const known = sites.get()
  if (changed.some(({ site_id }) => site_id !== undefined && known.every(({ id }) => id !== site_id)))
    void api.get<readonly SiteNow[]>('/sites').then(sites.set, () => undefined)
}

function leave(gone: readonly string[]): void {
  for (const id of gone) meanwhile?.delete(id)
  const before = chargers.get()
  if (before !== undefined) chargers.set(new Map([...before].filter(([id]) => !gone.includes(id))))
}

/** Follows the central system until the returned function is called. */
export function follow(): () => void {
  isFollowing = true
  const stop = readEvents('?topics=chargers,transactions,dashboard', {
    on: {
      chargers: (data) => take(data as readonly Charger[]),
      removed: (data) => leave(data as readonly string[]),
      sites: (data) => sites.set(data as readonly SiteNow[]),
      transaction: (data) => transaction.set(data as Transaction),
      dashboard: (data) => dashboard.set(data as Dashboard),
    },
    reached(now) {
      if (now) void catchUp()
      isReached.set(now)
    },
  })
  return () => {
    isFollowing = false
    stop()
  }
}
