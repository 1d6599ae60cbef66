import { expect, test } from 'vitest'
import { redact } from '../../src/ocpp16/redact.ts'

const location = 'ftp://anna:secret@host/x?sig=abc'

test.each([
  ['UpdateFirmware', { location, retries: 1 }, { location: 'ftp://host/x', retries: 1 }],
  ['GetDiagnostics', { location }, { location: 'ftp://host/x' }],
  ['GetLog', { log: { remoteLocation: location }, requestId: 1 }, { log: { remoteLocation: 'ftp://host/x' }, requestId: 1 }],
  ['SignedUpdateFirmware', { firmware: { location } }, { firmware: { location: 'ftp://host/x' } }],
  ['ChangeConfiguration', { key: 'authorizationkey', value: 'secret' }, { key: 'authorizationkey', value: '(secret)' }],
  ['changeConfiguration', { key: 'AuthorizationKey', value: 'secret' }, { key: 'AuthorizationKey', value: '(secret)' }],
  ['ChangeConfiguration', { key: ' AuthorizationKey ', value: 'secret' }, { key: ' AuthorizationKey ', value: '(secret)' }],
  ['ChangeConfiguration', { key: 'AuthorizationKey', Value: 'secret' }, { key: 'AuthorizationKey', value: '(secret)' }],
  ['ChangeConfiguration', { Key: 'AuthorizationKey', value: 'secret' }, { value: '(secret)' }],
  ['ChangeConfiguration', { key: 'BasicAuthPassword', value: 'secret' }, { key: 'BasicAuthPassword', value: '(secret)' }],
  ['ChangeConfiguration', { key: 'HeartbeatInterval', value: '1' }, { key: 'HeartbeatInterval', value: '1' }],
  [
    'GetConfiguration',
    {
      configurationKey: [
        { key: 'AuthorizationKey', readonly: false, value: 'secret' },
        { key: 'HeartbeatInterval', readonly: false, value: '1' },
      ],
    },
    {
      configurationKey: [
        { key: 'AuthorizationKey', readonly: false, value: '(secret)' },
        { key: 'HeartbeatInterval', readonly: false, value: '1' },
      ],
    },
  ],
  ['GetConfiguration', { configurationKey: ['AuthorizationKey=secret'] }, { configurationKey: ['(secret)'] }],
  ['GetConfiguration', { key: ['AuthorizationKey'] }, { key: ['AuthorizationKey'] }],
  ['UpdateFirmware', { location: [location] }, { location: '(not an address)' }],
  ['GetLog', { log: null }, { log: null }],
  ['Authorize', null, null],
])('%s %j is shown as %j', (action, payload, shown) => {
  expect(redact(action, payload)).toEqual(shown)
})
