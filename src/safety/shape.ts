/** What may come over the wire, checked by hand: the other end may be in strange hands, and NaN, Infinity, texts and numbers out of
 *  all proportion must never be taken for an offer. */

/** Checks a value that JSON gave and returns it, rebuilt from what is known. @throws Malformed */
export type Shape<T> = (value: unknown, at: string) => T

/** A message that is not what it should be. The words name the field and what was expected, never what came. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  constructor(at: string, expected: string) {
    super(`${at} is not ${expected}`)
  }
}

/** `"1e999"` is Infinity to JSON.parse, and comes no further. */
export function number(least: number, most: number): Shape<number> {
  return (value, at) => {
    if (typeof value !== 'number' || !(value >= least && value <= most)) throw new Malformed(at, `a number from ${least} to ${most}`)
    return value
  }
}

export function whole(least: number, most: number): Shape<number> {
  return (value, at) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new Malformed(at, `a whole number from ${least} to ${most}`)
    }
    return value
  }
}

export function text(longest: number): Shape<string> {
  return (value, at) => {
    if (typeof value !== 'string' || value.length === 0 || value.length > longest) throw new Malformed(at, `a text of 1 to ${longest} characters`)
    return value
  }
}

export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw new Malformed(at, 'true or false')
  return value
}

export function oneOf<const T extends readonly (string | number)[]>(...values: T): Shape<T[number]> {
  return (value, at) => {
    const found = values.find((each) => each === value)
    if (found === undefined) throw new Malformed(at, `one of ${values.join(', ')}`)
    return found
  }
}

/** JSON has no undefined, and writes null for it within a list. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => (value === undefined || value === null ? undefined : shape(value, at))
}

export function list<T>(shape: Shape<T>, most: number): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > most) throw new Malformed(at, `a list of at most ${most}`)
    return value.map((each, index) => shape(each, `${at}[${index}]`))
  }
}

/** A row per argument; those that may be left out are `maybe`. */
export function tuple<T extends readonly unknown[]>(...shapes: { readonly [At in keyof T]: Shape<T[At]> }): Shape<T> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > shapes.length) throw new Malformed(at, `a list of at most ${shapes.length}`)
    return shapes.map((shape, index) => shape(value[index], `${at}[${index}]`)) as unknown as T
  }
}

/** A row per field: a new field of `T` does not compile until it has one. Fields that nobody knows are left behind. */
export function fields<T>(rows: { readonly [Name in keyof T]-?: Shape<T[Name]> }): Shape<T> {
  const entries = Object.entries(rows) as [string, Shape<unknown>][]
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(at, 'an object')
    const built: Record<string, unknown> = {}
    for (const [name, shape] of entries) {
      const own = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
      const found = shape(own, `${at}.${name}`)
      if (found !== undefined) built[name] = found
    }
    return built as T
  }
}
