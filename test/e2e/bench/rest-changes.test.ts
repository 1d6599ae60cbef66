import { afterAll, beforeAll, expect, test } from 'vitest'
import { restDoor } from '../../../bench/csms/rest/door.ts'
import type { SiteNow } from '../../../bench/csms/rest/shapes.ts'
import { bearer, listening, type RestWorld, restWorld } from './rest-world.ts'

let world: RestWorld
beforeAll(async () => {
  world = await restWorld()
})
afterAll(() => world.close())

const north = { name: 'North', latitude: 33.5, longitude: 126.5 }

test('null takes away what was said of a charger or a site', async () => {
  const { ask } = world
  await ask('PUT', '/sites/north', { ...north, address: 'Pier 1', max_kw: 100, tariff_per_kwh: 1 })
  const whole = { site_id: 'north', name: 'Gate', latitude: 33, longitude: 126, kind: 'ac', max_kw: 22 }
  expect((await ask('PUT', '/chargers/A', whole)).json).toMatchObject(whole)
  expect((await ask('PUT', '/chargers/A', { name: null, kind: null })).json).toMatchObject({ site_id: 'north', max_kw: 22, latitude: 33 })
  expect((await ask('PUT', '/chargers/A', { longitude: null })).json).toMatchObject({ status: 422, field: 'body.latitude' })
  expect((await ask('PUT', '/chargers/A', { latitude: 33, longitude: null })).json).toMatchObject({ status: 422, field: 'body.longitude' })
  expect((await ask('PUT', '/chargers/A', { kind: 'hot' })).json).toMatchObject({ status: 422, detail: 'body.kind must be ac or dc or null, not "hot"' })
  expect((await ask('PUT', '/chargers/A', { latitude: null, longitude: null })).json).toMatchObject({ latitude: 33.5, longitude: 126.5 })
  const none = Object.fromEntries(Object.keys(whole).map((field) => [field, null]))
  expect(Object.keys((await ask('PUT', '/chargers/A', none)).json)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/site_id|name|latitude|kind|max/)]),
  )
  const bare = (await ask('PUT', '/sites/north', { ...north, address: null, max_kw: null, tariff_per_kwh: null })).json
  expect([bare['name'], 'address' in bare, 'max_kw' in bare, 'tariff_per_kwh' in bare]).toEqual(['North', false, false, false])
})

test('who listens hears of a charger that was taken out of the list, and of every change of the sites', async () => {
  const { ask, door } = world
  await ask('PUT', '/chargers/B', { name: 'Short-lived' })
  const stream = await listening(door.url, '/events')
  await ask('DELETE', '/chargers/B')
  expect(await stream.next('removed')).toEqual(['B'])
  await ask('PUT', '/sites/south', { ...north, name: 'South' })
  const ids = (sites: readonly SiteNow[]) => sites.map(({ id }) => id)
  await stream.next<readonly SiteNow[]>('sites', (sites) => ids(sites).includes('south'))
  await ask('DELETE', '/sites/south')
  await stream.next<readonly SiteNow[]>('sites', (sites) => !ids(sites).includes('south'))
  stream.close()
})

test('whatever can be got can be asked for without its body', async () => {
  const { ask } = world
  await ask('PUT', '/chargers/C', {})
  for (const path of ['/chargers', '/chargers/C', '/health', '/docs', '/', '/openapi.json']) {
    const [head, get] = [await ask('HEAD', path), await ask('GET', path)]
    expect([path, head.status, head.text, head.headers.get('content-type')]).toEqual([path, 200, '', get.headers.get('content-type')])
  }
  expect((await ask('HEAD', '/chargers/nobody')).status).toBe(404)
  expect((await ask('HEAD', '/chargers', undefined, {})).status).toBe(401)
  const events = await ask('HEAD', '/events')
  expect([events.status, events.headers.get('allow')]).toEqual([405, 'GET'])
})

test('a limit that the station accepted is never told as a failure, though the database took no note of it', async () => {
  const station = await world.station('CP-1')
  const { parts, store } = world
  const limited = () => Promise.reject(new Error('the disk is full'))
  const door = await restDoor({ ...parts, store: { ...store, chargers: { ...store.chargers, limited } } }, { host: '127.0.0.1', port: 0 })
  const headers = { ...bearer, 'content-type': 'application/json' }
  const answer = await fetch(`${door.url}/chargers/CP-1/limit`, { method: 'POST', headers, body: '{"kw":11}' })
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ outcome: 'accepted', remark: expect.stringMatching(/^The station has accepted the limit, but the database took no note/) }),
  ])
  expect(station.asked.at(-1)?.[2]).toBe('SetChargingProfile')
  expect(world.lines.join('\n')).toMatch(/a limit that was accepted could not be noted .*the disk is full/)
  await door.close()
  station.close()
})
