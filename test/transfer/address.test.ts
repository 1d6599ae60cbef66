import { expect, test } from 'vitest'
import { TransferError } from '../../src/core/transfer.ts'
import { addressOf } from '../../src/transfer/address.ts'

function refusal(location: string): TransferError {
  try {
    addressOf(location)
  } catch (error) {
    if (error instanceof TransferError) return error
  }
  throw new Error('it was taken')
}

test.each(['file:///etc/shadow', 'FILE://host/x', 'data://x', 'javascript://x', 'gopher://host:25/x', 'unix:///run/x'])('%s is not brought', (location) => {
  expect(refusal(location).problem).toBe('notSupported')
})

test('an address as long as a frame is none, and fills no log', () => {
  const { problem, message } = refusal(`http://files/${'x'.repeat(250_000)}`)
  expect(problem).toBe('badAddress')
  expect(message.length).toBeLessThan(500)
})
