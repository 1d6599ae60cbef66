import { ConfigError } from '../../src/base/errors.ts'

const place = /\{n(?::(\d{1,2}))?\}/g

/** Names by number from a template: `CP-{n}` is CP-1, CP-2 ..., and `CP-{n:4}` is CP-0001, CP-0002 ...
 *  @param source where the template was written @param isForMany without a number all would have the same name
 *  @throws ConfigError for braces that are none of this, and for a missing number */
export function numbered(template: string, source: string, isForMany: boolean): (n: number) => string {
  const rest = template.replace(place, '')
  if (/[{}]/.test(rest)) throw new ConfigError(source, '', `"${template}" has braces that stand for nothing`, 'Write {n} for the number, {n:4} for four digits')
  if (isForMany && rest === template)
    throw new ConfigError(source, '', `"${template}" has no number, and every station needs a name of its own`, `Write ${template}{n}`)
  return (n) => template.replace(place, (_, digits: string | undefined) => String(n).padStart(Number(digits ?? 0), '0'))
}
