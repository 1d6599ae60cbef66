import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { mistakeIn } from '../../../src/base/mistake.ts'
import { seconds } from '../../../src/base/units.ts'
import type { Route } from '../../../src/local/rest/route.ts'
import { routes } from '../../../src/local/rest/routes.ts'
import { Problem } from '../../../src/local/rest/shapes.ts'
import { door, rig } from './rig.ts'

type Fields = Readonly<Record<string, unknown>>
interface Declared {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}
interface Bad {
  readonly title: string
  readonly field: string
  readonly value: Fields
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`
const fieldsOf = (schema: TSchema | undefined) => Object.entries((schema as { properties?: Readonly<Record<string, Declared>> } | undefined)?.properties ?? {})
const requiredOf = (schema: TSchema | undefined) => (schema as { required?: readonly string[] } | undefined)?.required ?? []

function pathOf(route: Route, params: Fields, query: Fields = {}): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(params[name])))
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]))
  return `/api/v1${path}${asked.size === 0 ? '' : `?${asked}`}`
}

/** Values that one field does not take. */
function wrongValues(declared: Declared): readonly (readonly [string, unknown])[] {
  const { type, minimum, maximum, minLength, maxLength, pattern } = declared
  const wrongType: Readonly<Record<string, unknown>> = { string: 5, integer: 'x', number: 'x', boolean: 'x', object: 5 }
  return [
    ...(typeof type === 'string' ? [['the wrong type', wrongType[type]] as const] : []),
    ...(type === 'integer' && declared.enum === undefined ? [['a fraction', 1.5] as const] : []),
    ...(minimum === undefined ? [] : [['too little', minimum - 1] as const]),
    ...(maximum === undefined ? [] : [['too much', maximum + 1] as const]),
    ...(minLength === undefined ? [] : [['too short', ''] as const]),
    ...(maxLength === undefined ? [] : [['too long', 'x'.repeat(maxLength + 1)] as const]),
    ...(pattern === undefined ? [] : [['not of the pattern', '"'] as const]),
    ...(declared.enum === undefined ? [] : [['none of the words', type === 'integer' ? 2 : type === 'boolean' ? false : 'zzz'] as const]),
  ]
}

function badInputs(schema: TSchema | undefined, good: Fields, place: 'path' | 'query' | 'body'): readonly Bad[] {
  if (schema === undefined) return []
  const missing =
    place === 'path'
      ? []
      : requiredOf(schema).map((name): Bad => {
          const { [name]: _left, ...value } = good
          return { title: `without ${name}`, field: `${place}.${name}`, value }
        })
  const wrong = fieldsOf(schema).flatMap(([name, declared]) =>
    wrongValues(declared)
      // In a URL everything is text, and no part of a path is empty.
      .filter(([title, value]) => place === 'body' || (!(title === 'the wrong type' && declared.type === 'string') && !(place === 'path' && value === '')))
      .map(([title, value]): Bad => ({ title: `${name}: ${title}`, field: `${place}.${name}`, value: { ...good, [name]: value } })),
  )
  const unknown: readonly Bad[] = place === 'path' ? [] : [{ title: 'with an unknown field', field: `${place}.wrongName`, value: { ...good, wrongName: 1 } }]
  return [...missing, ...wrong, ...unknown]
}

/** Those that say no in this walk, and why. */
const refusing: Readonly<Record<string, string>> = {
  'POST /evses/{evse}/start': 'a transaction runs already',
  'POST /evses/{evse}/clear-fault': 'there is no fault',
  'POST /evses/{evse}/plug': 'the car is there already',
  'PUT /site/mode': 'there is no load management',
}

test('every route answers good input as it declares', async () => {
  const at = await rig()
  at.plant.plugIn()
  await at.swipe('04A2B3C4')
  await at.until(() => at.status() === 'charging')
  await at.clock.advance(seconds(60))
  const id = at.core.sessions.page(0, 1)[0]?.id
  const { ask } = await door(at)
  for (const route of routes) {
    const { query, body } = route.example
    const params = { ...(route.example.params as Fields | undefined), ...(route.path.includes('{id}') ? { id } : {}) }
    const answered = await ask(route.method, pathOf(route, params, query as Fields | undefined), body)
    const name = nameOf(route)
    if (name in refusing) {
      expect(answered, name).toMatchObject({ status: 409, type: 'application/problem+json' })
      expect(mistakeIn(Problem, answered.body), name).toBeUndefined()
    } else {
      expect(answered, `${name}: ${JSON.stringify(answered.body)}`).toMatchObject({ status: 200 })
      if (typeof route.answer === 'string') expect(answered.type, name).toContain(route.answer)
      else expect(mistakeIn(route.answer, answered.body), name).toBeUndefined()
    }
  }
}, 60_000)

test('every route names the field of bad input', async () => {
  const at = await rig()
  const { ask } = await door(at)
  let asked = 0
  for (const route of routes) {
    const params = (route.example.params ?? {}) as Fields
    const query = (route.example.query ?? {}) as Fields
    const body = route.example.body as Fields | undefined
    const tries = [
      ...badInputs(route.params, params, 'path').map((bad) => ({ ...bad, path: pathOf(route, bad.value, query), body })),
      ...badInputs(route.query, query, 'query').map((bad) => ({ ...bad, path: pathOf(route, params, bad.value), body })),
      ...badInputs(route.body, body ?? {}, 'body').map((bad) => ({ ...bad, path: pathOf(route, params, query), body: bad.value })),
    ]
    for (const each of tries) {
      const answered = await ask(route.method, each.path, each.body)
      const name = `${nameOf(route)} ${each.title}: ${JSON.stringify(answered.body)}`
      expect(answered, name).toMatchObject({ status: 422, type: 'application/problem+json', body: { field: each.field } })
      expect(mistakeIn(Problem, answered.body), name).toBeUndefined()
      asked++
    }
  }
  // The generator made something of the declarations.
  expect(asked).toBeGreaterThan(150)
}, 60_000)

test('what is not there is told apart from what is wrong', async () => {
  const at = await rig()
  const { ask } = await door(at)
  for (const route of routes.filter(({ path }) => path.includes('{evse}'))) {
    const answered = await ask(route.method, pathOf(route, { evse: 9 }), route.example.body)
    expect(answered, nameOf(route)).toMatchObject({ status: 404, body: { field: 'path.evse' } })
  }
  expect(await ask('GET', '/api/v1/sessions/none')).toMatchObject({ status: 404, body: { field: 'path.id' } })
  expect(await ask('GET', '/api/v1/sessions/none/csv')).toMatchObject({ status: 404, body: { field: 'path.id' } })
  expect(await ask('GET', '/api/v1/settings/none')).toMatchObject({ status: 404, body: { field: 'path.key' } })
  expect(await ask('PUT', '/api/v1/settings/none', { value: '1' })).toMatchObject({ status: 404, body: { field: 'path.key' } })
})
