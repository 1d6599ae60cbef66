import { expect, test } from 'vitest'
import { dateTime, integer, list, object, oneOf, optional, text, violationOf } from '../../src/ocpp/message.ts'

const payloads = [
  { id: 1, name: 'abc' },
  { id: 1, name: 'abc', at: '2026-03-01T12:00:00', kind: 'a', parts: [{ n: 1 }] },
  { name: 'abc' },
  { id: '1', name: 'abc' },
  { id: 1.5, name: 'abc' },
  { id: 1, name: 'abcd' },
  { id: 1, name: 'abc', at: 'hello 1' },
  { id: 1, name: 'abc', kind: 'c' },
  { id: 1, name: 'abc', parts: [] },
  { id: 1, name: 'abc', parts: [{ n: 1, other: 2 }] },
  { id: 1, name: 'abc', other: 2 },
  JSON.parse('{"id":1,"name":"abc","__proto__":{"n":1}}'),
  [],
  'text',
  null,
]

test('a declaration judges alike when it is new and when it has been used often', () => {
  const declared = () =>
    object({
      id: integer,
      name: text(3),
      at: optional(dateTime),
      kind: optional(oneOf('a', 'b')),
      parts: optional(list(object({ n: integer }), { minItems: 1 })),
    })
  const used = declared()
  for (let n = 0; n < 100; n++) violationOf(used, payloads[0])
  const verdicts = payloads.map((payload) => violationOf(used, payload)?.code)
  expect(verdicts).toEqual(payloads.map((payload) => violationOf(declared(), payload)?.code))
  expect(verdicts.filter((code) => code === undefined)).toHaveLength(2)
})
