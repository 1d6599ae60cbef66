import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { central } from './central.ts'
import { freshDirectory, program } from './program.ts'

const main = 'src/main.ts'

test('the shorthand writes the frames to a file, and nothing of them to the terminal', async () => {
  const csms = await central()
  const directory = freshDirectory()
  const log = join(directory, 'deep', 'frames.log')
  const station = program(main, ['CP-1', csms.url, '--frames', log], { environment: { STATE_DIRECTORY: directory } })
  await csms.request('StatusNotification', { connectorId: 1 })
  await station.end()
  expect(readFileSync(log, 'utf8')).toMatch(/^\S+Z \[OCPP-CALL-SEND\] CP-1 BootNotification id=\S+\n/)
  expect(station.all).not.toContain('[OCPP-')
})

test('run --frames - has them on standard output, beside the log on standard error', async () => {
  const csms = await central()
  const station = program(main, ['run', '--id', 'CP-1', '--csms', csms.url, '--state', freshDirectory(), '--frames', '-'])
  await station.said(/\[OCPP-RESPONSE-RECV\] CP-1 BootNotification id=\S+ latency=\d+ms \{"status":"Accepted"/)
  const { out, err } = await station.end()
  expect(err).not.toContain('[OCPP-')
  for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^\S+Z \[(OCPP|CHARGER)-/)
})

test('OCPP_PROTOCOL_DEBUG puts them beside the log, which goes on as it was; a core in its own process does it too', async () => {
  const csms = await central()
  const directory = freshDirectory()
  const log = join(directory, 'log')
  const environment = { OCPP_PROTOCOL_DEBUG: 'true', OCPP_LOG_FILE: log }
  const station = program(main, ['run', '--split', '--id', 'CP-1', '--csms', csms.url, '--state', join(directory, 'state')], { environment })
  await csms.request('StatusNotification', { connectorId: 1 })
  await station.end()
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  const [events, tagged] = [lines.filter((line) => line.startsWith('{')), lines.filter((line) => /^\S+Z \[(OCPP|CHARGER)-/.test(line))]
  expect(events.length + tagged.length).toBe(lines.length)
  expect(events.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(expect.arrayContaining(['station started', 'frame']))
  expect(tagged.some((line) => line.includes('[OCPP-PAYLOAD-SEND] CP-1 BootNotification'))).toBe(true)
})

test('a file that cannot be had is told before anything runs, with 2', async () => {
  const directory = freshDirectory()
  const { code, err } = await program(main, ['run', '--id', 'CP-1', '--csms', 'ws://127.0.0.1:9', '--state', join(directory, 's'), '--frames', directory]).ended
  expect([code, err.split('\n').at(-2)]).toEqual([2, expect.stringMatching(/^pilotwire: frame log .*: cannot be written \(EISDIR.*--frames/)])
  expect(existsSync(join(directory, 'frames.log'))).toBe(false)
})
