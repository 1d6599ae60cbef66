import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { page, pageOf, played, rowsOf, tableOf } from './conformance.ts'
import { cases } from './ids.ts'
import { pending } from './pending.ts'

const titles = cases.map(([id, , name]) => `${id} ${name}`)

test('each of the 107 cases is played once, or is pending', () => {
  expect(new Set(cases.map(([id]) => id)).size).toBe(107)
  expect(Object.keys(pending)).toHaveLength(10)
  const toPlay = titles.filter((title) => !Object.keys(pending).some((id) => title.startsWith(`${id} `)))
  expect(
    played()
      .map(([title]) => title)
      .sort(),
  ).toEqual(toPlay.sort())
})

test('the page of the docs names these cases and their files; `npm run test:octt16` writes it', () => {
  const stands = rowsOf(readFileSync(page, 'utf8'))
  expect(stands.map(({ id, name, file }) => ({ id, name, file }))).toEqual(tableOf(() => '').map(({ id, name, file }) => ({ id, name, file })))
})

test('a page is read as it was written', () => {
  const rows = tableOf((title) => (title.startsWith('TC_001') ? 'failed' : 'passed'))
  expect(rowsOf(pageOf(rows))).toEqual(rows)
})
