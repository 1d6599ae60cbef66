import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StationConfig } from '../../src/config/station.ts'
import { devicePassword } from '../../src/run/device-password.ts'
import { secretsOf } from '../../src/run/kept-secrets.ts'
import { world } from '../stories/world.ts'

const basic = (password: Buffer, user = 'CP-1') => Buffer.concat([Buffer.from(`${user}:`), password]).toString('base64')
const key = '00112233445566778899aabbccddeeff'

test('secrets are the key, the one before on trial, the password and the token, in every spelling in which they travel', async () => {
  const w = await world({ settings: { AuthorizationKey: key } })
  w.store.documents('credentials').put('before', { key: 'the one before', profile: 0 })
  const network = { password: Buffer.from('from the file'), pingIntervalS: undefined }
  const http = { host: '127.0.0.1', port: 2, token: 'http token', password: 'typed at the page', login: undefined, hosts: [] }
  const control = { host: '127.0.0.1', port: 1, token: 'control token' }
  const secrets = secretsOf({ id: 'CP-1', network, control, http, mqtt: undefined, stateDirectory: '/nonexistent' }, w.core, w.store)
  expect(secrets).toEqual(
    expect.arrayContaining([
      ...[key, key.toUpperCase(), basic(Buffer.from(key, 'hex')), basic(Buffer.from(key))],
      ...['the one before', basic(Buffer.from('the one before'))],
      ...['from the file', Buffer.from('from the file').toString('hex'), basic(Buffer.from('from the file'))],
      ...['control token', 'http token', 'typed at the page'],
    ]),
  )
  // A long one before a part of it.
  expect(secrets.map(({ length }) => length)).toEqual(secrets.map(({ length }) => length).sort((one, other) => other - one))
})

test('those of a central system that was chosen at the charger are among them, under its identity, and those of this device', async () => {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'pilotwire-secrets-'))
  const { password } = devicePassword(stateDirectory)
  const w = await world({ settings: { AuthorizationKey: key } })
  w.station.credentials.move({ url: 'ws://other', identity: 'NEW' }, 'only for the other')
  const mqtt = { broker: { password: 'for the broker' } } as StationConfig['mqtt']
  const http = { host: '127.0.0.1', port: 2, login: 'device', hosts: [] } as const
  const network = { password: undefined, pingIntervalS: undefined }
  const secrets = secretsOf({ id: 'CP-1', network, control: undefined, http, mqtt, stateDirectory }, w.core, w.store)
  expect(secrets).toEqual(
    expect.arrayContaining([
      ...['only for the other', basic(Buffer.from('only for the other'), 'NEW'), basic(Buffer.from(key, 'hex'), 'NEW'), basic(Buffer.from(key, 'hex'))],
      ...['for the broker', password],
    ]),
  )
})
