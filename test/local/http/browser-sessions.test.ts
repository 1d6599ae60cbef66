import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { hours } from '../../../src/base/units.ts'
import { browserSessions } from '../../../src/local/http/browser-sessions.ts'

const day = hours(24)
const showing = (cookie: string) => ({ headers: { cookie: cookie.split(';')[0] } }) as unknown as IncomingMessage

test('a session lasts as long as it is used, and ends after thirty days without', async () => {
  const clock = simulatedClock()
  const sessions = browserSessions(clock, 'c')
  const request = showing(sessions.begin())
  for (let month = 0; month < 3; month++) {
    await clock.advance(29 * day)
    expect(sessions.of(request)?.isOpen()).toBe(true)
  }
  await clock.advance(31 * day)
  expect(sessions.of(request)).toBeUndefined()
})

test('whoever logs out hears no more, and nobody else does', () => {
  const sessions = browserSessions(simulatedClock(), 'c')
  const [one, other] = [showing(sessions.begin()), showing(sessions.begin())]
  const stream = sessions.of(one)
  sessions.end(one)
  expect(stream?.isOpen()).toBe(false)
  expect(sessions.of(other)?.isOpen()).toBe(true)
  expect(sessions.of(showing('c=guessed'))).toBeUndefined()
  expect(sessions.of(showing('c='))).toBeUndefined()
})

test('a cookie of the same name that another program of this host set hides no session, and log-out ends it', () => {
  const sessions = browserSessions(simulatedClock(), 'c')
  const [own = ''] = sessions.begin().split(';')
  const request = { headers: { cookie: `c=tossed; xc=1; ${own}; c=another` } } as unknown as IncomingMessage
  expect(sessions.of(request)?.isOpen()).toBe(true)
  sessions.end(request)
  expect(sessions.of(showing(own))).toBeUndefined()
})

test('so many at once: the one that was used longest ago goes', () => {
  const sessions = browserSessions(simulatedClock(), 'c')
  const all = Array.from({ length: 65 }, () => showing(sessions.begin()))
  expect(all.map((each) => sessions.of(each) !== undefined)).toEqual([false, ...Array<boolean>(64).fill(true)])
})
