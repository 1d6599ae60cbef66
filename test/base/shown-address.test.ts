import { expect, test } from 'vitest'
import { shownAddress, withoutCredentials } from '../../src/base/shown-address.ts'

test.each([
  ['ftp://anna:secret@host/x', 'ftp://host/x'],
  ['at ftp://anna@host and http://host/x@y', 'at ftp://host and http://y'],
  ['"https://a:p@ss/w@host:8080/x"', '"https://host:8080/x"'],
  ['anna@example.com', 'anna@example.com'],
  ['nothing here', 'nothing here'],
])('%s is shown as %s', (text, shown) => {
  expect(withoutCredentials(text)).toBe(shown)
})

test('an address is shown without the query that may open the door', () => {
  expect(shownAddress(' https://anna:secret@host/x y?signature=abc#d ')).toBe('https://host/x y')
})

// A frame has room for 262,144 characters, and each is shown in a log before anybody checks it.
test.each([
  ['letters', 'a'.repeat(250_000)],
  ['schemes', 'a://'.repeat(62_500)],
  ['schemes with an end', `${'a://'.repeat(62_500)} @`],
  ['slashes', `http://${'/'.repeat(250_000)}x`],
])('a hostile address of many %s takes no time', (_what, text) => {
  const before = process.cpuUsage().user
  shownAddress(text)
  expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(500)
})

test('only what stands before the last at sign of each word goes', () => {
  expect(withoutCredentials('x http://a:b@h/p?u=http://c:d@k/q ftp://e@f,ftp://g@h')).toBe('x http://k/q ftp://h')
})
