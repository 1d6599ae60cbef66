import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { access } from '../../../../bench/csms/rest/access.ts'
import { Refusal } from '../../../../bench/csms/rest/refusal.ts'
import { simulatedClock } from '../../../../src/base/simulated-clock.ts'
import { hours, seconds } from '../../../../src/base/units.ts'

const token = 'q9-the-token'

function asking(headers: Readonly<Record<string, string>>, method = 'GET', remoteAddress = '127.0.0.1'): IncomingMessage {
  return { method, headers: { host: 'localhost:8080', ...headers }, socket: { remoteAddress } } as unknown as IncomingMessage
}

function entrance(host = '127.0.0.1', corsOrigins: readonly string[] = []) {
  const clock = simulatedClock()
  return { clock, access: access({ clock, host, token, corsOrigins }) }
}

/** The status with which somebody is turned away; 200: he comes in. */
function statusOf(act: () => unknown): number {
  try {
    act()
    return 200
  } catch (error) {
    return error instanceof Refusal ? error.status : 0
  }
}

const bearer = (shown: string) => ({ authorization: `Bearer ${shown}` })
const cookieOf = (header: string) => ({ cookie: header.split(';', 1)[0] ?? '' })

test.each([
  ['127.0.0.1', 'localhost:8080', 200],
  ['127.0.0.1', '127.0.0.1:8080', 200],
  ['127.0.0.1', '[::1]:8080', 200],
  ['127.0.0.1', 'evil.example:8080', 421],
  ['127.0.0.1', '192.168.1.5', 421],
  ['127.0.0.1', 'csms.example', 200],
  ['127.0.0.1', 'not a host', 400],
  ['0.0.0.0', 'anything.example', 200],
])('at %s the name %s is answered with %i', (listening, host, status) => {
  const { access } = entrance(listening, ['https://csms.example'])
  expect(statusOf(() => access.admit(asking({ host })))).toBe(status)
})

test('the token opens, nothing else does, and after five wrong ones even the right one waits', async () => {
  const { access, clock } = entrance()
  expect(statusOf(() => access.enter(asking(bearer(token))))).toBe(200)
  expect(statusOf(() => access.enter(asking({})))).toBe(401)
  for (const shown of ['x', `${token} `.repeat(2), token.slice(1), token.toUpperCase(), `${token}x`])
    expect(statusOf(() => access.enter(asking(bearer(shown))))).toBe(401)
  expect(statusOf(() => access.enter(asking(bearer(token))))).toBe(429)
  expect(statusOf(() => access.enter(asking(bearer(token), 'GET', '10.0.0.7')))).toBe(200)
  await clock.advance(seconds(31))
  expect(statusOf(() => access.enter(asking(bearer(token))))).toBe(200)
})

describe('a session', () => {
  test('is begun by the token alone, and only by a page of the door itself', () => {
    const { access } = entrance()
    expect(statusOf(() => access.logIn(asking({ origin: 'http://evil.example' }, 'POST'), token))).toBe(403)
    expect(statusOf(() => access.logIn(asking({ origin: 'http://localhost:8080' }, 'POST'), 'x'))).toBe(401)
    const header = access.logIn(asking({ origin: 'http://localhost:8080' }, 'POST'), token)
    expect(header).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect(header).not.toContain(token)
    expect(access.isLoggedIn(asking(cookieOf(header)))).toBe(true)
  })

  test('reads from anywhere that the browser sends it, and changes only from the page of the door', () => {
    const { access } = entrance()
    const cookie = cookieOf(access.logIn(asking({}, 'POST'), token))
    expect(statusOf(() => access.enter(asking(cookie)))).toBe(200)
    expect(statusOf(() => access.enter(asking({ ...cookie, origin: 'http://localhost:8080' }, 'POST')))).toBe(200)
    for (const origin of ['http://localhost:3000', 'http://127.0.0.1:8080', 'null', '']) {
      expect(statusOf(() => access.enter(asking({ ...cookie, origin }, 'POST')))).toBe(403)
    }
    expect(statusOf(() => access.enter(asking(cookie, 'DELETE')))).toBe(403)
  })

  test('is known to another process with the same token, and to none with another', () => {
    const cookie = cookieOf(entrance().access.logIn(asking({}, 'POST'), token))
    expect(entrance().access.isLoggedIn(asking(cookie))).toBe(true)
    const other = access({ clock: simulatedClock(), host: '127.0.0.1', token: 'another', corsOrigins: [] })
    expect(other.isLoggedIn(asking(cookie))).toBe(false)
  })

  test('cannot be made longer, and ends after a week or by logging out', async () => {
    const { access, clock } = entrance()
    const cookie = cookieOf(access.logIn(asking({}, 'POST'), token))
    const longer = cookie.cookie.replace(/=(\d+)/, (_whole, until) => `=${Number(until) + 1}`)
    expect(access.isLoggedIn(asking({ cookie: longer }))).toBe(false)
    expect(access.isLoggedIn(asking({ cookie: `a=b; ${cookie.cookie}; c=d` }))).toBe(true)
    const second = cookieOf(access.logIn(asking({}, 'POST'), token))
    access.logOut(asking({ ...second, origin: 'http://localhost:8080' }, 'POST'))
    expect([access.isLoggedIn(asking(second)), access.isLoggedIn(asking(cookie))]).toEqual([false, true])
    await clock.advance(hours(24 * 7))
    expect(access.isLoggedIn(asking(cookie))).toBe(false)
  })
})
