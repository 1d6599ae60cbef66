import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import type { Timer } from '../../../src/base/clock.ts'
import type { Signal } from '../../../src/base/signal.ts'
import { seconds } from '../../../src/base/units.ts'
import type { SeenFrame } from '../../../src/local/ports.ts'
import { watched } from '../../e2e/watched.ts'
import { rig } from '../rest/rig.ts'
import { json, type Opened, opened } from './opened.ts'

interface Heard {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Listens to the events, as a page does. */
async function listen(door: Opened, topics: string, headers: Readonly<Record<string, string>> = {}) {
  const heard = watched<Heard>()
  const response = Promise.withResolvers<IncomingMessage>()
  const asked: ClientRequest = request({ host: '127.0.0.1', port: door.port, path: `/api/v1/events?topics=${topics}`, headers, agent: false }, response.resolve)
  asked.on('error', () => {})
  asked.end()
  const stream = await response.promise
  let rest = ''
  let comments = 0
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
      if (event === undefined || data === undefined) comments++
      else heard.add({ event, data: JSON.parse(data) as Heard['data'] })
    }
  })
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  stream.on('error', () => {})
  return {
    status: stream.statusCode,
    type: stream.headers['content-type'],
    heard,
    closed,
    of: (event: string) => heard.all.filter((each) => each.event === event),
    get comments() {
      return comments
    },
    end: () => asked.destroy(),
  }
}

test('the state comes at once, and then at most ten times a second however much happens', async () => {
  const door = await opened()
  const page = await listen(door, 'state')
  expect(page).toMatchObject({ status: 200, type: 'text/event-stream' })
  await page.heard.until(() => page.of('state').length === 1)
  const { at } = door
  for (let step = 0; step < 100; step++) {
    at.core.local.limit(1, 6 + (step % 20))
    await at.clock.advance(10)
  }
  await at.clock.advance(200)
  await page.heard.until(() => page.of('state').length >= 10)
  await door.ask('GET', '/api/v1/login')
  expect(page.of('state').length).toBeLessThanOrEqual(14)
  expect(page.of('state').at(-1)?.data).toMatchObject({ evses: [{ localLimitA: 25 }] })
})

test('frames, lines of the log and sessions come to whoever asked for them', async () => {
  const door = await opened()
  const { at } = door
  const all = await listen(door, 'frames,log,sessions')
  const other = await listen(door, 'log')
  at.plant.plugIn()
  await at.swipe('04A2B3C4')
  await at.until(() => at.status() === 'charging')
  at.logged('{"msg":"a line"}')
  await all.heard.until(() => all.of('log').length > 0 && all.of('session').length > 0 && all.of('frame').length > 0)
  expect(all.of('frame')[0]?.data).toMatchObject({ direction: 'out', kind: 'call' })
  expect(all.of('session').at(-1)?.data).toMatchObject({ token: '04A2B3C4', endedAt: null })
  await other.heard.until(() => other.of('log').length > 0)
  expect(other.heard.all).toEqual([{ event: 'log', data: { line: '{"msg":"a line"}' } }])
})

test('a topic that there is not is refused with those that there are', async () => {
  const door = await opened()
  for (const topics of ['weather', 'state,weather', ','])
    expect(json(await door.ask('GET', `/api/v1/events?topics=${topics}`))).toMatchObject({
      status: 422,
      field: 'query.topics',
      detail: expect.stringContaining('sessions'),
    })
})

test('a comment comes every 15 s, and with it the end for whoever logged out', async () => {
  const door = await opened({ secrets: ['a-password'] })
  const login = await door.ask('POST', '/api/v1/login', { headers: { 'content-type': 'application/json' }, body: '{"password":"a-password"}' })
  const cookie = String(login.headers['set-cookie']?.[0]?.split(';')[0])
  const page = await listen(door, 'log', { cookie })
  const program = await listen(door, 'log', { authorization: 'Bearer a-password' })
  await door.at.clock.advance(seconds(15))
  await expect.poll(() => page.comments).toBe(2)
  await door.ask('POST', '/api/v1/logout', { headers: { cookie } })
  await door.at.clock.advance(seconds(15))
  await page.closed
  await expect.poll(() => program.comments).toBe(3)
})

test('who does not read is cut, and the others hear on', async () => {
  const door = await opened()
  const page = await listen(door, 'log')
  const deaf = connect(door.port, '127.0.0.1')
  const closed = new Promise<void>((resolve) => deaf.once('close', () => resolve()))
  deaf.on('error', () => {})
  deaf.write('GET /api/v1/events?topics=log HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await new Promise((resolve) => deaf.once('data', resolve))
  deaf.pause()
  const line = 'x'.repeat(20_000)
  let written = 0
  // What the sockets of the system hold is read by nobody either: it takes some megabytes.
  for (; written < 2_000; written++) {
    door.at.logged(line)
    if (written % 10 === 0) await page.heard.until(() => page.of('log').length > written)
  }
  deaf.resume()
  await closed
  await page.heard.until(() => page.of('log').length === written)
}, 20_000)

test('a mistake in a picture is logged, and reaches nobody who brought the event about', async () => {
  const at = await rig()
  const door = await opened({}, at)
  const page = await listen(door, 'frames')
  const circle: Record<string, unknown> = {}
  circle['circle'] = circle
  const frame = { number: 1, at: 0, direction: 'in', kind: 'call', action: 'X', id: '1', latencyMs: undefined } as const
  const frames = at.ports.frames.passed as Signal<SeenFrame>
  frames.emit({ ...frame, payload: circle })
  frames.emit({ ...frame, payload: {} })
  await page.heard.until(() => page.of('frame').length === 1)
  expect(door.errors).toEqual([expect.stringMatching(/^an event could not be told/)])
})

test('a mistake in the first picture is answered as one', async () => {
  const door = await opened()
  const broken = vi.spyOn(door.at.ports.machine, 'uptimeS').mockImplementation(() => {
    throw new Error('the inside')
  })
  expect((await listen(door, 'state')).status).toBe(500)
  expect(door.errors).toEqual([expect.stringMatching(/^a route failed/)])
  broken.mockRestore()
  expect((await listen(door, 'state')).status).toBe(200)
})

test('nothing runs while nobody listens', async () => {
  const door = await opened()
  const every = vi.spyOn(door.at.clock, 'every')
  const [one, other] = [await listen(door, 'state'), await listen(door, 'state')]
  expect(every).toHaveBeenCalledTimes(2)
  const stops = every.mock.results.map(({ value }) => vi.spyOn(value as Timer, 'stop'))
  one.end()
  await one.closed
  expect(stops.map((each) => each.mock.calls.length)).toEqual([0, 0])
  other.end()
  await expect.poll(() => stops.map((each) => each.mock.calls.length)).toEqual([1, 1])
})

test('so many may listen, and when one leaves there is room again', async () => {
  const door = await opened()
  const pages = []
  for (let at = 0; at < 16; at++) pages.push(await listen(door, 'state'))
  expect((await listen(door, 'state')).status).toBe(503)
  pages[0]?.end()
  await expect.poll(async () => (await listen(door, 'log')).status).toBe(200)
})
