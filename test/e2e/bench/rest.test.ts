import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { restDoor } from '../../../bench/csms/rest/door.ts'
import type { Charger, Transaction } from '../../../bench/csms/rest/shapes.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { handStation } from '../../bench/csms/station.ts'
import { bearer, listening, type RestWorld, restWorld, token } from './rest-world.ts'

let world: RestWorld
beforeAll(async () => {
  world = await restWorld()
})
afterAll(() => world.close())

test('a charger is found, started, limited to half and stopped over REST, and the browser hears of it', async () => {
  const { ask, door } = world
  const station = await world.station('CP-1')
  const stream = await listening(door.url, '/events?topics=chargers,transactions,dashboard')
  expect(stream.headers.get('content-type')).toBe('text/event-stream')
  expect((await ask('GET', '/chargers?text=cp-1')).json).toMatchObject({ total: 1, items: [{ id: 'CP-1', is_connected: true, state: 'available' }] })

  const start = await ask('POST', '/chargers/CP-1/start', { evse_id: 1, tag: '04A2B3C4' })
  expect(start).toMatchObject({ status: 200, json: { outcome: 'accepted', status: 'Accepted', action: 'RemoteStartTransaction' } })
  expect(station.asked.at(-1)?.[3]).toEqual({ connectorId: 1, idTag: '04A2B3C4' })
  const started = { connectorId: 1, idTag: '04A2B3C4', meterStart: 1_000, timestamp: world.now() }
  const [, , { transactionId }] = (await station.call('StartTransaction', started)) as [number, string, { transactionId: number }]
  expect(await stream.next<Transaction>('transaction')).toMatchObject({ id: transactionId, charger_id: 'CP-1', tag: '04A2B3C4' })
  const sampledValue = [{ value: '11000', measurand: 'Power.Active.Import', unit: 'W' }]
  await station.call('MeterValues', { connectorId: 1, transactionId, meterValue: [{ timestamp: world.now(), sampledValue }] })
  const [changed] = await stream.next<readonly Charger[]>('chargers', ([each]) => each?.power_w === 11_000)
  expect(changed).toMatchObject({ id: 'CP-1', connectors: [{ transaction_id: transactionId, power_w: 11_000 }] })
  await stream.next('dashboard', ({ power_kw }: { power_kw: number }) => power_kw === 11)

  expect((await ask('POST', '/chargers/CP-1/limit', { kw: 5.5 })).json).toMatchObject({ outcome: 'accepted', action: 'SetChargingProfile' })
  expect((await ask('GET', '/chargers/CP-1')).json).toMatchObject({ limit_w: 5_500 })
  Object.assign(station.answers, { SetChargingProfile: { status: 'Rejected' } })
  expect((await ask('POST', '/chargers/CP-1/limit', { kw: 11 })).json).toMatchObject({ outcome: 'rejected' })
  expect((await ask('GET', '/chargers/CP-1')).json).toMatchObject({ limit_w: 5_500 })
  expect((await ask('DELETE', '/chargers/CP-1/limit')).json).toMatchObject({ outcome: 'accepted' })
  expect((await ask('GET', '/chargers/CP-1')).json).not.toHaveProperty('limit_w')

  expect((await ask('POST', '/chargers/CP-1/stop')).json).toMatchObject({ outcome: 'accepted' })
  expect(station.asked.at(-1)?.[3]).toEqual({ transactionId })
  await station.call('StopTransaction', { transactionId, meterStop: 3_500, timestamp: world.now(), reason: 'Remote' })
  expect(await stream.next<Transaction>('transaction', ({ stopped_at }) => stopped_at !== undefined)).toMatchObject({ energy_wh: 2_500, cost: 1 })
  expect((await ask('GET', `/transactions/${transactionId}`)).json).toMatchObject({ reason: 'Remote', samples_total: 1, samples: [{ power_w: 11_000 }] })
  expect(await ask('POST', '/chargers/CP-1/stop')).toMatchObject({ status: 409, json: { title: 'Nothing runs' } })
  expect(await ask('POST', '/chargers/CP-1/stop', { transaction_id: transactionId })).toMatchObject({ status: 409, json: { title: 'It has ended' } })
  stream.close()
  station.close()
})

test('with two transactions the one to stop has to be named', async () => {
  const { ask } = world
  const station = await world.station('CP-2')
  const ids: number[] = []
  for (const connectorId of [1, 2]) {
    const start = { connectorId, idTag: 'A', meterStart: 0, timestamp: world.now() }
    const [, , { transactionId }] = (await station.call('StartTransaction', start)) as [number, string, { transactionId: number }]
    ids.push(transactionId)
  }
  const several = await ask('POST', '/chargers/CP-2/stop')
  expect(several).toMatchObject({ status: 409, json: { title: 'Several run', field: 'body.transaction_id' } })
  expect([...(several.json['transactions'] as number[])].sort()).toEqual([...ids].sort())
  expect((await ask('POST', '/chargers/CP-2/control', { action: 'stop', transaction_id: ids[1] })).json).toMatchObject({ outcome: 'accepted' })
  expect(station.asked.at(-1)?.[3]).toEqual({ transactionId: ids[1] })
  expect((await ask('POST', '/chargers/CP-1/stop', { transaction_id: ids[1] })).status).toBe(404)
  station.close()
})

test('what a station refuses, answers wrongly, leaves unanswered or cannot be asked is told apart', async () => {
  const { ask } = world
  const station = await world.station('CP-3')
  station.answers['Reset'] = { status: 'Rejected' }
  expect(await ask('POST', '/chargers/CP-3/reset', { type: 'hard' })).toMatchObject({ status: 200, json: { outcome: 'rejected', status: 'Rejected' } })
  station.answers['Reset'] = { status: 'Perhaps' }
  expect(await ask('POST', '/chargers/CP-3/reset', { type: 'hard' })).toMatchObject({ status: 502, json: { action: 'Reset' } })
  expect(await ask('POST', '/chargers/CP-3/message', { action: 'Rezet', payload: {} })).toMatchObject({ status: 422, json: { field: 'body.action' } })
  expect(await ask('POST', '/chargers/CP-3/message', { action: 'Reset', payload: {} })).toMatchObject({
    status: 422,
    json: { field: expect.stringMatching(/^body\.payload/) },
  })
  expect(await ask('POST', '/chargers/CP-3/start', { tag: 'x'.repeat(21) })).toMatchObject({ status: 422, json: { field: 'body.tag' } })
  expect(await ask('POST', '/chargers/CP-3/limit', { kw: 1, amps: 2 })).toMatchObject({ status: 422, json: { field: 'body.kw' } })
  expect(await ask('GET', '/chargers/CP-3/configuration?keys=HeartbeatInterval')).toMatchObject({
    status: 200,
    json: { items: [{ key: 'HeartbeatInterval', value: '300', is_read_only: false }] },
  })
  station.close()
  await station.closed
  await expect.poll(async () => (await ask('GET', '/chargers/CP-3')).json['is_connected']).toBe(false)
  expect(await ask('POST', '/chargers/CP-3/reset', { type: 'soft' })).toMatchObject({ status: 409, json: { title: 'Not connected' } })
  expect(await ask('POST', '/chargers/nobody/reset', { type: 'soft' })).toMatchObject({ status: 404, json: { field: 'path.id' } })
})

test('a station of OCPP 2.0.1 is asked in the same words, and its transaction stopped by its own name of it', async () => {
  const { ask, ocpp, store } = world
  const station = await handStation(ocpp.url, 'CP-201', 'ocpp2.0.1')
  await station.call('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'Pilotwire', model: 'Hand' } })
  await expect.poll(async () => (await ask('GET', '/chargers/CP-201')).json['ocpp_version']).toBe('2.0.1')
  expect((await ask('POST', '/chargers/CP-201/start', { evse_id: 1, tag: 'A'.repeat(30) })).json).toMatchObject({
    outcome: 'accepted',
    action: 'RequestStartTransaction',
  })
  expect(await ask('POST', '/chargers/CP-201/start', { connector_id: 1, tag: 'A' })).toMatchObject({ status: 422, json: { field: 'body.connector_id' } })
  await station.call('TransactionEvent', {
    ...{ eventType: 'Started', timestamp: world.now(), triggerReason: 'Authorized', seqNo: 0 },
    ...{ transactionInfo: { transactionId: 'tx-of-the-station' }, evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'A', type: 'ISO14443' } },
  })
  expect((await ask('POST', '/chargers/CP-201/stop')).json).toMatchObject({ outcome: 'accepted', action: 'RequestStopTransaction' })
  expect(station.asked.at(-1)?.[3]).toEqual({ transactionId: 'tx-of-the-station' })
  expect((await ask('POST', '/chargers/CP-201/limit', { amps: 10, evse_id: 1 })).json).toMatchObject({ outcome: 'accepted' })
  expect((await store.chargers.one('CP-201'))?.connectors).toMatchObject([{ evse_id: 1, limit_a: 10 }])
  expect((await ask('PUT', '/chargers/CP-201/configuration', { key: 'HeartbeatInterval', value: '60' })).json).toMatchObject({ status: 422, field: 'body.key' })
  station.close()
})

test('a site stands under both of its names, on the map with longitude first', async () => {
  const { ask } = world
  const body = { name: 'Seogwipo', latitude: 33.2541, longitude: 126.5601 }
  expect((await ask('PUT', '/stations/seogwipo', body)).status).toBe(200)
  expect((await ask('GET', '/sites/seogwipo')).json).toEqual((await ask('GET', '/stations/seogwipo')).json)
  expect((await ask('PUT', '/chargers/JJ-1', { site_id: 'seogwipo', kind: 'dc', max_kw: 100 })).json).toMatchObject({
    site_id: 'seogwipo',
    has_password: false,
  })
  expect((await ask('PUT', '/chargers/JJ-1', { site_id: 'nowhere' })).json).toMatchObject({ status: 422, field: 'body.site_id' })
  expect((await ask('PUT', '/chargers/JJ-1', { latitude: 33 })).json).toMatchObject({ status: 422, field: 'body.longitude' })
  const map = await ask('GET', '/geo/chargers?site=seogwipo')
  expect(map.headers.get('content-type')).toBe('application/geo+json')
  expect(map.json['features']).toMatchObject([{ type: 'Feature', id: 'JJ-1', geometry: { type: 'Point', coordinates: [126.5601, 33.2541] } }])
  expect((await ask('PUT', '/chargers/JJ-1/password', { password: 'kd7m-p3xq-9w2c-44' })).status).toBe(204)
  const known = await ask('GET', '/chargers/JJ-1')
  expect([known.json['has_password'], known.text.includes('kd7m')]).toEqual([true, false])
  expect((await ask('PUT', '/chargers/JJ-1/password', { password: null })).status).toBe(204)
  expect((await ask('GET', '/chargers/JJ-1')).json).toMatchObject({ has_password: false })
})

test('frames are told to who asks for one charger, without secrets, and can be read again', async () => {
  const { ask, door } = world
  const station = await world.station('CP-4')
  expect((await ask('GET', '/events?topics=frames')).json).toMatchObject({ status: 422, field: 'query.charger' })
  const stream = await listening(door.url, '/events?topics=frames&charger=CP-4')
  const asked = ask('PUT', '/chargers/CP-4/configuration', { key: 'AuthorizationKey', value: 'kd7m-p3xq-9w2c-44' })
  const frame = await stream.next<{ payload: unknown }>('frame', ({ action }: { action?: string; payload: unknown }) => action === 'ChangeConfiguration')
  expect((await asked).json).toMatchObject({ outcome: 'accepted' })
  expect(JSON.stringify(frame)).not.toContain('kd7m')
  await expect.poll(async () => (await ask('GET', '/frames?charger=CP-4&action=ChangeConfiguration&kind=call')).json['total']).toBe(1)
  expect((await ask('GET', '/frames?charger=CP-4')).text).not.toContain('kd7m')
  stream.close()
  station.close()
})

describe('who may come in', () => {
  const cookieOf = (header: string | null) => header?.split(';', 1)[0] ?? ''

  test('a browser logs in from the page of the door, and a page of elsewhere can neither log in nor change anything', async () => {
    const { ask, door } = world
    const own = { origin: door.url }
    expect((await ask('GET', '/login', undefined, {})).json).toEqual({ required: true, logged_in: false })
    expect((await ask('POST', '/login', { token }, { origin: 'http://evil.example' })).status).toBe(403)
    const login = await ask('POST', '/login', { token }, own)
    expect(login.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict$/)
    const cookie = cookieOf(login.headers.get('set-cookie'))
    expect((await ask('GET', '/login', undefined, { cookie })).json).toEqual({ required: true, logged_in: true })
    expect((await ask('GET', '/chargers', undefined, { cookie })).status).toBe(200)
    const site = { name: 'X', latitude: 1, longitude: 2 }
    expect((await ask('PUT', '/sites/x', site, { cookie })).status).toBe(403)
    expect((await ask('PUT', '/sites/x', site, { cookie, origin: 'http://localhost:9' })).status).toBe(403)
    expect((await ask('PUT', '/sites/x', site, { cookie, ...own })).status).toBe(200)
    const stream = await listening(door.url, '/events', { cookie })
    expect(stream.status).toBe(200)
    stream.close()
    expect((await ask('POST', '/logout', undefined, { cookie, ...own })).json).toEqual({ required: true, logged_in: false })
    expect((await ask('GET', '/chargers', undefined, { cookie })).status).toBe(401)
  })

  test('under a name that is not its own the door says nothing (DNS rebinding)', async () => {
    const { port } = world.door
    const status = await new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: '/health', headers: { host: 'evil.example' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
      asked.on('error', reject).end()
    })
    expect(status).toBe(421)
  })

  test('other origins are told nothing unless they are named, and then by token alone', async () => {
    const origin = 'https://tool.example'
    expect((await world.ask('GET', '/chargers', undefined, { ...bearer, origin })).headers.get('access-control-allow-origin')).toBeNull()
    const open = await restDoor({ ...world.parts, corsOrigins: [origin] }, { host: '127.0.0.1', port: 0 })
    const preflight = { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' }
    const allowed = await fetch(`${open.url}/sites/x`, { method: 'OPTIONS', headers: preflight })
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    const other = await fetch(`${open.url}/sites`, { headers: { ...bearer, origin: 'https://evil.example' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
    const asked = await fetch(`${open.url}/sites`, { headers: { ...bearer, origin } })
    expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('access-control-allow-credentials')]).toEqual([200, origin, null])
    await open.close()
  })

  test('wrong tokens make the next ones wait, and stand neither in answers nor in the log', async () => {
    const door = await restDoor(world.parts, { host: '127.0.0.1', port: 0 })
    const statuses: number[] = []
    for (let each = 0; each < 7; each++) {
      const answer = await fetch(`${door.url}/chargers`, { headers: { authorization: 'Bearer wrong-secret' } })
      statuses.push(answer.status)
      expect(await answer.text()).not.toContain('wrong-secret')
      if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(world.lines.join()).not.toMatch(new RegExp(`wrong-secret|${token}`))
    await door.close()
  })
})

test('what is no HTTP, no path, too large or no JSON is refused as a problem document', async () => {
  const { ask, door } = world
  for (const path of ['/%zz', '/chargers/%ff', '/nothing', '/dashboard/../../etc/passwd']) {
    const answer = await ask('GET', path)
    expect([path, answer.headers.get('content-type')]).toEqual([path, expect.stringContaining('application/problem+json')])
    expect(answer.status).toBeLessThan(500)
  }
  expect((await ask('POST', '/chargers/CP-1/message', `{"action":"X","payload":{"a":"${'x'.repeat(1_100_000)}"}}`)).status).toBe(413)
  expect((await ask('POST', '/chargers/CP-1/reset', 'type=soft', { ...bearer, 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
  expect(await ask('PATCH', '/chargers/CP-1')).toMatchObject({ status: 405, json: { status: 405 } })
  expect((await ask('PATCH', '/chargers/CP-1')).headers.get('allow')).toBe('GET, HEAD, PUT, DELETE')
  const spoken = await new Promise<string>((resolve) => {
    const socket = connect(door.port, '127.0.0.1', () => socket.write('HELLO\r\n\r\n'))
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
    })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {})
  })
  expect(spoken).toMatch(/^HTTP\/1\.1 400 .*application\/problem\+json/s)
})

test('the dashboard is served with its files packed and kept, and nothing beside it', async () => {
  const around = mkdtempSync(join(tmpdir(), 'pilotwire-dashboard-'))
  const folder = join(around, 'dashboard')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Map</title>')
  writeFileSync(join(folder, 'assets', 'main-Ab3dEf9h.js'), 'console.log(1)')
  writeFileSync(join(folder, 'assets', 'main-Ab3dEf9h.js.gz'), gzipSync('console.log(1)'))
  writeFileSync(join(folder, '.secret'), 'hidden')
  writeFileSync(join(around, 'beside-the-dashboard.txt'), 'beside')
  const door = await restDoor({ ...world.parts, dashboard: folder, tiles: 'https://{s}.tile.example/{z}/{x}/{y}.png' }, { host: '127.0.0.1', port: 0 })
  const page = await fetch(`${door.url}/`)
  expect([page.status, await page.text(), page.headers.get('cache-control')]).toEqual([200, expect.stringContaining('Map'), 'no-cache'])
  expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';.*https:\/\/\*\.tile\.example/)
  const script = await fetch(`${door.url}/assets/main-Ab3dEf9h.js`)
  expect([script.headers.get('content-encoding'), await script.text()]).toEqual(['gzip', 'console.log(1)'])
  expect([script.headers.get('content-type'), script.headers.get('cache-control')]).toEqual([
    expect.stringContaining('javascript'),
    expect.stringContaining('immutable'),
  ])
  for (const path of ['/.secret', '/..%2fbeside-the-dashboard.txt', '/assets/../../beside-the-dashboard.txt', '/assets/none.js', '/%00']) {
    const answer = await fetch(`${door.url}${path}`)
    expect([path, answer.status >= 400 && answer.status < 500, await answer.text()]).toEqual([path, true, expect.not.stringMatching(/hidden|beside$/)])
  }
  expect((await fetch(`${door.url}/chargers/${'x'.repeat(2_000)}`)).status).toBe(404)
  await door.close()
  rmSync(around, { recursive: true })
  const plain = await world.ask('GET', '/', undefined, {})
  expect(plain.text).toContain('npm run build')
})

test('health is told to everybody and says 503 when the database takes nothing; figures want the token', async () => {
  const broken = { ...world.parts, store: { ...world.store, health: async () => 'no room on /srv/secret' } }
  const door = await restDoor(broken, { host: '127.0.0.1', port: 0 })
  const sick = await fetch(`${door.url}/health`)
  expect([sick.status, await sick.text()]).toEqual([503, '{"is_healthy":false,"engine":"sqlite"}'])
  await door.close()
  expect((await world.ask('GET', '/health', undefined, {})).json).toEqual({ is_healthy: true, engine: 'sqlite' })
  expect((await world.ask('GET', '/metrics', undefined, {})).status).toBe(401)
  expect((await world.ask('GET', '/metrics')).text).toMatch(/^pilotwire_bench_frames_total\{direction="in",kind="call"\} \d+$/m)
})

test('a port that somebody else has is a mistake of the command line, said in one sentence', async () => {
  const { port } = world.door
  await expect(restDoor(world.parts, { host: '127.0.0.1', port })).rejects.toThrow(ConfigError)
  await expect(restDoor(world.parts, { host: '127.0.0.1', port })).rejects.toThrow(/port \d+ on 127\.0\.0\.1 is in use/)
  await expect(restDoor(world.parts, { host: '192.0.2.1', port: 0 })).rejects.toThrow('is no address of this machine')
})

test('with the door every stream ends', async () => {
  const door = await restDoor(world.parts, { host: '127.0.0.1', port: 0 })
  const streams = await Promise.all([listening(door.url, '/events'), listening(door.url, '/events?topics=dashboard')])
  await Promise.all([door.close(), ...streams.map((each) => each.ended())])
})
