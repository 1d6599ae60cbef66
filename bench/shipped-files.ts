import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { nearest } from '../src/base/nearest.ts'

/** YAML files that come with Pilotwire. */
export interface ShippedFiles {
  /** Without their ending, in alphabetical order. */
  readonly names: readonly string[]
  pathOf(name: string): string
  /** `Did you mean jeju?`; undefined when no name is like that. */
  meant(word: string): string | undefined
}

const ending = /\.yaml$/

/** @param folder of the one who asks: they stand there in a clone @param bundled the folder in which they stand else, beside the bundle or
 *  beside the folder of its parts */
export function shippedFiles(folder: string, bundled: string): ShippedFiles {
  const directory = [join(folder, bundled), join(folder, '..', bundled)].find((each) => existsSync(each)) ?? folder
  const names = readdirSync(directory)
    .filter((each) => ending.test(each))
    .map((each) => each.replace(ending, ''))
    .sort()
  return {
    names,
    pathOf: (name) => join(directory, `${name}.yaml`),
    meant(word) {
      const name = nearest(word, names)
      return name === undefined ? undefined : `Did you mean ${name}?`
    },
  }
}
