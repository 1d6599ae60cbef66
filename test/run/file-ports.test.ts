import { expect, test } from 'vitest'
import { secretsOf } from '../../src/run/file-ports.ts'
import { world } from '../stories/world.ts'

const key = '00112233445566778899aabbccddeeff'

test('secrets are the key, the one before on trial, the password and the token, in every spelling in which they travel', async () => {
  const w = await world({ settings: { AuthorizationKey: key } })
  w.store.documents('credentials').put('before', { key: 'the one before', profile: 0 })
  const network = { password: Buffer.from('from the file'), pingIntervalS: undefined }
  const secrets = secretsOf({ id: 'CP-1', network, control: { host: '127.0.0.1', port: 1, token: 'control token' } }, w.core, w.store)
  const basic = (password: Buffer) => Buffer.concat([Buffer.from('CP-1:'), password]).toString('base64')
  expect(secrets).toEqual(
    expect.arrayContaining([
      ...[key, key.toUpperCase(), basic(Buffer.from(key, 'hex')), basic(Buffer.from(key))],
      ...['the one before', basic(Buffer.from('the one before'))],
      ...['from the file', Buffer.from('from the file').toString('hex'), basic(Buffer.from('from the file'))],
      'control token',
    ]),
  )
  // A long one before a part of it.
  expect(secrets.map(({ length }) => length)).toEqual(secrets.map(({ length }) => length).sort((one, other) => other - one))
})
