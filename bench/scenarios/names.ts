import type { Value } from './scenario.ts'
import { millisOf } from './scenario.ts'

/** What `$name` may stand for, beside what was remembered: the station's id, and the time (`$now`, `$now+5m`, `$now-1h`). */
export const builtIn = ['id', 'now'] as const
/** Words of patterns, which are no names. */
const words = ['any', 'absent']

const name = /\$([A-Za-z][A-Za-z0-9_]*)(?:([+-])(\d+(?:\.\d+)?(?:ms|s|m|h|d)))?/g

/** The names in a value, in all its depth. */
export function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return isPattern(value) ? [] : [...value.matchAll(name)].map(([, found = '']) => found).filter((found) => !words.includes(found))
  if (Array.isArray(value)) return value.flatMap(namesIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : []
}

/** The value with what its names stand for; a text that is one name becomes the value itself, a number for instance.
 *  @throws Error for a name that stands for nothing yet */
export function resolved(value: unknown, known: ReadonlyMap<string, unknown>, nowMs: () => number): unknown {
  const meant = (found: string, sign: string | undefined, by: string | undefined): unknown => {
    if (found === 'now') return new Date(nowMs() + (by === undefined ? 0 : millisOf(by) * (sign === '-' ? -1 : 1))).toISOString()
    if (!known.has(found)) throw new Error(`$${found} stands for nothing yet`)
    return known.get(found)
  }
  const inText = (text: string): unknown => {
    if (isPattern(text) || words.includes(text.slice(1))) return text
    const [whole, found = '', sign, by] = new RegExp(name.source).exec(text) ?? []
    // The rest of `$card-1s` is text: only the time can be reckoned with.
    if (whole === text && (found === 'now' || by === undefined)) return meant(found, sign, by)
    return text.replaceAll(name, (all, one: string, plus?: string, span?: string) =>
      one === 'now' ? String(meant(one, plus, span)) : `${String(meant(one, undefined, undefined))}${all.slice(one.length + 1)}`,
    )
  }
  const inDepth = (each: unknown): unknown => {
    if (typeof each === 'string') return inText(each)
    if (Array.isArray(each)) return each.map(inDepth)
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(Object.entries(each).map(([key, of]) => [key, inDepth(of)]))
  }
  return inDepth(value)
}

const isPattern = (text: string) => /^\/.+\/[iu]*$/s.test(text)

/** `name=value` of the command line: a number where it is one. */
export function assigned(words: string): readonly [string, Value] | undefined {
  const [, key, value = ''] = /^([A-Za-z][A-Za-z0-9_]*)=(.*)$/s.exec(words) ?? []
  if (key === undefined) return undefined
  return [key, /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value) ? Number(value) : value]
}
