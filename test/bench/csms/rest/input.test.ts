import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { inputOf, jsonOf } from '../../../../bench/csms/rest/input.ts'
import { Refusal } from '../../../../bench/csms/rest/refusal.ts'
import { securityHeaders } from '../../../../bench/csms/rest/security-headers.ts'
import * as t from '../../../../src/base/schema.ts'

const query = t.object(
  { limit: t.optional(t.integer({ minimum: 1, maximum: 10, description: '1 to 10' })), running: t.optional(t.boolean()), name: t.optional(t.string()) },
  { additionalProperties: false },
)
const limitBranch = {
  type: 'object',
  required: ['action', 'kw'],
  properties: { action: { type: 'string', enum: ['limit'] }, kw: { type: 'number' } },
  additionalProperties: false,
}
const stopBranch = { type: 'object', required: ['action'], properties: { action: { type: 'string', enum: ['stop'] } }, additionalProperties: false }
const control = { oneOf: [limitBranch, stopBranch] } as unknown as TSchema

function refused(act: () => unknown): Refusal {
  try {
    act()
  } catch (error) {
    if (error instanceof Refusal) return error
  }
  throw new Error('it was taken')
}

test('texts behind ? are turned into what their schemas say, and nothing else', () => {
  expect(inputOf(query, 'query', { limit: '10', running: 'false', name: '10' })).toEqual({ limit: 10, running: false, name: '10' })
  for (const limit of ['0', '11', '1.5', '1e1', ' 5', '0x5', '', 'NaN', 'Infinity']) {
    expect(refused(() => inputOf(query, 'query', { limit })).details.field).toBe('query.limit')
  }
  for (const running of ['1', 'yes', 'TRUE', '']) expect(refused(() => inputOf(query, 'query', { running })).details.field).toBe('query.running')
  expect(refused(() => inputOf(query, 'query', { limit: ['1', '2'] })).message).toBe('query.limit is there more than once')
  expect(refused(() => inputOf(query, 'query', { limits: '1' })).details).toMatchObject({ field: 'query.limits', remedy: 'Did you mean limit?' })
})

test('a mistake is told in the words of the action that was meant', () => {
  expect(inputOf(control, 'body', { action: 'limit', kw: 3 })).toEqual({ action: 'limit', kw: 3 })
  expect(refused(() => inputOf(control, 'body', { action: 'limit' }))).toMatchObject({ message: 'body.kw is missing', status: 422 })
  expect(refused(() => inputOf(control, 'body', { action: 'stop', kw: 3 })).details.field).toBe('body.kw')
  for (const body of [undefined, {}, [], 'stop', { action: 'jump' }]) {
    expect(refused(() => inputOf(control, 'body', body)).message).toMatch(/^body(\.action)? (is missing|must be)/)
  }
})

test.each([
  ['{"a":1', 'Not JSON'],
  [`${'['.repeat(40)}${']'.repeat(40)}`, 'Too deep'],
  ['{"a":{"__proto__":{}}}', 'Not a name'],
  ['\u00ff', 'Not text'],
])('a body %j is refused: %s', (text, title) => {
  expect(refused(() => jsonOf(Buffer.from(text, 'latin1')))).toMatchObject({ status: 400, title })
})

test.each([
  [undefined, "img-src 'self' data: blob:;"],
  ['https://{s}.tile.example/{z}/{x}/{y}.png', "img-src 'self' data: blob: https://*.tile.example;"],
  ['http://127.0.0.1:8081/{z}/{x}/{y}.png', "img-src 'self' data: blob: http://127.0.0.1:8081;"],
  ["https://x.example'; script-src *;/{z}", "img-src 'self' data: blob:;"],
])('tiles at %s: %s', (tiles, policy) => {
  expect(securityHeaders(tiles)['Content-Security-Policy']).toContain(policy)
  expect(securityHeaders(tiles)['Content-Security-Policy']).toContain("script-src 'self';")
})
