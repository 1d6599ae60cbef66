import { expect, test } from 'vitest'
import { mistakeIn } from '../../src/base/mistake.ts'
import * as schema from '../../src/base/schema.ts'

const declared = schema.object(
  {
    amps: schema.number({ description: 'A per phase.', minimum: 0 }),
    secret: schema.optional(schema.string({ description: 'Never shown.', writeOnly: true, maxLength: 3 })),
  },
  { additionalProperties: false },
)

test('a value that fits has no mistake', () => {
  expect(mistakeIn(declared, { amps: 6, secret: 'abc' })).toBeUndefined()
})

test('a mistake names the field, what is wrong and the remedy', () => {
  expect(mistakeIn(declared, { amps: 'six' })).toEqual({ at: ['amps'], problem: 'must be number, not "six"', remedy: 'A per phase.' })
  expect(mistakeIn(declared, {})).toEqual({ at: ['amps'], problem: 'is missing', remedy: 'A per phase.' })
  expect(mistakeIn(declared, { amp: 6 })).toEqual({ at: ['amp'], problem: 'there is no such field', remedy: 'Did you mean amps?' })
  expect(mistakeIn(declared, 7)).toMatchObject({ at: [], problem: 'must be object, not 7' })
})

test('a secret is not quoted', () => {
  expect(JSON.stringify(mistakeIn(declared, { amps: 6, secret: 'hunter2' }))).not.toContain('hunter2')
})

test('a name that every object has by itself is as unknown as any other', () => {
  for (const name of ['toString', 'hasOwnProperty', 'constructor', '__proto__', 'valueOf']) {
    const value: unknown = JSON.parse(`{"amps":6,"${name}":{}}`)
    expect(mistakeIn(declared, value)).toMatchObject({ at: [name], problem: 'there is no such field' })
  }
})
