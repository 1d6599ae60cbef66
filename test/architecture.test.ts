import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { examine } from './architecture/examine.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Files over 300 lines, each with its reason. */
const long: Readonly<Record<string, string>> = {}

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8')
}

test('the house keeps its rules: who imports whom, no cycles, names, time and hardware in their places', () => {
  const paths = globSync('{src,hal,bench,test}/**/*.{ts,tsx,mts,mjs}', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  expect(paths.length).toBeGreaterThan(10)
  const listed = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>
  const charger = [...Object.keys(listed.dependencies), ...Object.keys(listed.optionalDependencies)]
  const refusals = examine(Object.fromEntries(paths.map((path) => [path, read(path)])), {
    packages: { charger, bench: Object.keys(listed.devDependencies) },
    long,
  })
  expect(refusals).toEqual([])
})
