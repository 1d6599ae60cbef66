import { expect, test } from 'vitest'
import { passwordOf } from '../../src/ocpp/security.ts'

const hex = (key: string, encoding: 'hex' | 'text' | 'auto') => {
  const password = passwordOf(key, encoding)
  return 'bytes' in password ? Buffer.from(password.bytes).toString('hex') : password.problem
}

test('a hexadecimal key of 16 to 20 bytes is its bytes', () => {
  for (const encoding of ['hex', 'auto'] as const) {
    expect(hex('000102030405060708090A0B0C0D0E0F', encoding)).toBe('000102030405060708090a0b0c0d0e0f')
    expect(hex('ff'.repeat(20), encoding)).toBe('ff'.repeat(20))
  }
})

test('as text the same key is its characters', () => {
  expect(hex('ff'.repeat(16), 'text')).toBe(Buffer.from('ff'.repeat(16)).toString('hex'))
})

test('what cannot be hexadecimal is text where that is allowed', () => {
  expect(hex('correct horse battery', 'auto')).toBe(Buffer.from('correct horse battery').toString('hex'))
  expect(hex('f'.repeat(33), 'auto')).toBe(Buffer.from('f'.repeat(33)).toString('hex'))
})

test.each([
  ['ff'.repeat(15), 'hex'],
  ['ff'.repeat(21), 'hex'],
  ['fg'.repeat(16), 'hex'],
  ['', 'auto'],
  ['secret'.repeat(11), 'text'],
  ['secret\r\nX-Header: 1', 'text'],
  ['secret\ud800', 'auto'],
] as const)('%j as %s is refused without being repeated', (key, encoding) => {
  const password = passwordOf(key, encoding)
  expect(password).toHaveProperty('problem')
  expect(JSON.stringify(password)).not.toContain('secret')
})
