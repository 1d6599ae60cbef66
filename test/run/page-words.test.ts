import { expect, test } from 'vitest'
import type { HttpConfig } from '../../src/config/station.ts'
import { pageWords } from '../../src/run/page-words.ts'

const withLogin = { login: 'device' } as HttpConfig

test('the page is told as an address that a browser takes', () => {
  expect(pageWords({ host: '127.0.0.1', port: 8080 }, { id: 'CP-1', http: undefined }, ['192.168.1.5'])).toBe('Its page: http://127.0.0.1:8080')
  expect(pageWords({ host: '::1', port: 41873 }, { id: 'CP-1', http: undefined }, [])).toBe('Its page: http://[::1]:41873')
})

test('a door at every address is told by those that a phone can dial, and the way to its password', () => {
  const words = pageWords({ host: '0.0.0.0', port: 8080 }, { id: 'CP-1', http: withLogin }, ['192.168.1.5', '10.0.0.2'])
  expect(words).toBe('Its page: http://192.168.1.5:8080 http://10.0.0.2:8080 (its password: "pilotwire password --id CP-1" shows it)')
  expect(pageWords({ host: '::', port: 8080 }, { id: 'CP-1', http: undefined }, [])).toBe('Its page: http://127.0.0.1:8080')
})
