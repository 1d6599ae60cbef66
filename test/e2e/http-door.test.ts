import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Central, central } from './central.ts'
import { freshDirectory, type Program, pilotwire } from './program.ts'

const csms: Central = await central()

async function addressOf(station: Program): Promise<string> {
  const [, address = ''] = await station.said(/"http":"([^"]+)"/)
  return `http://${address}`
}

test('a charger with login: device is opened by the password that its owner asks it for', async () => {
  const directory = freshDirectory()
  const state = join(directory, 'state')
  const file = join(directory, 'station.yaml')
  writeFileSync(file, `id: CP-H\nnetwork: { csms: "${csms.url}" }\ndoors: { http: { host: 0.0.0.0, port: 0, login: device } }\n`)
  const station = pilotwire(['run', '--station', file, '--state', state])
  const url = (await addressOf(station)).replace('0.0.0.0', '127.0.0.1')
  await csms.request('BootNotification', {})

  const shown = pilotwire(['password', '--id', 'CP-H', '--state', state])
  const password = (await shown.ended).out.trim()
  expect(password).toMatch(/^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{4}$/)
  expect((await fetch(`${url}/api/v1/station`)).status).toBe(401)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  const headers = { authorization: `Bearer ${password}` }
  const answered = await fetch(`${url}/api/v1/station`, { headers })
  expect(answered.status).toBe(200)
  expect(await answered.json()).toMatchObject({ id: 'CP-H', isSimulated: true })
  expect((await fetch(`${url}/docs`)).status).toBe(200)

  const refused = await pilotwire(['factory-reset', '--id', 'CP-H', '--state', state, '--yes']).ended
  expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/in use by another process/) })

  const events = await fetch(`${url}/api/v1/events`, { headers })
  expect(events.status).toBe(200)
  // Who listens does not keep a charger from stopping.
  const ended = await station.end()
  expect(ended.code).toBe(0)
  expect(ended.tookMs).toBeLessThan(3_000)
  await events.text().catch(() => '')
  expect(ended.out + ended.err).not.toContain(password)

  expect((await pilotwire(['factory-reset', '--id', 'CP-H', '--state', state]).ended).code).toBe(2)
  expect(await pilotwire(['factory-reset', '--id', 'CP-H', '--state', state, '--yes']).ended).toMatchObject({ code: 0, err: '' })
  expect((await pilotwire(['password', '--id', 'CP-H', '--state', state]).ended).code).toBe(2)
})

test('both doors at once, and in two processes', async () => {
  const station = pilotwire(['run', '--id', 'CP-I', '--csms', csms.url, '--state', freshDirectory(), '--split', '--http', '0', '--control', '0'])
  const url = await addressOf(station)
  expect(await (await fetch(`${url}/health`)).json()).toEqual({ isHealthy: true })
  await station.said(/"control":"127/)
  expect((await station.end()).code).toBe(0)
})

test('a port that somebody else has ends the start in one line', async () => {
  const first = pilotwire(['run', '--id', 'CP-J', '--csms', csms.url, '--state', freshDirectory(), '--http', '0'])
  const { port } = new URL(await addressOf(first))
  const second = await pilotwire(['run', '--id', 'CP-K', '--csms', csms.url, '--state', freshDirectory(), '--http', port, '--control', '0']).ended
  expect(second).toMatchObject({ code: 2, err: expect.stringMatching(new RegExp(`--http: port ${port} of 127\\.0\\.0\\.1 is in use\\.`)) })
  await first.end()
})
