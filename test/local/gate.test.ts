import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { addressOf, bearerOf, type GateParts, gate } from '../../src/local/gate.ts'

const clock = simulatedClock()
const open = (parts: Partial<GateParts> = {}) => gate({ clock, host: '127.0.0.1', secrets: [], pages: 'own', ...parts })
const request = (headers: Readonly<Record<string, string>> = {}, from = '127.0.0.1', method = 'GET') =>
  ({ headers: { host: '127.0.0.1:8080', ...headers }, method, socket: { remoteAddress: from } }) as unknown as IncomingMessage

describe('under which names a door may be called', () => {
  test.each(['localhost', 'localhost:8080', '127.0.0.1:1', '127.1.2.3', '[::1]:8080', 'LOCALHOST.:80'])('on loopback as %s', (host) => {
    expect(open().admit(request({ host }))).toBeUndefined()
  })

  test.each(['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.2', 'charger.local', hostname(), '[fe80::1]'])(
    'on loopback not as %s',
    (host) => expect(open().admit(request({ host }))).toMatchObject({ status: 421 }),
  )

  test.each(['192.168.1.2:8080', '[fe80::1]:8080', 'charger.local', hostname(), 'pilotwire:9100', 'wallbox.home.arpa', 'localhost', 'my.example.com'])(
    'beyond loopback as %s',
    (host) => expect(open({ host: '0.0.0.0', hosts: ['My.Example.com'], secrets: ['x'] }).admit(request({ host }))).toBeUndefined(),
  )

  test.each(['evil.example', 'charger.local.evil.example', '192.168.1.2.evil.example', 'other.example.com'])('beyond loopback not as %s', (host) => {
    expect(open({ host: '0.0.0.0', hosts: ['my.example.com'], secrets: ['x'] }).admit(request({ host }))).toMatchObject({ status: 421 })
  })

  test.each(['', 'user@localhost', 'localhost:80:80', 'local host', 'localhost:123456'])('"%s" is no name', (host) => {
    expect(open().admit(request({ host }))).toMatchObject({ status: 400 })
  })
})

describe('whose pages may call', () => {
  test.each([
    [{ origin: 'http://127.0.0.1:8080' }, true],
    [{ origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{}, true],
    [{ origin: 'http://127.0.0.1:5173' }, false],
    [{ origin: 'http://evil.example' }, false],
    [{ origin: 'null' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'document' }, false],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
  ])('%j: %s', (headers, isWelcome) => {
    const turned = open().admit(request(headers as Readonly<Record<string, string>>))
    if (isWelcome) expect(turned).toBeUndefined()
    else expect(turned).toMatchObject({ status: 403 })
  })

  test('a form on another page cannot be sent here, as a link can be followed', () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect(open().admit(request(headers, '127.0.0.1', 'POST'))).toMatchObject({ status: 403 })
  })
})

describe('the lock-out', () => {
  const password = 'right one'
  const locked = () => {
    const time = simulatedClock()
    return { time, door: gate({ clock: time, host: '0.0.0.0', secrets: ['a token', password], pages: 'own' }) }
  }

  test('any of the secrets opens, and nothing else does', () => {
    const { door } = locked()
    expect(door.judge(request(), password)).toBeUndefined()
    expect(door.judge(request(), 'a token')).toBeUndefined()
    for (const wrong of ['', 'right', 'right one ', 'RIGHT ONE']) expect(door.judge(request(), wrong)).toMatchObject({ status: 401 })
  })

  test('five wrong passwords, and even the right one has to wait; each further one doubles that, up to an hour', async () => {
    const { time, door } = locked()
    for (let at = 0; at < 4; at++) expect(door.judge(request(), 'wrong')).toEqual({ status: 401, words: 'Wrong token or password' })
    expect(door.judge(request(), 'wrong')).toMatchObject({ status: 401, retryAfterS: 30 })
    expect(door.judge(request(), password)).toMatchObject({ status: 429, retryAfterS: 30 })
    await time.advance(seconds(30))
    expect(door.judge(request(), 'wrong')).toMatchObject({ status: 401 })
    expect(door.judge(request(), password)).toMatchObject({ status: 429, retryAfterS: 60 })
    for (let at = 0; at < 10; at++) {
      await time.advance(hours(1))
      door.judge(request(), 'wrong')
    }
    expect(door.judge(request(), password)).toMatchObject({ status: 429, retryAfterS: 3_600 })
    await time.advance(hours(1))
    expect(door.judge(request(), password)).toBeUndefined()
    for (let at = 0; at < 5; at++) expect(door.judge(request(), 'wrong')).toMatchObject({ status: 401 })
  })

  test('after two hours without a wrong one it begins anew', async () => {
    const { time, door } = locked()
    for (let at = 0; at < 4; at++) door.judge(request(), 'wrong')
    await time.advance(hours(2) + 1)
    for (let at = 0; at < 4; at++) door.judge(request(), 'wrong')
    expect(door.judge(request(), password)).toBeUndefined()
  })

  test('the scheme of Authorization is written in any case, and no other one counts', () => {
    const shown = (authorization: string) => bearerOf(request({ authorization }))
    expect(['Bearer a b', 'bearer a', 'BEARER  a'].map(shown)).toEqual(['a b', 'a', 'a'])
    expect(['Basic a', 'Bearer', 'XBearer a'].map(shown)).toEqual([undefined, undefined, undefined])
  })

  test('another address is not concerned', () => {
    const { door } = locked()
    for (let at = 0; at < 6; at++) door.judge(request({}, '192.0.2.1'), 'wrong')
    expect(door.judge(request({}, '192.0.2.1'), password)).toMatchObject({ status: 429 })
    expect(door.judge(request({}, '192.0.2.2'), password)).toBeUndefined()
  })

  test('who changes his address at each try is slowed down too, but not who was right before', async () => {
    const { time, door } = locked()
    expect(door.judge(request({}, '198.51.100.1'), password)).toBeUndefined()
    for (let at = 0; at < 50; at++) door.judge(request({}, `192.0.2.${at}`), 'wrong')
    expect(door.judge(request({}, '203.0.113.1'), password)).toMatchObject({ status: 429 })
    expect(door.judge(request({}, '198.51.100.1'), password)).toBeUndefined()
    await time.advance(minutes(1))
    expect(door.judge(request({}, '203.0.113.1'), password)).toBeUndefined()
  })

  test('a network of IPv6 is one address, and so is IPv4 in the words of IPv6', () => {
    const of = (remoteAddress: string) => addressOf({ socket: { remoteAddress } } as IncomingMessage)
    expect(of('2001:db8:1:2::1')).toBe(of('2001:db8:1:2:ffff:ffff:ffff:ffff'))
    expect(of('2001:db8:1:2::1')).not.toBe(of('2001:db8:1:3::1'))
    expect(of('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(of('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(of('::1')).toBe('::1')
  })
})

describe('the rate limit', () => {
  test('so many at once, so many a second, each address by itself', async () => {
    const time = simulatedClock()
    const door = gate({ clock: time, host: '127.0.0.1', secrets: [], pages: 'own', rate: { perSecond: 10, burst: 20 } })
    const passed = (from?: string) => {
      let count = 0
      while (door.admit(request({}, from)) === undefined) count++
      return count
    }
    expect(passed()).toBe(20)
    expect(door.admit(request())).toMatchObject({ status: 429, retryAfterS: 1 })
    expect(passed('127.0.0.2')).toBe(20)
    await time.advance(seconds(1))
    expect(passed()).toBe(10)
    await time.advance(hours(1))
    expect(passed()).toBe(20)
  })
})
