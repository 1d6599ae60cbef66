import { expect, test } from 'vitest'
import { digest, digestOf } from '../../../../src/local/web/frames/digest.ts'
import { passing } from './passing.ts'

const { call, result } = passing()

test.each([
  [
    'StatusNotification',
    { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure', info: 'residual current' },
    'connector 1 · Faulted · GroundFailure · residual current',
  ],
  ['StatusNotification', { connectorId: 0, status: 'Available', errorCode: 'NoError' }, 'station · Available'],
  ['StartTransaction', { connectorId: 1, idTag: '04A2', meterStart: 12 }, 'connector 1 · card 04A2 · 12 Wh'],
  ['ChangeConfiguration', { key: 'HeartbeatInterval', value: '60' }, 'HeartbeatInterval = 60'],
  ['GetConfiguration', {}, 'every key'],
  [
    'MeterValues',
    { connectorId: 1, transactionId: 7, meterValue: [{ sampledValue: [{ value: '10' }, { value: '16.0', unit: 'A', phase: 'L1' }] }] },
    'connector 1 · transaction 7 · 10 Wh, L1 16.0 A',
  ],
  [
    'SetChargingProfile',
    {
      connectorId: 1,
      csChargingProfiles: {
        stackLevel: 2,
        chargingProfilePurpose: 'TxProfile',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ limit: 10 }] },
      },
    },
    'connector 1 · TxProfile · level 2 · 10 A',
  ],
  ['Heartbeat', {}, ''],
  ['Vendors', { own: [1], words: 'x' }, 'own: [1] · words: x'],
])('%s %j says %s', (action, payload, words) => {
  expect(digestOf(call('out', '1', action, payload))).toBe(words)
})

test('what the other side sends is never too long and never breaks the line', () => {
  expect(digestOf(call('in', '1', 'DataTransfer', { data: 'x'.repeat(5_000) })).length).toBeLessThanOrEqual(160)
  for (const payload of [null, 7, 'words', [], { meterValue: 7 }, { meterValue: [null] }, { meterValue: [{ sampledValue: [null] }] }, { key: [{}] }])
    for (const action of ['MeterValues', 'GetConfiguration', 'SetChargingProfile', 'SendLocalList'])
      expect(digestOf(call('in', '1', action, payload))).toBeTypeOf('string')
})

test('beside the request stands what the answer brought, without its status', () => {
  const first = call('out', '1', 'StartTransaction', { connectorId: 1 })
  const answer = result('in', '1', { transactionId: 12, idTagInfo: { status: 'Accepted' } })
  expect(digest({ key: 1, first, answer, isGivenUp: false, characters: 0 })).toBe('connector 1  →  transactionId: 12')
})
