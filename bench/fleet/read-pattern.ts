import { ConfigError } from '../../src/base/errors.ts'
import { checked, type LineOf, type Path, wrongIn } from '../../src/config/check.ts'
import { parseFile } from '../../src/config/read.ts'
import { shippedFiles } from '../shipped-files.ts'
import { numbered } from './numbered.ts'
import { type Pattern, patternSchema } from './pattern.ts'

/** Patterns that come with Pilotwire. */
export const shippedPatterns = () => shippedFiles(import.meta.dirname, 'patterns')

/** The pattern that a word means: one that comes with Pilotwire by its bare name, any other by its path.
 *  @throws ConfigError naming file, field, line and remedy */
export async function patternOf(word: string): Promise<Pattern> {
  if (/[/\\]|\.(ya?ml|json)$/i.test(word)) return await readPattern(word)
  const { names, pathOf, meant } = shippedPatterns()
  if (names.includes(word)) return await readPattern(pathOf(word))
  const hint = meant(word)
  const remedy = `${hint === undefined ? '' : `${hint} `}Known: ${names.join(', ')}; a file has a path or ends in .yaml`
  throw new ConfigError('--pattern', '', `no pattern ${word} comes with Pilotwire`, remedy)
}

async function readPattern(path: string): Promise<Pattern> {
  const { value, lineOf } = await parseFile(path, 'pattern')
  return sound(checked(path, patternSchema, value, lineOf), path, lineOf)
}

/** What the schema cannot say: fields that stand together or do not, and bounds in their order. @throws ConfigError */
export function sound(pattern: Pattern, path: string, lineOf: LineOf = () => undefined): Pattern {
  const wrong = wrongIn(path, lineOf)
  const { arrivals, stay = {}, cards = {}, evs, network = {} } = pattern
  if ((arrivals.steady === undefined) === (arrivals.perDay === undefined))
    throw wrong(['arrivals'], 'says not once when cars come', 'Write steady: true, or perDay')
  if (arrivals.steady && arrivals.byHour !== undefined) throw wrong(['arrivals', 'byHour'], 'does not go with steady', 'Remove one of the two')
  if (arrivals.byHour?.every((each) => each === 0))
    throw wrong(['arrivals', 'byHour'], 'has no hour in which somebody comes', 'Give one of the hours more than 0')
  if (stay.minutes !== undefined && stay.until !== undefined) throw wrong(['stay', 'until'], 'does not go with minutes', 'Remove one of the two')
  if (arrivals.steady === undefined && stay.minutes === undefined && stay.until === undefined)
    throw wrong(['stay'], 'does not say when cars leave', 'Write minutes: [20, 180], or until: ["05:30", "07:00"]')
  if (cards.list !== undefined && (cards.template ?? cards.count) !== undefined)
    throw wrong(['cards', 'list'], 'does not go with template and count', 'Keep the list, or the template')
  numbered(cards.template ?? 'FLEET-{n}', `${path}: cards.template`, (cards.count ?? 1_000) > 1)
  if (evs.every((each) => each.share === 0)) throw wrong(['evs'], 'has no car that comes', 'Give one of them a share above 0')
  const spans: readonly (readonly [Path, readonly number[] | undefined])[] = [
    ...evs.flatMap((each, at) => [[['evs', at, 'arrivesWith'], each.arrivesWith] as const, [['evs', at, 'wantsKwh'], each.wantsKwh] as const]),
    [['stay', 'minutes'], stay.minutes],
    [['network', 'outageSeconds'], network.outageSeconds],
    [['network', 'latencyMs'], network.latencyMs],
  ]
  for (const [at, [least = 0, most = 0] = []] of spans) if (least > most) throw wrong(at, 'has the larger number first', `Write [${most}, ${least}]`)
  return pattern
}
