import { expect, test } from 'vitest'
import { lineOf } from '../../src/client/calls.ts'
import { rowNames } from '../../src/client/commands.ts'
import { allRows, declarationOf } from './generate.ts'

test('the typed commands of the client are those of the table', async () => {
  await expect(declarationOf(allRows())).toMatchFileSnapshot('../../src/client/commands.ts')
})

test('no command has the name of what the client has beside them', () => {
  const own: readonly string[] = ['run', 'until', 'within', 'closed', 'close', 'then', 'commands', 'frames', 'plug']
  expect(rowNames.filter((name) => own.includes(name))).toEqual([])
})

test.each([
  [['tag', []], 'tag'],
  [['tag', ['04A2', 2]], 'tag 04A2 2'],
  [['tag', ['MY CARD', undefined]], 'tag "MY CARD"'],
  [['tag', [undefined, undefined]], 'tag'],
  [['max', [undefined, 2]], 'max - 2'],
  [['tag', ['-', 2]], 'tag "-" 2'],
  [['max', [7.5]], 'max 7.5'],
] as const)('%j is the line %j', ([name, values], line) => {
  expect(lineOf(name, values)).toBe(line)
})

test.each([
  ['tag', ['a"b'], 'tag: "a"b" has a quote or a line break in it, which no line can say'],
  ['tag', ['a\nquit'], 'tag: "a quit" has a quote or a line break in it, which no line can say'],
])('%s %j is no line', (name, values, words) => {
  expect(() => lineOf(name, values)).toThrow(new TypeError(words))
})
