import { expect, test } from 'vitest'
import { linkTo, placeFrom } from '../../../src/local/web/routes.ts'

test.each([
  ['', 'live', []],
  ['#/', 'live', []],
  ['#/sessions', 'sessions', []],
  ['#/sessions/', 'sessions', []],
  ['#/sessions/a%20b', 'sessions', ['a b']],
  ['#/sessions/%', 'sessions', ['%']],
  ['#/settings/tokens/1', 'settings', ['tokens', '1']],
  ['#/nowhere/1', 'live', []],
  ['#main', 'live', []],
])('%j leads to %s', (hash, view, rest) => {
  expect(placeFrom(hash)).toEqual({ view, rest })
})

test('a link leads back to where it was made for', () => {
  expect(placeFrom(linkTo('sessions', 'a/b c'))).toEqual({ view: 'sessions', rest: ['a/b c'] })
})
