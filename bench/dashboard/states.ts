import type { Charger, ChargerState } from '../csms/rest/shapes.ts'

/** How a state looks wherever it is shown: never by its colour alone. */
export interface StateLook {
  readonly state: ChargerState
  readonly words: string
  /** What the glyph is drawn on. */
  readonly shape: 'disc' | 'ring' | 'square' | 'diamond'
  /** Strokes on 24 x 24. */
  readonly glyph: string
}

/** In the order of the legend: what works first, then what needs somebody. */
export const stateLooks: readonly StateLook[] = [
  { state: 'charging', words: 'Charging', shape: 'disc', glyph: 'M13 5 7.500 13H11.500L10.500 19L16.500 11H12.500L13 5Z' },
  { state: 'available', words: 'Available', shape: 'ring', glyph: 'm7.500 12.500 3 3 6-6.500' },
  { state: 'occupied', words: 'Occupied', shape: 'square', glyph: 'M9.500 6v4m5-4v4M7.500 10h9v1.500a4.500 4.500 0 0 1-9 0V10Zm4.500 6v3' },
  { state: 'suspended', words: 'Suspended', shape: 'disc', glyph: 'M9.500 8v8m5-8v8' },
  { state: 'reserved', words: 'Reserved', shape: 'square', glyph: 'M12 7v5.500l3.500 2M12 12' },
  { state: 'unavailable', words: 'Unavailable', shape: 'square', glyph: 'M7.500 12h9' },
  { state: 'faulted', words: 'Faulted', shape: 'diamond', glyph: 'M12 7v6m0 3.500v.2' },
  { state: 'offline', words: 'Offline', shape: 'ring', glyph: 'm8.500 8.500 7 7m0-7-7 7' },
]

const byState = new Map(stateLooks.map((each) => [each.state, each]))

/** A station may be newer than this page. */
export function lookOf(state: ChargerState): StateLook {
  return byState.get(state) ?? { state, words: state, shape: 'square', glyph: 'M12 7v6m0 3.500v.2' }
}

export type Counts = Readonly<Partial<Record<ChargerState, number>>>

export function countStates(of: Iterable<Charger>): Counts {
  const counts: Partial<Record<ChargerState, number>> = {}
  for (const { state } of of) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** `12 charging, 3 available`: every state that there is. */
export function countWords(counts: Counts): string {
  return stateLooks.flatMap(({ state, words }) => ((counts[state] ?? 0) === 0 ? [] : [`${counts[state]} ${words.toLowerCase()}`])).join(', ')
}
