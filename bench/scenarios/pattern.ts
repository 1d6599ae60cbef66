import { isDeepStrictEqual } from 'node:util'

/** One place where a value is not as its pattern wants it. */
export interface Difference {
  /** `idTagInfo.status`, empty for the whole. */
  readonly path: string
  readonly expected: string
  readonly came: string
}

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Where `value` departs from `pattern`; nothing: it fits. A pattern is the value itself, with these in it: fields that are not named do not
 *  matter, `/.../` is a regular expression, `$any` whatever is there, `$absent` nothing; {$min, $max} a range of numbers (also written as text),
 *  or of times; {$oneOf: [...]}, {$not: ...}, {$some: ...} and {$every: ...} of a list, {$length: ...}. */
export function differences(pattern: unknown, value: unknown, path = ''): readonly Difference[] {
  const differs = (expected = shown(pattern)): readonly Difference[] => [{ path, expected, came: value === undefined ? 'nothing' : shown(value) }]
  if (pattern === '$absent') return value === undefined ? [] : differs('nothing')
  if (pattern === '$any') return value === undefined ? differs('anything') : []
  if (typeof pattern === 'string') return fitsText(pattern, value) ? [] : differs()
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) return differs(`a list of ${pattern.length}`)
    return pattern.flatMap((each, at) => differences(each, value[at], joined(path, String(at))))
  }
  if (!isFields(pattern)) return isDeepStrictEqual(pattern, value) ? [] : differs()
  if (Object.keys(pattern).some((key) => key.startsWith('$')))
    return Object.entries(pattern).every(([operator, of]) => holds(operator, of, value)) ? [] : differs()
  if (!isFields(value)) return differs()
  return Object.entries(pattern).flatMap(([key, each]) => differences(each, value[key], joined(path, key)))
}

export const operators = ['$min', '$max', '$oneOf', '$not', '$some', '$every', '$length'] as const

function holds(operator: string, of: unknown, value: unknown): boolean {
  const fits = (each: unknown) => differences(of, each).length === 0
  switch (operator as (typeof operators)[number]) {
    case '$min':
      return comparable(value) >= comparable(of)
    case '$max':
      return comparable(value) <= comparable(of)
    case '$oneOf':
      return Array.isArray(of) && of.some((each) => differences(each, value).length === 0)
    case '$not':
      return !fits(value)
    case '$some':
      return Array.isArray(value) && value.some(fits)
    case '$every':
      return Array.isArray(value) && value.every(fits)
    case '$length':
      return Array.isArray(value) && fits(value.length)
  }
}

/** OCPP writes measured values as text, and moments in ISO 8601. */
function comparable(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return Number.NaN
  return /^-?[\d.]+$/.test(value) ? Number(value) : Date.parse(value)
}

/** Text by its letters, or by the regular expression between slashes. */
export function fitsText(pattern: string, value: unknown): boolean {
  const expression = regularExpression(pattern)
  if (expression === undefined) return pattern === value
  return (typeof value === 'string' || typeof value === 'number') && expression.test(String(value))
}

/** @throws SyntaxError for one that is none */
export function regularExpression(pattern: string): RegExp | undefined {
  const [, source, flags] = /^\/(.+)\/([iu]*)$/s.exec(pattern) ?? []
  return source === undefined ? undefined : new RegExp(source, flags)
}

const joined = (path: string, key: string) => (path === '' ? key : `${path}.${key}`)

/** A value in one line of bearable length. */
export function shown(value: unknown, most = 300): string {
  const words = JSON.stringify(value) ?? 'nothing'
  return words.length > most ? `${words.slice(0, most)}...` : words
}
