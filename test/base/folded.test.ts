import { expect, test } from 'vitest'
import { folded } from '../../src/base/folded.ts'

test('a line that is too long goes on below between its words, indented', () => {
  expect(folded('12:00  CP-1   StatusNotification connectorId=1 status=Charging', 30)).toBe(
    '12:00  CP-1\n    StatusNotification\n    connectorId=1\n    status=Charging',
  )
})

test('what fits stays as it is, and so does every line of a pipe', () => {
  expect(folded('  plugin [c]   the cable into the car', 80)).toBe('  plugin [c]   the cable into the car')
  expect(folded('one two three', undefined)).toBe('one two three')
})

test('the help of a command goes on below itself', () => {
  const help = '  stop [c]  ends the transaction, or the wait for the cable'
  expect(folded(help, 34, 12)).toBe('  stop [c]  ends the transaction,\n            or the wait for the\n            cable')
  expect(folded(help, 30, 12)).toBe('  stop [c]  ends the\n    transaction, or the wait\n    for the cable')
})

test('a word that is too long by itself is left whole', () => {
  expect(folded('ok {"id":"CP-1","link":"connected"}', 10)).toBe('ok\n    {"id":"CP-1","link":"connected"}')
})

test('colours take no room', () => {
  expect(folded('\u001b[1mone\u001b[22m \u001b[32mtwo\u001b[39m', 8)).toBe('\u001b[1mone\u001b[22m \u001b[32mtwo\u001b[39m')
})
