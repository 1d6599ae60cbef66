/** Where the page is: `#/map/CP-1` is the map with CP-1 opened beside it. */
export interface Place {
  readonly view: ViewName
  /** Its drawer is open. */
  readonly charger: string | undefined
}

export const viewNames = ['map', 'chargers', 'history'] as const
export type ViewName = (typeof viewNames)[number]

/** Unknown places are the map. */
export function placeFrom(hash: string): Place {
  const [first, charger] = hash.replace(/^#?\/?/, '').split('/')
  return { view: viewNames.find((name) => name === first) ?? 'map', charger: charger === undefined || charger === '' ? undefined : decoded(charger) }
}

/** For `href`. */
export function linkTo({ view, charger }: Place): string {
  return charger === undefined ? `#/${view}` : `#/${view}/${encodeURIComponent(charger)}`
}

/** The token of `#token=...`, the address that the central system prints at its start. */
export function tokenFrom(hash: string): string | undefined {
  const found = /^#token=([^&]+)/.exec(hash)?.[1]
  return found === undefined ? undefined : decoded(found)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What a view gets. */
export interface ViewProps {
  /** Whose drawer is open. */
  readonly chosen: string | undefined
  readonly open: (charger: string) => void
}
