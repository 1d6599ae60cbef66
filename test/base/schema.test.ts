import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import * as words from '../../src/base/schema.ts'

const closed = { additionalProperties: false, description: 'A thing.' } as const
const ours = words.object(
  {
    name: words.string({ maxLength: 3 }),
    sizes: words.optional(words.array(words.integer({ minimum: 1 }), { minItems: 1 })),
    share: words.optional(words.number({ maximum: 1 })),
    isOpen: words.boolean(),
    colour: words.optional(words.unsafe<'red' | 'blue'>({ type: 'string', enum: ['red', 'blue'] })),
    words: words.optional(words.record(words.string(), words.string({ maxLength: 2 }))),
  },
  closed,
)
const theirs = Type.Object(
  {
    name: Type.String({ maxLength: 3 }),
    sizes: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1 })),
    share: Type.Optional(Type.Number({ maximum: 1 })),
    isOpen: Type.Boolean(),
    colour: Type.Optional(Type.Unsafe<'red' | 'blue'>({ type: 'string', enum: ['red', 'blue'] })),
    words: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 2 }))),
  },
  closed,
)

test('a schema is printed as TypeBox prints its own', () => {
  expect(JSON.parse(JSON.stringify(ours))).toEqual(JSON.parse(JSON.stringify(theirs)))
  expect(JSON.parse(JSON.stringify(words.object({ name: words.optional(words.string()) })))).toEqual({
    type: 'object',
    properties: { name: { type: 'string' } },
  })
})

test('a schema that is optional in one place is required in another', () => {
  const shared = words.string()
  expect(words.object({ a: words.optional(shared), b: shared })).toMatchObject({ required: ['b'] })
})

test.each([
  [{ name: 'abc', isOpen: true }, true],
  [{ name: 'abc', isOpen: true, sizes: [1, 2], share: 0.5, colour: 'red', words: { a: 'b' } }, true],
  [{ name: 'abcd', isOpen: true }, false],
  [{ name: 'abc' }, false],
  [{ isOpen: true }, false],
  [{ name: 'abc', isOpen: 1 }, false],
  [{ name: 'abc', isOpen: true, sizes: [] }, false],
  [{ name: 'abc', isOpen: true, sizes: [0] }, false],
  [{ name: 'abc', isOpen: true, sizes: [1.5] }, false],
  [{ name: 'abc', isOpen: true, share: 1.1 }, false],
  [{ name: 'abc', isOpen: true, colour: 'green' }, false],
  [{ name: 'abc', isOpen: true, words: { a: 'long' } }, false],
  [{ name: 'abc', isOpen: true, other: 1 }, false],
  [{ name: 'abc', isOpen: true, sizes: undefined }, true],
])('%j is judged as by a schema of TypeBox: %s', (value, isFine) => {
  expect([Check(ours, value), Check(theirs, value)]).toEqual([isFine, isFine])
})
