import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cases } from './ids.ts'
import { pending } from './pending.ts'

/** The page of the docs with the table. */
export const page = fileURLToPath(new URL('../../../docs/conformance-1.6.md', import.meta.url))
const here = fileURLToPath(new URL('.', import.meta.url))

/** A row of the table. */
export interface Row {
  readonly id: string
  readonly name: string
  readonly result: string
  /** From the root of the project; a dash for a case that is not played. */
  readonly file: string
}

/** The titles of the tests that play cases, each with its file; a title that stands twice comes twice. */
export function played(): readonly (readonly [title: string, file: string])[] {
  return readdirSync(here)
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .flatMap((name) =>
      [...readFileSync(`${here}/${name}`, 'utf8').matchAll(/\boctt\(\s*'(TC_[^']+)'/g)].map(([, title = '']) => [title, `test/octt/1.6/${name}`] as const),
    )
}

/** @param resultOf what became of a title */
export function tableOf(resultOf: (title: string) => string): readonly Row[] {
  const files = new Map(played())
  return cases.map(([id, , name]) => {
    const waitsFor = pending[id]
    if (waitsFor !== undefined) return { id, name, result: `pending: ${waitsFor}`, file: '-' }
    const title = `${id} ${name}`
    return { id, name, result: resultOf(title), file: files.get(title) ?? '-' }
  })
}

export function pageOf(rows: readonly Row[]): string {
  const lines = rows.map(({ id, name, result, file }) => `| ${id} | ${name} | ${result} | ${file === '-' ? file : `[${file}](../${file})`} |`)
  return `# Certification cases of OCPP 1.6

Ids and names are those of the Open Charge Alliance's cases for charge points. Each case is a test that plays the central system over a real
WebSocket, in bare frames, against a whole simulated station; every frame is held against the official schemas, and every change of a
connector's status against the matrix of OCPP 1.6 §4.9. The tests are written after the specification and public descriptions of the cases:
passing them is no certificate. \`npm run test:octt16\` plays them and writes this page.

| Id | Name | Result | Test |
| --- | --- | --- | --- |
${lines.join('\n')}
`
}

/** The rows of a page, as `pageOf` writes it. */
export function rowsOf(text: string): readonly Row[] {
  return [...text.matchAll(/^\| (TC_\S+) \| (.+) \| (.+) \| (?:\[(.+)\]\(.+\)|-) \|$/gm)].map(([, id = '', name = '', result = '', file = '-']) => ({
    id,
    name,
    result,
    file,
  }))
}
