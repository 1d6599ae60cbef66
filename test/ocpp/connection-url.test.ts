import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basicAuthorization, connectionUrl, loggable, readBasicAuthorization } from '../../src/ocpp/connection-url.ts'

test.each([
  ['ws://centralsystem.example.com/ocpp', 'CP001', 'ws://centralsystem.example.com/ocpp/CP001'],
  ['wss://centralsystem.example.com/ocppj', 'RDAM 123', 'wss://centralsystem.example.com/ocppj/RDAM%20123'],
  ['ws://h:9000', 'CP1', 'ws://h:9000/CP1'],
  ['ws://h:9000/', 'CP1', 'ws://h:9000/CP1'],
  ['ws://h/ocpp/', 'CP1', 'ws://h/ocpp/CP1'],
  ['ws://h/ocpp?tenant=a%20b&x=1#part', 'CP1', 'ws://h/ocpp/CP1?tenant=a%20b&x=1'],
  ['ws://h/a%20b', 'A/B?C#D%E', 'ws://h/a%20b/A%2FB%3FC%23D%25E'],
])('%s and %s make %s', (url, identity, expected) => {
  expect(connectionUrl({ url, identity }).href).toBe(expected)
})

test.each([
  ['http://h', 'CP1'],
  ['no url', 'CP1'],
  ['', 'CP1'],
  ['ws://h', ''],
  ['ws://h', '.'],
  ['ws://h', '..'],
  ['ws://h', '\ud800'],
])('%j with identity %j cannot be dialled', (url, identity) => {
  expect(() => connectionUrl({ url, identity })).toThrowError(expect.objectContaining({ name: 'DialError' }))
})

test('every other identity is the last segment, and is read back from it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => each !== '.' && each !== '..' && each.isWellFormed()),
      (identity) => {
        const { pathname } = connectionUrl({ url: 'ws://h/ocpp', identity })
        expect(pathname.startsWith('/ocpp/')).toBe(true)
        expect(decodeURIComponent(pathname.slice(6))).toBe(identity)
      },
    ),
  )
})

test('the header carries the bytes of the key: the example of OCPP-J §6.2.2', () => {
  const key = Buffer.from('0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF', 'hex')
  expect(basicAuthorization('AL1000', key)).toBe('Basic QUwxMDAwOgABAgMEBQYH////////////////')
  expect(readBasicAuthorization('basic QUwxMDAwOgABAgMEBQYH////////////////')).toEqual({ user: 'AL1000', password: key })
})

test.each([undefined, '', 'Bearer abc', 'Basic', 'Basic %%%', 'Basic QUwxMDAw'])('%j is no basic authentication', (header) => {
  expect(readBasicAuthorization(header)).toBeUndefined()
})

test('a URL in a log has no password', () => {
  expect(loggable(new URL('ws://user:pass@h/ocpp'))).toBe('ws://h/ocpp')
})
