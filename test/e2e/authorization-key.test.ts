import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type HostileOptions, hostileCentral } from './hostile.ts'
import { controlOf, freshDirectory, pilotwire } from './program.ts'

/** OCPP-J 1.6 §6.2.2: identity AL1000 and this key. The header printed there is not the one of the key printed there; this is. */
const key = '0001020304050607FFFFFFFFFFFFFFFFFFFFFFFF'
const header = 'Basic QUwxMDAwOgABAgMEBQYH////////////////'
const later = '00112233445566778899AABBCCDDEEFF'
const laterHeader = `Basic ${Buffer.concat([Buffer.from('AL1000:'), Buffer.from(later, 'hex')]).toString('base64')}`

const run = (url: string, state = freshDirectory()) => {
  const settings = join(freshDirectory(), 'settings.json')
  writeFileSync(settings, JSON.stringify({ AuthorizationKey: key }))
  return pilotwire(['run', '--id', 'AL1000', '--csms', url, '--state', state, '--settings', settings, '--control', '0'])
}
const started = async (options: HostileOptions = {}) => {
  const central = await hostileCentral(options)
  const state = freshDirectory()
  const station = run(central.url, state)
  await central.called('StatusNotification')
  const change = async (value: string) => {
    central.send(JSON.stringify([2, `change ${value}`, 'ChangeConfiguration', { key: 'AuthorizationKey', value }]))
    return central.said((text) => text.startsWith(`[3,"change ${value}"`))
  }
  const headers = () => central.handshakes.map((request) => request.headers.authorization)
  return { central, station, state, change, headers }
}

test('the key of the example makes its header; a new key is answered on the old connection and shown by the next, without a BootNotification', async () => {
  const w = await started()
  expect(w.headers()).toEqual([header])
  expect(await w.change(later)).toContain('Accepted')
  await w.central.shookHands(2)
  expect(w.headers()).toEqual([header, laterHeader])
  expect(w.central.calls.filter(([, , action]) => action === 'BootNotification')).toHaveLength(1)
  const { code, out, err } = await w.station.end()
  expect(code).toBe(0)
  expect(`${out}${err}`).not.toMatch(new RegExp(`${key}|${later}`, 'i'))
})

test('a new key that the central system answers with HTTP 401 gives way to the one before, also in the next start', async () => {
  const refuse: HostileOptions['refuse'] = ({ headers: { authorization } }) =>
    authorization === header ? undefined : 'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n'
  const w = await started({ refuse })
  expect(await w.change(later)).toContain('Accepted')
  // It would wait longer each time.
  const door = await controlOf(w.station)
  while (w.headers().length < 5) {
    await door.ask('connect')
    await door.ask('wait 0.1')
  }
  expect(w.headers().slice(0, 5)).toEqual([header, laterHeader, laterHeader, laterHeader, header])
  w.central.send('[2,"proof","GetConfiguration",{"key":[]}]')
  await w.station.said(/those before count again/)
  expect((await w.station.end()).code).toBe(0)
  const next = run(w.central.url, w.state)
  await w.central.shookHands(6)
  expect(w.headers().slice(4)).toEqual([header, header])
  expect((await next.end()).code).toBe(0)
})
