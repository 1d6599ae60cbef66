import { expect, test } from 'vitest'
import { redact } from '../../src/ocpp201/redact.ts'

const location = 'ftp://anna:secret@host/x?sig=abc'
const component = { name: 'SecurityCtrlr' }
const password = { name: 'BasicAuthPassword' }
const interval = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' }, attributeValue: '600' }
const hidden = { variable: password, attributeValue: '(secret)' }

test.each([
  ['SetVariables', { setVariableData: [interval, { component, variable: password, attributeValue: 'secret' }] }, { setVariableData: [interval, hidden] }],
  ['setVariables', { setVariableData: [{ component, variable: password, AttributeValue: 'secret' }] }, { setVariableData: [hidden] }],
  ['SetVariables', { setVariableData: { variable: 'BasicAuthPassword', attributeValue: 'secret' } }, { setVariableData: { attributeValue: '(secret)' } }],
  ['SetVariables', { setVariableData: [['BasicAuthPassword', 'secret']] }, { setVariableData: [{ attributeValue: '(secret)' }] }],
  ['GetVariables', { getVariableResult: [{ component, variable: password, attributeValue: 'secret' }] }, { getVariableResult: [hidden] }],
  [
    'SetVariables',
    { setVariableResult: [{ component, variable: password, attributeStatus: 'Rejected' }] },
    { setVariableResult: [{ ...hidden, attributeStatus: 'Rejected' }] },
  ],
  ['NotifyReport', { seqNo: 0, reportData: [{ component, variable: password, variableAttribute: [{ value: 'secret' }] }] }, { seqNo: 0, reportData: [hidden] }],
  ['NotifyEvent', { eventData: [{ component, variable: password, actualValue: 'secret' }] }, { eventData: [hidden] }],
  [
    'SetNetworkProfile',
    {
      configurationSlot: 1,
      connectionData: {
        ocppCsmsUrl: 'wss://anna:secret@host/x',
        apn: { apn: 'net', apnUserName: 'anna', apnPassword: 'secret', simPin: 1234 },
        vpn: { server: 'host', user: 'anna', password: 'secret', key: 'secret' },
        more: [{ password: 'secret' }],
      },
    },
    {
      configurationSlot: 1,
      connectionData: {
        ocppCsmsUrl: 'wss://host/x',
        apn: { apn: 'net', apnUserName: 'anna', apnPassword: '(secret)', simPin: '(secret)' },
        vpn: { server: 'host', user: 'anna', password: '(secret)', key: '(secret)' },
        more: '(a list)',
      },
    },
  ],
  ['UpdateFirmware', { requestId: 1, firmware: { location } }, { requestId: 1, firmware: { location: 'ftp://host/x' } }],
  ['GetLog', { log: { remoteLocation: location }, requestId: 1 }, { log: { remoteLocation: 'ftp://host/x' }, requestId: 1 }],
  ['GetLog', { log: { remoteLocation: { location } } }, { log: { remoteLocation: '(not an address)' } }],
  ['PublishFirmware', { location }, { location: 'ftp://host/x' }],
  ['PublishFirmwareStatusNotification', { location: [location] }, { location: ['ftp://host/x'] }],
  ['Authorize', { idToken: { idToken: 'x', type: 'Central' } }, { idToken: { idToken: 'x', type: 'Central' } }],
  ['SetVariables', null, null],
])('%s %j is shown as %j', (action, payload, shown) => {
  expect(redact(action, payload)).toEqual(shown)
})
