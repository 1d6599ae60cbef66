import { ConfigError } from '../../src/base/errors.ts'
import { shippedFiles } from '../shipped-files.ts'

/** Scenarios that come with Pilotwire. */
export const shippedScenarios = () => shippedFiles(import.meta.dirname, 'scenarios')

/** The file that a word means: one that comes with Pilotwire by its bare name, any other by its path. @throws ConfigError */
export function fileOf(word: string): string {
  if (/[/\\]|\.(ya?ml|json)$/i.test(word)) return word
  const { names, pathOf, meant } = shippedScenarios()
  if (names.includes(word)) return pathOf(word)
  const hint = meant(word)
  const remedy = `${hint === undefined ? '' : `${hint} `}--list shows them; a file has a path or ends in .yaml`
  throw new ConfigError(word, '', 'no scenario of this name comes with Pilotwire', remedy)
}
