import { ConfigError } from '../../src/base/errors.ts'
import { shippedFiles } from '../shipped-files.ts'

/** Files of sites that come with Pilotwire. */
export const shippedSites = () => shippedFiles(import.meta.dirname, 'sites')

/** The file that a word means: one that comes with Pilotwire by its bare name (`jeju`), any other by its path. @throws ConfigError */
export function sitesPath(word: string): string {
  if (/[/\\]|\.(ya?ml|json|geojson)$/i.test(word)) return word
  const { names, pathOf, meant } = shippedSites()
  if (names.includes(word)) return pathOf(word)
  const hint = meant(word) ?? `There are ${names.join(', ')}`
  throw new ConfigError(word, '', 'no sites of this name come with Pilotwire', `${hint}; a file has a path or ends in .yaml, .json or .geojson`)
}
