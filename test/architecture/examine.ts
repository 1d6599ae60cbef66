import { boundaryViolations, type Packages } from './boundaries.ts'
import { scan } from './scan.ts'
import { lengthViolations, nameViolations, wordViolations } from './words.ts'

export interface Given {
  readonly packages: Packages
  /** Why a file may be over 300 lines, by path. */
  readonly long: Readonly<Record<string, string>>
}

/** Holds a tree, {path: text}, against the rules of the house. Each refusal begins with the path; an empty list is the aim.
 *  Tests are held only to the words: they may reach into every room. */
export function examine(tree: Readonly<Record<string, string>>, given: Given): readonly string[] {
  const texts = new Map(Object.entries(tree))
  const scanned = new Map([...texts].map(([path, text]) => [path, scan(text)]))
  const isHouse = ([path]: readonly [string, unknown]) => !path.startsWith('test/')
  return [
    ...boundaryViolations(new Map([...scanned].filter(isHouse)), given.packages),
    ...wordViolations(scanned),
    ...nameViolations([...texts.keys()]),
    ...lengthViolations(new Map([...texts].filter(isHouse)), given.long),
  ]
}
