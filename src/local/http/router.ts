/** One way of asking: a method, and a path with `{name}` for a part that varies. */
export interface Addressed {
  readonly method: string
  readonly path: string
}

/** What answers, and what stood in the places that vary; or the methods that there are. */
export type Found<T> =
  | { readonly kind: 'found'; readonly entry: T; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'otherMethod'; readonly methods: readonly string[] }
  | { readonly kind: 'nothing' }

interface Shape<T> {
  readonly pattern: readonly { readonly name: string; readonly varies: boolean }[]
  readonly byMethod: Map<string, T>
}

/** A table made once: what is looked at for a request are the paths with as many parts. A word wins over a part that varies.
 *  @throws Error when two entries are the same */
export function router<T extends Addressed>(entries: readonly T[]): (method: string, parts: readonly string[]) => Found<T> {
  const byLength = new Map<number, Shape<T>[]>()
  for (const entry of entries) {
    const pattern = patternOf(entry.path)
    const shapes = byLength.get(pattern.length) ?? []
    byLength.set(pattern.length, shapes)
    let shape = shapes.find((each) => each.pattern.every(({ name, varies }, at) => varies === pattern[at]?.varies && (varies || name === pattern[at]?.name)))
    if (shape === undefined) {
      shape = { pattern, byMethod: new Map() }
      shapes.push(shape)
    }
    if (shape.byMethod.has(entry.method)) throw new Error(`two routes are ${entry.method} ${entry.path}`)
    shape.byMethod.set(entry.method, entry)
  }
  for (const shapes of byLength.values()) shapes.sort((one, other) => weight(one) - weight(other))
  return (method, parts) => {
    const fitting = (byLength.get(parts.length) ?? []).filter(({ pattern }) => pattern.every(({ name, varies }, at) => varies || name === parts[at]))
    // HEAD is GET without the body.
    const wanted = method === 'HEAD' ? 'GET' : method
    for (const { pattern, byMethod } of fitting) {
      const entry = byMethod.get(wanted)
      if (entry !== undefined)
        return { kind: 'found', entry, params: Object.fromEntries(pattern.flatMap(({ name, varies }, at) => (varies ? [[name, parts[at] ?? '']] : []))) }
    }
    const methods = [...new Set(fitting.flatMap(({ byMethod }) => [...byMethod.keys()]))].sort()
    return methods.length === 0 ? { kind: 'nothing' } : { kind: 'otherMethod', methods: [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'] }
  }
}

function patternOf(path: string): Shape<unknown>['pattern'] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? { name: part.slice(1, -1), varies: true } : { name: part, varies: false }))
}

/** Shapes with words further to the left come first. */
function weight({ pattern }: Shape<unknown>): number {
  return pattern.reduce((sum, { varies }) => sum * 2 + (varies ? 1 : 0), 0)
}
