import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '../../src/base/errors.ts'
import { nearest } from '../../src/base/nearest.ts'

const ending = /\.yaml$/

/** Where the scenarios are that come with Pilotwire: beside this file, and beside the bundle in `scenarios/`. */
export function shippedDirectory(): string {
  const besideBundle = join(import.meta.dirname, 'scenarios')
  return existsSync(besideBundle) ? besideBundle : import.meta.dirname
}

/** Their names, in alphabetical order. */
export function shippedNames(): readonly string[] {
  return readdirSync(shippedDirectory())
    .filter((each) => ending.test(each))
    .map((each) => each.replace(ending, ''))
    .sort()
}

export const pathOf = (name: string) => join(shippedDirectory(), `${name}.yaml`)

/** The file that a word means: one that comes with Pilotwire by its bare name, any other by its path. @throws ConfigError */
export function fileOf(word: string): string {
  if (/[/\\]|\.(ya?ml|json)$/i.test(word)) return word
  const names = shippedNames()
  if (names.includes(word)) return pathOf(word)
  const meant = nearest(word, names)
  throw new ConfigError(
    word,
    '',
    'no scenario of this name comes with Pilotwire',
    `${meant === undefined ? '' : `Did you mean ${meant}? `}--list shows them; a file has a path or ends in .yaml`,
  )
}
