/** Where the page is: `#/sessions/<id>` is {view: 'sessions', rest: ['<id>']}. */
export interface Place {
  readonly view: ViewName
  readonly rest: readonly string[]
}

export const viewNames = ['live', 'sessions', 'frames', 'settings', 'health', 'bench'] as const
export type ViewName = (typeof viewNames)[number]

/** Unknown places are the live view. */
export function placeFrom(hash: string): Place {
  const [first, ...rest] = hash.replace(/^#?\/?/, '').split('/')
  const view = viewNames.find((name) => name === first)
  return view === undefined ? { view: 'live', rest: [] } : { view, rest: rest.filter((part) => part !== '').map(decoded) }
}

/** For `href`. */
export function linkTo(view: ViewName, ...rest: readonly string[]): string {
  return `#/${[view, ...rest.map(encodeURIComponent)].join('/')}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** What a view gets: the parts of the address after its name. */
export type ViewProps = Pick<Place, 'rest'>
