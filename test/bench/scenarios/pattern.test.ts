import { expect, test } from 'vitest'
import { differences } from '../../../bench/scenarios/pattern.ts'

test.each<[pattern: unknown, value: unknown, fits: boolean]>([
  [{ a: 1 }, { a: 1, b: 2 }, true],
  [{ a: 1 }, { a: '1' }, false],
  [{ a: { b: 'x' } }, { a: { b: 'y' } }, false],
  [{ a: 1 }, undefined, false],
  [{}, {}, true],
  [[1, 2], [1, 2], true],
  [[1], [1, 2], false],
  ['$any', 0, true],
  ['$any', undefined, false],
  [{ a: '$absent' }, {}, true],
  [{ a: '$absent' }, { a: undefined }, true],
  [{ a: '$absent' }, { a: null }, false],
  ['/^ab/i', 'ABc', true],
  ['/^ab/', 'ABc', false],
  ['/^1/', 12, true],
  [{ $min: 5, $max: 10 }, 7, true],
  [{ $min: 5, $max: 10 }, '7.5', true],
  [{ $min: 5, $max: 10 }, 11, false],
  [{ $min: 5 }, 'seven', false],
  [{ $min: 5 }, undefined, false],
  [{ $max: '2026-03-01T08:00:00.000Z' }, '2026-03-01T07:59:59Z', true],
  [{ $max: '2026-03-01T08:00:00.000Z' }, '2026-03-01T08:00:01Z', false],
  [{ $oneOf: ['a', '/^b/'] }, 'bc', true],
  [{ $oneOf: ['a', '/^b/'] }, 'c', false],
  [{ $not: 'a' }, 'b', true],
  [{ $not: 'a' }, 'a', false],
  [{ $some: { v: { $min: 3 } } }, [{ v: 1 }, { v: 4 }], true],
  [{ $some: { v: { $min: 5 } } }, [{ v: 1 }, { v: 4 }], false],
  [{ $every: { v: { $min: 1 } } }, [{ v: 1 }, { v: 4 }], true],
  [{ $every: { v: { $min: 2 } } }, [{ v: 1 }, { v: 4 }], false],
  [{ $length: 2 }, [1, 2], true],
  [{ $length: { $min: 3 } }, [1, 2], false],
  [{ $some: 1 }, 1, false],
])('%j against %j: %s', (pattern, value, fits) => {
  expect(differences(pattern, value).length === 0).toBe(fits)
})

test('each place that differs is told, with what was expected and what came', () => {
  expect(differences({ a: { b: 1, c: '$any' }, d: [{ e: 'x' }] }, { a: { b: 2 }, d: [{ e: 'y' }] })).toEqual([
    { path: 'a.b', expected: '1', came: '2' },
    { path: 'a.c', expected: 'anything', came: 'nothing' },
    { path: 'd.0.e', expected: '"x"', came: '"y"' },
  ])
})
