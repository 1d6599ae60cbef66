import { Agent, request } from 'node:http'
import { expect, test } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { routes } from '../../../src/local/rest/routes.ts'
import { seeded } from '../../seeded.ts'
import { type Odd, oddBytes, oddRequest } from './malformed.ts'
import { json, type Opened, opened } from './opened.ts'

/** Requests in all; a fifth of them are not even HTTP. */
const most = 10_000
const batch = 25

/** The status of the answer, and what it says; 0: the connection was closed instead. */
function send(port: number, agent: Agent, { method, path, headers, body }: Odd): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      const status = response.statusCode ?? 0
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        // Events have no end.
        if (response.headers['content-type'] === 'text/event-stream') asked.destroy()
      })
      response.on('close', () => resolve({ status, text }))
    })
    asked.on('error', () => resolve({ status: 0, text: '' }))
    asked.end(body)
  })
}

/** Lets the station's time go on until everything is answered. */
async function answered<T>({ at }: Opened, asked: readonly Promise<T>[]): Promise<readonly T[]> {
  let isDone = false
  const all = Promise.all(asked).finally(() => {
    isDone = true
  })
  for (let spent = 0; !isDone; spent++) await at.clock.advance(spent < 200 ? 1 : seconds(1))
  return all
}

test('ten thousand malformed requests: no crash, no 500, and the station still charges', async () => {
  const door = await opened({ patience: 2_000 })
  const { at, port, raw } = door
  const chance = seeded(20_260_301)
  // With those that are no HTTP fewer than one address may have, for all are to be answered.
  const agent = new Agent({ keepAlive: true, maxSockets: 12 })
  const counts = new Map<number, number>()
  const bad: unknown[] = []
  // Nothing that is asked for may lead the station to another central system.
  const asked = routes.filter(({ path }) => !path.startsWith('/connection'))
  for (let sent = 0; sent < most; sent += batch) {
    const odd = Array.from({ length: batch - 5 }, (_, place) => oddRequest(asked[(sent + place) % asked.length] as (typeof asked)[number], chance))
    const bytes = Array.from({ length: 5 }, () => oddBytes(chance))
    const [replies, texts] = await answered(door, [
      Promise.all(odd.map((each) => send(port, agent, each))),
      Promise.all(bytes.map(async (each) => ({ status: 0, text: await raw(each) }))),
    ])
    for (const [place, { status, text }] of (replies ?? []).entries()) {
      counts.set(status, (counts.get(status) ?? 0) + 1)
      if (status >= 500 && status !== 503) bad.push({ status, text, odd: odd[place] })
      if (status === 0 && odd[place]?.body !== undefined && odd[place].body.length < 65_536) bad.push({ status, odd: odd[place] })
    }
    for (const { text } of texts ?? []) if (/^HTTP\/1\.1 50[0-24-9]/m.test(text)) bad.push(text)
  }
  agent.destroy()
  expect(bad.slice(0, 5)).toEqual([])
  expect(door.errors).toEqual([])
  expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined()
  // They were malformed in many ways, and some were not.
  for (const status of [200, 400, 404, 405, 409, 413, 415, 422])
    expect(counts.get(status) ?? 0, `status ${status} of ${JSON.stringify([...counts])}`).toBeGreaterThan(10)

  const says = async (line: string) => {
    const [reply] = await answered(door, [
      door.ask('POST', '/api/v1/commands', { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ line }) }),
    ])
    return reply === undefined ? {} : json(reply)
  }
  for (const line of ['reset', 'auto off', 'enable', 'current 32', 'connect', 'clear']) await says(line)
  await at.clock.advance(seconds(60))
  await says('plugin')
  await says('start 04A2B3C4')
  await at.until(() => at.core.view(1).report.contactor === 'closed')
  expect(at.core.view(1).transaction).toMatchObject({ token: '04A2B3C4' })
}, 60_000)
