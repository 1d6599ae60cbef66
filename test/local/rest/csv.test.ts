import { expect, test } from 'vitest'
import { csv } from '../../../src/local/rest/csv.ts'

test('cells are quoted where they must be, and rows end with CR LF', () => {
  expect(
    csv(
      ['a', 'b'],
      [
        ['x', 1],
        ['one, two', undefined],
        ['say "no"', 2.5],
        ['two\nlines', -3],
      ],
    ),
  ).toBe('a,b\r\nx,1\r\n"one, two",\r\n"say ""no""",2.5\r\n"two\nlines",-3\r\n')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('a card called %j is no formula', (token) => {
  expect(
    csv(['token'], [[token]])
      .split('\r\n')[1]
      ?.replace(/^"/, ''),
  ).toMatch(/^'/)
})
