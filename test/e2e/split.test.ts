import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { leaveOut } from '../left-out.ts'
import { central } from './central.ts'
import { controlOf, freshDirectory, type Program, pilotwire } from './program.ts'

const split = (url: string, ...more: string[]) =>
  pilotwire(['run', '--split', '--id', 'CP-1', '--csms', url, '--state', freshDirectory(), '--control', '0', ...more])

test.concurrent('two processes are one charge point: the same commands, and SIGTERM ends a session in good order', async () => {
  const csms = await central()
  const station = split(csms.url)
  const door = await controlOf(station)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  expect(await door.ask('plugin')).toBe('ok')
  expect(await door.ask('plugin')).toBe('error a car is plugged in at connector 1 already')
  expect(await door.ask('status charging')).toBe('ok charging')
  expect(await door.ask('fault residualCurrent')).toBe('ok')
  await csms.request('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure' })
  const before = csms.heard.all.length
  expect(await door.ask('reset')).toBe('ok')
  // The old session is over before the next one begins.
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' }, before)
  expect(await door.ask('status charging')).toBe('ok charging')
  const { code, tookMs, err } = await station.end()
  expect([code, err]).toEqual([0, expect.stringMatching(/contactor opens[\s\S]*transaction ended/)])
  expect(tookMs).toBeLessThan(5_000)
  expect(csms.transactions.all.at(-1)).toMatchObject({ stop: { reason: 'Reboot' } })
})

test.concurrent('Reset Soft starts the core again, and the guard goes on; Hard ends both with 3', async () => {
  const csms = await central()
  const station = split(csms.url)
  await csms.request('StatusNotification', { connectorId: 1, status: 'Available' })
  const before = csms.heard.all.length
  await csms.reset('CP-1', 'Soft')
  await station.said(/the core asked to be started again/)
  await csms.request('BootNotification', {}, before)
  expect(station.child.exitCode).toBeNull()
  await csms.reset('CP-1', 'Hard')
  expect((await station.ended).code).toBe(3)
})

test.concurrent('a core whose configuration is wrong ends both with 2', async () => {
  const state = freshDirectory()
  const settings = join(state, 'settings.json')
  writeFileSync(settings, '{"NoSuchKey":"1"}')
  const station = pilotwire(['run', '--split', '--id', 'CP-1', '--csms', 'ws://127.0.0.1:1', '--state', join(state, 'state'), '--settings', settings])
  const { code, err } = await station.ended
  expect([code, err]).toEqual([2, expect.stringContaining('no such OCPP 1.6 configuration key')])
})

test.concurrent('kill -9 of the guard: the core ends too', async () => {
  const csms = await central()
  const station = split(csms.url)
  await station.said(/station started/)
  station.child.kill('SIGKILL')
  // Resolves when nobody holds the pipes of the log any more: the core has inherited them.
  expect((await station.ended).err).toMatch(/the core ends: it is nothing without its guard/)
})

async function guardAt(socket: string, ...more: string[]): Promise<Program> {
  const guard = pilotwire(['guard', '--socket', socket, '--state', freshDirectory(), ...more])
  await guard.said(/guard started/)
  return guard
}

test.concurrent('the socket: what a killed guard left is taken over, a living one and a file are not', async () => {
  const socket = join(freshDirectory(), 'guard.sock')
  const first = await guardAt(socket)
  // It does not even open the board: the outputs that it would put OFF are another guard's.
  const state = join(freshDirectory(), 'state')
  const second = await pilotwire(['guard', '--socket', socket, '--state', state]).ended
  expect([second.code, second.err]).toEqual([2, expect.stringContaining('another guard listens there')])
  expect(existsSync(state)).toBe(false)
  await first.end('SIGKILL')
  const third = await guardAt(socket)
  expect((await third.end()).code).toBe(0)
  writeFileSync(socket, 'mine')
  const fourth = await pilotwire(['guard', '--socket', socket, '--state', freshDirectory()]).ended
  expect([fourth.code, fourth.err, readFileSync(socket, 'utf8')]).toEqual([2, expect.stringContaining('a file that is no socket'), 'mine'])
})

const isRoot = process.getuid?.() === 0
if (!isRoot) leaveOut('peer credentials of the guard: only root can be somebody else')

test.skipIf(!isRoot)('another user is sent away with words, and logged; --core-user lets one in', async () => {
  const socket = join(freshDirectory(), 'guard.sock')
  const guard = await guardAt(socket)
  // The kernel tells the guard who called connect().
  const asNobody = `process.setgid(65534); process.setuid(65534)
    require('node:net').connect(${JSON.stringify(socket)}).on('data', (d) => { console.log(String(d)); process.exit() }).on('error', (e) => console.log(e.code))`
  const words = async () => (await promisify(execFile)(process.execPath, ['-e', asNobody])).stdout.trim()
  chmodSync(dirname(socket), 0o711)
  expect(await words()).toBe('EACCES')
  chmodSync(socket, 0o666)
  expect(await words()).toMatch(/"refused":"user 65534 may not be the core/)
  await guard.said(/"uid":65534,"gid":65534,"msg":"a program that may not be the core was sent away"/)
  await guard.end()
  const open = await guardAt(socket, '--core-user', 'nobody')
  chmodSync(socket, 0o666)
  expect(await words()).toMatch(/"hello"/)
  await open.end()
  const unknown = await pilotwire(['guard', '--socket', socket, '--core-user', 'no such user']).ended
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('there is no user "no such user"')])
})
