import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { routes } from '../../../src/local/rest/routes.ts'
import { json, opened } from './opened.ts'

type Operations = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>

test('the description is OpenAPI 3.1 by an independent validator, and names every route once', async () => {
  const { ask } = await opened()
  const document = json(await ask('GET', '/api/v1/openapi.json'))
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true })
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) })
  const paths = document['paths'] as Operations
  for (const { method, path } of routes) expect(paths[`/api/v1${path}`]?.[method.toLowerCase()], `${method} ${path}`).toBeDefined()
  for (const path of ['/login', '/logout', '/events', '/openapi.json']) expect(paths).toHaveProperty([`/api/v1${path}`])
  const ids = Object.values(paths).flatMap((each) => Object.values(each).map(({ operationId }) => operationId))
  expect(new Set(ids).size).toBe(ids.length)
})

test('named shapes stand once, and every reference leads somewhere', async () => {
  const { ask } = await opened()
  const { text } = await ask('GET', '/api/v1/openapi.json')
  const { components } = JSON.parse(text) as { readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
  const references = [...text.matchAll(/"#\/components\/(\w+)\/(\w+)"/g)]
  expect(references.length).toBeGreaterThan(20)
  for (const [, kind = '', name = ''] of references) expect(components[kind]).toHaveProperty(name)
  expect(Object.keys(components['schemas'] ?? {})).toEqual(expect.arrayContaining(['Station', 'Evse', 'Session', 'Problem']))
})

test('the readable page holds every route with an example, and nothing from elsewhere', async () => {
  const { ask } = await opened()
  const { text, headers } = await ask('GET', '/docs')
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': expect.stringContaining("style-src 'sha256-") })
  for (const { path, summary } of routes) {
    expect(text).toContain(path)
    expect(text).toContain(summary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'))
  }
  expect(text).not.toMatch(/<script|src=|url\(|@import/)
  expect(text).toContain('curl -X PUT -H')
})
