import { browserClock } from '../../../src/local/web/browser-clock.ts'
import { createStore } from '../../../src/local/web/state/store.ts'
import type { Charger, ChargerState } from '../../csms/rest/shapes.ts'

/** Which chargers are listed, and shown on the map. */
export interface Filter {
  /** Anywhere in id, name, vendor or model, in any case. */
  readonly text: string
  /** Empty: every state. */
  readonly states: ReadonlySet<ChargerState>
  readonly site: string | undefined
}

export const everything: Filter = { text: '', states: new Set(), site: undefined }

export const filter = createStore<Filter>(everything, browserClock.nextFrame)

/** The rest stays as it is now, which may be newer than what is drawn. */
export function changeFilter(change: Partial<Filter>): void {
  filter.set({ ...filter.get(), ...change })
}

export function toggleState(state: ChargerState): void {
  const states = new Set(filter.get().states)
  if (!states.delete(state)) states.add(state)
  changeFilter({ states })
}

export function matches({ text, states, site }: Filter, charger: Charger): boolean {
  if (states.size > 0 && !states.has(charger.state)) return false
  if (site !== undefined && charger.site_id !== site) return false
  const wanted = text.trim().toLowerCase()
  return wanted === '' || [charger.id, charger.name, charger.vendor, charger.model].some((each) => each?.toLowerCase().includes(wanted))
}

const byId = new Intl.Collator(undefined, { numeric: true })

/** Those of the filter in the order of their ids: a list that does not jump while states change. */
export function matching(chosen: Filter, chargers: Iterable<Charger>): readonly Charger[] {
  return [...chargers].filter((each) => matches(chosen, each)).sort((a, b) => byId.compare(a.id, b.id))
}
