import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import * as schema from '../../../src/base/schema.ts'
import { hours, seconds } from '../../../src/base/units.ts'
import { openHttp } from '../../../src/local/http/server.ts'
import { Refusal, route } from '../../../src/local/rest/route.ts'
import { closed } from '../../../src/local/rest/shapes.ts'
import { rig } from '../rest/rig.ts'
import { json, opened } from './opened.ts'

const jsonType = { 'content-type': 'application/json' }
const limit = '/api/v1/evses/1/limit'

describe('what is asked for', () => {
  test('a picture comes with headers that keep it to the one who asked', async () => {
    const { ask } = await opened()
    const answered = await ask('GET', '/api/v1/station')
    expect(answered).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
    })
    expect(answered.headers['content-security-policy']).toContain("default-src 'none'")
    // No other page frames it, embeds it or holds on to its window.
    expect(answered.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(answered.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'same-origin',
    })
    expect(answered.headers['access-control-allow-origin']).toBeUndefined()
    expect(json(answered)).toMatchObject({ id: 'CP-1' })
  })

  test('HEAD is GET without the body, OPTIONS tells the methods, another method is told them', async () => {
    const { ask } = await opened()
    expect(await ask('HEAD', '/api/v1/station')).toMatchObject({ status: 200, text: '' })
    expect(await ask('OPTIONS', limit)).toMatchObject({ status: 204, headers: { allow: 'DELETE, PUT, OPTIONS' } })
    expect(await ask('PATCH', limit)).toMatchObject({ status: 405, headers: { allow: 'DELETE, PUT, OPTIONS', 'content-type': 'application/problem+json' } })
    expect(await ask('OPTIONS', '*')).toMatchObject({ status: 204 })
    expect(await ask('POST', '/')).toMatchObject({ status: 404 })
  })

  test.each(['/api', '/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v2/station', '/nothing', '/api/v1/evses/1/2/3/4'])('%s is not there', async (path) => {
    expect(await (await opened()).ask('GET', path)).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } })
  })

  test.each([
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/a/%00',
    '/a/%zz',
    '/a//b',
    '//evil.example/',
    'http://evil.example/',
    '/./',
    `/${'a'.repeat(3_000)}`,
  ])('%s is no path', async (path) => expect(await (await opened()).ask('GET', path)).toMatchObject({ status: 400 }))

  test('what only a simulated board has is not there on a real one', async () => {
    const at = await rig()
    const machine = { ...at.ports.machine, board: { ...at.ports.machine.board, isSimulated: false } }
    const { ask } = await opened({ ports: { ...at.ports, machine } })
    const plug = '/api/v1/evses/1/plug'
    expect(await ask('POST', plug)).toMatchObject({ status: 404 })
    expect((await ask('GET', '/api/v1/openapi.json')).text).not.toContain('/plug')
    expect(await (await opened({}, at)).ask('OPTIONS', plug)).toMatchObject({ status: 204 })
  })

  test('a slash at the end changes nothing', async () => {
    expect(await (await opened()).ask('GET', '/api/v1/station/')).toMatchObject({ status: 200 })
  })

  test('probes at the root: health tells yes or no to everybody, metrics those who may come in', async () => {
    const well = await opened({ secrets: ['secret'] })
    expect(await well.ask('GET', '/health')).toMatchObject({ status: 200, text: '{"isHealthy":true}' })
    expect(await well.ask('GET', '/metrics')).toMatchObject({ status: 401 })
    expect(await well.ask('GET', '/metrics', { headers: { authorization: 'Bearer secret' } })).toMatchObject({ status: 200 })
    const dead = await opened({}, await rig({ guardSilentMs: () => 60_000 }))
    expect(await dead.ask('GET', '/health')).toMatchObject({ status: 503, text: '{"isHealthy":false}' })
  })
})

describe('what is sent along', () => {
  test.each([
    ['no type', '{"amps":6}', {}, 415],
    ['a form', 'amps=6', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text that is JSON', '{"amps":6}', { 'content-type': 'text/plain' }, 415],
    ['another character set', '{"amps":6}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['a character set that is right', '{"amps":6}', { 'content-type': 'application/json; charset=UTF-8' }, 200],
    ['half of JSON', '{"amps":', jsonType, 400],
    ['deep brackets', `${'['.repeat(40)}${']'.repeat(40)}`, jsonType, 400],
    ['very deep brackets', '['.repeat(60_000), jsonType, 400],
    ['brackets in a text', `{"amps":6,"x":"${'['.repeat(40)}"}`, jsonType, 422],
    ['brackets in a text behind a quotation mark', `{"amps":6,"x":"\\"${'['.repeat(40)}"}`, jsonType, 422],
    ['a text that is none', Buffer.from('{"amps":6,"x":"\xff"}', 'latin1'), jsonType, 400],
    ['a prototype', '{"amps":6,"__proto__":{"isAdmin":true}}', jsonType, 400],
    ['a prototype within', '{"amps":{"constructor":{"prototype":1}}}', jsonType, 400],
    ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), jsonType, 400],
    ['a list', '[]', jsonType, 422],
    ['null', 'null', jsonType, 422],
    ['nothing', undefined, {}, 422],
    ['too much', `{"amps":6,"x":"${'x'.repeat(70_000)}"}`, jsonType, 413],
  ])('%s', async (_name, body, headers, status) => {
    const { ask } = await opened()
    const answered = await ask('PUT', limit, { headers: headers as Readonly<Record<string, string>>, ...(body === undefined ? {} : { body }) })
    expect(answered.status, answered.text).toBe(status)
    if (status !== 200) expect(json(answered)).toMatchObject({ status, type: 'about:blank', detail: expect.stringMatching(/\w/) })
  })

  test('a body without an announced length is bounded as well', async () => {
    const { raw } = await opened()
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
    expect(
      await raw(`PUT ${limit} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`),
    ).toMatch(/^HTTP\/1\.1 413/)
  })

  test('one that is announced as too large is not waited for', async () => {
    const { raw } = await opened()
    expect(await raw(`PUT ${limit} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 65537\r\n\r\n`)).toMatch(
      // Nor is the rest of it read, to find the next request behind it.
      /^HTTP\/1\.1 413 .*\r\nConnection: close\r\n/is,
    )
  })

  test('the field at fault is named, and the remedy', async () => {
    const { ask } = await opened()
    const wrong = async (body: string) => json(await ask('PUT', limit, { headers: jsonType, body }))
    expect(await wrong('{"amps":"six"}')).toMatchObject({ field: 'body.amps', detail: expect.stringContaining('must be number, not "six"') })
    expect(await wrong('{}')).toMatchObject({ field: 'body.amps', detail: expect.stringContaining('is missing') })
    expect(await wrong('{"amps":6,"ttl":5}')).toMatchObject({ field: 'body.ttl', detail: expect.stringContaining('Did you mean ttlS?') })
    expect(json(await ask('GET', '/api/v1/sessions?limit=many'))).toMatchObject({ status: 422, field: 'query.limit' })
    expect(json(await ask('GET', '/api/v1/sessions?limit=1&limit=2'))).toMatchObject({ status: 400, field: 'query.limit' })
    expect(json(await ask('GET', '/api/v1/station?x=1'))).toMatchObject({ status: 422, field: 'query.x' })
    expect(json(await ask('GET', '/api/v1/sessions?limit=%zz'))).toMatchObject({ status: 400 })
    expect(json(await ask('GET', '/api/v1/sessions?__proto__=1'))).toMatchObject({ status: 400, field: 'query.__proto__' })
    const many = Array.from({ length: 51 }, (_, at) => `a${at}=1`).join('&')
    expect(json(await ask('GET', `/api/v1/sessions?${many}`))).toMatchObject({ status: 400 })
  })

  test('nothing, or an empty object, does for a route that takes nothing', async () => {
    const { ask } = await opened()
    const path = '/api/v1/evses/1/stop'
    expect(await ask('POST', path)).toMatchObject({ status: 409 })
    expect(await ask('POST', path, { headers: jsonType, body: '{}' })).toMatchObject({ status: 409 })
    expect(await ask('POST', path, { headers: jsonType, body: '{"now":true}' })).toMatchObject({ status: 422 })
  })
})

describe('what a route does wrong', () => {
  const path = '/broken'
  const base = { method: 'GET', path, tag: 'T', summary: '', access: 'read', answer: schema.object({}, closed), example: {} } as const

  test('a mistake of the program is logged, and its words stay inside', async () => {
    const broken = route({
      ...base,
      query: schema.object({ text: schema.optional(schema.string()) }, closed),
      run() {
        throw new Error('the inside')
      },
    })
    const { ask, errors } = await opened({ routes: [broken] })
    const answered = await ask('GET', `/api/v1${path}?text=private`)
    expect(answered.status).toBe(500)
    expect(answered.text).not.toContain('inside')
    expect(errors).toEqual([expect.stringMatching(/a route failed.*the inside/)])
    expect(errors.join()).not.toContain('private')
  })

  test('a refusal is a problem document', async () => {
    const refusing = route({
      ...base,
      run() {
        throw new Refusal(409, 'No', 'Not now.', 'path.evse')
      },
    })
    const { ask, errors } = await opened({ routes: [refusing] })
    expect(json(await ask('GET', `/api/v1${path}`))).toEqual({ type: 'about:blank', title: 'No', status: 409, detail: 'Not now.', field: 'path.evse' })
    expect(errors).toEqual([])
  })
})

describe('who may come in', () => {
  test('beyond loopback the door does not open without something to show', async () => {
    const { ports } = await rig()
    const parts = { port: 0, secrets: [], hosts: [], routes: [], ports, pageDirectory: undefined, log: silentLog }
    for (const host of ['0.0.0.0', '::', 'charger.local'])
      await expect(openHttp({ ...parts, host })).rejects.toMatchObject({ name: 'ConfigError', message: expect.stringContaining('password') })
  })

  test('a port in use is a configuration error with a remedy', async () => {
    const { port, at } = await opened()
    await expect(opened({ port }, at)).rejects.toMatchObject({ name: 'ConfigError', message: expect.stringMatching(/--http: port .*in use.*another port/) })
  })

  test('another name for this address is refused, and so is a page of another site', async () => {
    const { ask, at } = await opened()
    expect(await ask('GET', '/api/v1/station', { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 })
    expect(await ask('GET', '/', { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 })
    const body = '{"amps":6}'
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }])
      expect(await ask('PUT', limit, { headers: { ...jsonType, ...headers } as Readonly<Record<string, string>>, body })).toMatchObject({ status: 403 })
    expect(at.core.local.limitOf(1)).toBeUndefined()
  })

  test('what was changed, and from where, stands in the log; what was sent does not', async () => {
    const { ask, said } = await opened({ secrets: ['a-password'] })
    const headers = { ...jsonType, authorization: 'Bearer a-password' }
    await ask('PUT', `${limit}?x=private`, { headers, body: '{"amps":7}' })
    expect(said.filter((each) => each.startsWith('asked for'))).toEqual([])
    await ask('PUT', limit, { headers, body: '{"amps":7}' })
    await ask('GET', '/api/v1/station', { headers })
    expect(said.filter((each) => each.startsWith('asked for'))).toEqual([`asked for by http {"method":"PUT","path":"${limit}","from":"127.0.0.1"}`])
    expect(said.join()).not.toMatch(/amps|private|a-password/)
  })

  test('a program shows the token with each request, on loopback too', async () => {
    const { ask, said } = await opened({ secrets: ['a-token', 'a-password'] })
    expect(await ask('GET', '/api/v1/station')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(await ask('GET', '/api/v1/station', { headers: { authorization: 'Bearer wrong' } })).toMatchObject({ status: 401 })
    expect(await ask('GET', '/api/v1/events', { headers: { authorization: 'Basic wrong' } })).toMatchObject({ status: 401 })
    for (const secret of ['a-token', 'a-password'])
      expect(await ask('GET', '/api/v1/station', { headers: { authorization: `Bearer ${secret}` } })).toMatchObject({ status: 200 })
    expect(await ask('GET', '/')).toMatchObject({ status: 200 })
    expect(said.join()).not.toMatch(/a-token|a-password/)
    // Who has only not logged in yet is no news.
    expect(said.join('\n')).not.toMatch(/http client refused.*asked for/)
  })

  test('a person logs in, stays in for thirty days without use, and logs out', async () => {
    const { ask, at, said } = await opened({ secrets: ['a-password'] })
    const login = (password: string) => ask('POST', '/api/v1/login', { headers: jsonType, body: JSON.stringify({ password }) })
    expect(json(await ask('GET', '/api/v1/login'))).toEqual({ required: true, loggedIn: false })
    expect(await login('wrong')).toMatchObject({ status: 401, headers: { 'content-type': 'application/problem+json' } })
    expect(said.join()).toMatch(/http client refused .*"code":401,"reason":"Wrong token or password"/)
    const answered = await login('a-password')
    const [cookie = ''] = answered.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^pilotwire-\d+=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/)
    const headers = { cookie: `other=1; ${cookie.split(';')[0]}` }
    expect(await ask('GET', '/api/v1/station', { headers })).toMatchObject({ status: 200 })
    await at.clock.advance(hours(24))
    expect(json(await ask('GET', '/api/v1/login', { headers }))).toEqual({ required: true, loggedIn: true })
    expect((await ask('POST', '/api/v1/logout', { headers })).headers['set-cookie']?.[0]).toMatch(/Max-Age=0/)
    expect(await ask('GET', '/api/v1/station', { headers })).toMatchObject({ status: 401 })
  })

  test('the sixth try has to wait, as a bearer too, and is let in when the time is over', async () => {
    const { ask, at } = await opened({ secrets: ['a-password'] })
    const login = (password: string) => ask('POST', '/api/v1/login', { headers: jsonType, body: JSON.stringify({ password }) })
    for (let tried = 0; tried < 5; tried++) expect(await login('wrong')).toMatchObject({ status: 401 })
    expect(await login('a-password')).toMatchObject({ status: 429, headers: { 'retry-after': '30' } })
    expect(await ask('GET', '/api/v1/station', { headers: { authorization: 'Bearer a-password' } })).toMatchObject({ status: 429 })
    await at.clock.advance(seconds(30))
    expect(await login('a-password')).toMatchObject({ status: 200 })
  })

  test('without a password nobody has to log in', async () => {
    const { ask } = await opened()
    expect(json(await ask('GET', '/api/v1/login'))).toEqual({ required: false, loggedIn: true })
    expect(await ask('POST', '/api/v1/login', { headers: jsonType, body: '{"password":"any"}' })).toMatchObject({ status: 200 })
  })

  test('requests too quick are told to wait', async () => {
    const { ask } = await opened({ rate: { perSecond: 1, burst: 3 } })
    const statuses: number[] = []
    for (let at = 0; at < 4; at++) statuses.push((await ask('GET', '/api/v1/login')).status)
    expect(statuses).toEqual([200, 200, 200, 429])
  })
})

describe('who takes his time', () => {
  test('a head that does not end, and a body that does not come, are not waited for', async () => {
    const { port } = await opened({ patience: 100 })
    const heard = (bytes: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
        let text = ''
        socket.on('data', (data) => {
          text += data
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve(text))
      })
    expect(await heard('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408/)
    expect(await heard(`PUT ${limit} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`)).toMatch(
      /^HTTP\/1\.1 (408|400)/,
    )
  })

  const big = route({
    ...{ method: 'GET', path: '/big', tag: 'T', summary: '', access: 'read', answer: 'text/plain', example: {} },
    run() {
      told++
      return { body: 'x'.repeat(4_194_304) }
    },
  })
  let told = 0

  test('who asks thirty times and reads nothing is not told thirty times: one answer after the other', async () => {
    told = 0
    const { port, ask } = await opened({ routes: [big] })
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.pause()
    socket.write('GET /api/v1/big HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(30))
    for (let at = 0; at < 5; at++) expect(await ask('GET', '/api/v1/login')).toMatchObject({ status: 200 })
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(10)
    socket.destroy()
  })

  test('who asks without end ahead of the answers is cut', async () => {
    const { raw, ask } = await opened()
    expect((await raw('GET /api/v1/login HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20))).match(/HTTP\/1.1 200/g)).toHaveLength(20)
    expect(await raw('GET /api/v1/login HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100))).toBe('')
    expect(await ask('GET', '/api/v1/login')).toMatchObject({ status: 200 })
  })

  test('many who read nothing do not fill the memory: others are told to come again', async () => {
    told = 0
    const { port, ask } = await opened({ routes: [big] })
    const sockets = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        socket.pause()
        socket.write('GET /api/v1/big HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(5))
        return socket
      }),
    )
    await expect.poll(() => ask('GET', '/api/v1/big').then(({ status }) => status)).toBe(503)
    expect(await ask('GET', '/api/v1/login')).toMatchObject({ status: 200 })
    for (const each of sockets) each.destroy()
    await expect.poll(() => ask('GET', '/api/v1/big').then(({ status }) => status)).toBe(200)
  })

  test('so many connections of one address, and there is still room for another one', async () => {
    const { port } = await opened()
    const isAnswered = (localAddress: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress }, () => socket.write('GET /api/v1/login HTTP/1.1\r\nHost: localhost\r\n\r\n'))
        socket.on('error', () => {})
        socket.on('close', () => resolve(false))
        socket.on('data', () => resolve(true))
      })
    const those = await Promise.all(Array.from({ length: 40 }, () => isAnswered('127.0.0.2')))
    expect(those.filter(Boolean)).toHaveLength(20)
    expect(await isAnswered('127.0.0.3')).toBe(true)
  })

  test('so many connections and no more', async () => {
    const { port, ask } = await opened()
    const sockets = await Promise.all(
      Array.from({ length: 80 }, async (_, at) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (at % 4)}` })
        const end = Promise.withResolvers<boolean>()
        socket.on('error', () => {})
        socket.on('close', () => end.resolve(true))
        socket.on('connect', () => socket.write('GET /api/v1/login HTTP/1.1\r\nHost: localhost\r\n\r\n'))
        socket.on('data', () => end.resolve(false))
        return { socket, isClosed: await end.promise }
      }),
    )
    expect(sockets.filter(({ isClosed }) => isClosed)).toHaveLength(16)
    const closing = sockets.filter(({ isClosed }) => !isClosed).map(({ socket }) => new Promise((resolve) => socket.once('close', resolve)))
    for (const { socket } of sockets) socket.destroy()
    await Promise.all(closing)
    await expect
      .poll(() =>
        ask('GET', '/api/v1/login').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })
})

describe('the page', () => {
  function built(): string {
    const directory = mkdtempSync(join(tmpdir(), 'pilotwire-page-'))
    mkdirSync(join(directory, 'assets'))
    writeFileSync(join(directory, 'index.html'), '<!doctype html>the page')
    writeFileSync(join(directory, 'assets', 'index-4yn4Sklc.js'), 'script()')
    writeFileSync(join(directory, 'assets', 'index-4yn4Sklc.js.gz'), 'packed')
    writeFileSync(join(directory, '..', 'pilotwire-secret.txt'), 'outside')
    return directory
  }

  test('its files come with type, tag and age; a packed one to whoever takes it', async () => {
    const { ask } = await opened({ pageDirectory: built() })
    const page = await ask('GET', '/')
    expect(page).toMatchObject({
      status: 200,
      text: '<!doctype html>the page',
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
    expect(await ask('GET', '/', { headers: { 'if-none-match': String(page.headers.etag) } })).toMatchObject({ status: 304, text: '' })
    const script = '/assets/index-4yn4Sklc.js'
    expect(await ask('GET', script)).toMatchObject({
      text: 'script()',
      headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable' },
    })
    expect(await ask('GET', script, { headers: { 'accept-encoding': 'br, gzip' } })).toMatchObject({ text: 'packed', headers: { 'content-encoding': 'gzip' } })
    expect((await ask('GET', script, { headers: { 'accept-encoding': 'gzip;q=0' } })).text).toBe('script()')
    expect(await ask('HEAD', script)).toMatchObject({ status: 200, text: '', headers: { 'content-length': '8' } })
  })

  test('nothing beside the folder is reached', async () => {
    const { raw } = await opened({ pageDirectory: built() })
    for (const path of [
      '/../pilotwire-secret.txt',
      '/assets/../../pilotwire-secret.txt',
      '/%2e%2e/pilotwire-secret.txt',
      '/..%2fpilotwire-secret.txt',
      '/assets',
    ])
      expect(await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 40[04]/)
  })

  test('where it was not built, a plain page says what to do', async () => {
    for (const pageDirectory of [undefined, '/nonexistent'])
      expect(await (await opened({ pageDirectory })).ask('GET', '/')).toMatchObject({ status: 200, text: expect.stringContaining('npm run build') })
  })
})
