import { describe, expect, test } from 'vitest'
import { commands, type Effect, effectOf, type Situation } from '../../../bench/csms/commands.ts'

const one: Situation = { stations: [{ id: 'CP-1', isConnected: true }], running: [{ id: 7, station: 'CP-1' }] }
const two: Situation = {
  stations: [
    { id: 'CP-1', isConnected: true },
    { id: 'CP-2', isConnected: true },
  ],
  running: [
    { id: 7, station: 'CP-1' },
    { id: 8, station: 'CP-2' },
    { id: 9, station: 'CP-2' },
  ],
}
const none: Situation = { stations: [], running: [] }

function brief(effect: Effect): unknown {
  return effect.kind === 'call' ? [effect.station, effect.message.action, effect.payload] : effect
}

describe('a line becomes a request', () => {
  test.each<[string, string, unknown]>([
    ['start 04A2B3C4', 'RemoteStartTransaction', { idTag: '04A2B3C4' }],
    ['start 1 04A2B3C4', 'RemoteStartTransaction', { connectorId: 1, idTag: '04A2B3C4' }],
    ['start CP-1 2 04A2B3C4', 'RemoteStartTransaction', { connectorId: 2, idTag: '04A2B3C4' }],
    ['start cp-1 2 "my card"', 'RemoteStartTransaction', { connectorId: 2, idTag: 'my card' }],
    ['stop', 'RemoteStopTransaction', { transactionId: 7 }],
    ['stop 12', 'RemoteStopTransaction', { transactionId: 12 }],
    ['stop CP-1 -1', 'RemoteStopTransaction', { transactionId: -1 }],
    ['reset', 'Reset', { type: 'Soft' }],
    ['reset HARD', 'Reset', { type: 'Hard' }],
    ['reset CP-1 soft', 'Reset', { type: 'Soft' }],
    ['set HeartbeatInterval=10', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '10' }],
    ['set CP-1 A=b=c', 'ChangeConfiguration', { key: 'A', value: 'b=c' }],
    ['set "Greeting=good day"', 'ChangeConfiguration', { key: 'Greeting', value: 'good day' }],
    ['set Empty=', 'ChangeConfiguration', { key: 'Empty', value: '' }],
    ['get', 'GetConfiguration', {}],
    ['get A B', 'GetConfiguration', { key: ['A', 'B'] }],
    ['trigger statusnotification 1', 'TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 1 }],
    ['trigger heart', 'TriggerMessage', { requestedMessage: 'Heartbeat' }],
    ['trigger LogStatus', 'ExtendedTriggerMessage', { requestedMessage: 'LogStatusNotification' }],
    ['unlock', 'UnlockConnector', { connectorId: 1 }],
    ['unlock 2', 'UnlockConnector', { connectorId: 2 }],
    ['availability off', 'ChangeAvailability', { connectorId: 0, type: 'Inoperative' }],
    ['availability 1 on', 'ChangeAvailability', { connectorId: 1, type: 'Operative' }],
    ['clearcache', 'ClearCache', {}],
    ['call getlocallistversion', 'GetLocalListVersion', {}],
    [
      'call CP-1 ReserveNow {"connectorId": 1, "expiryDate": "2026-03-01T10:00:00Z", "idTag": "A B", "reservationId": 3}',
      'ReserveNow',
      { connectorId: 1, expiryDate: '2026-03-01T10:00:00Z', idTag: 'A B', reservationId: 3 },
    ],
    ['  START   1   A  ', 'RemoteStartTransaction', { connectorId: 1, idTag: 'A' }],
  ])('%s', (line, action, payload) => {
    expect(brief(effectOf(line, one))).toEqual(['CP-1', action, payload])
  })

  test('for the station that is named, of several', () => {
    expect(brief(effectOf('start CP-2 1 A', two))).toEqual(['CP-2', 'RemoteStartTransaction', { connectorId: 1, idTag: 'A' }])
    expect(brief(effectOf('stop CP-1', two))).toEqual(['CP-1', 'RemoteStopTransaction', { transactionId: 7 }])
  })

  test('for the only one that is connected, while others are away', () => {
    const situation = { stations: [{ id: 'GONE', isConnected: false }, ...one.stations], running: [] }
    expect(brief(effectOf('reset', situation))).toEqual(['CP-1', 'Reset', { type: 'Soft' }])
  })
})

describe('a line that cannot be carried out says what to write', () => {
  test.each<[string, Situation, RegExp]>([
    ['start A', none, /no station is connected/],
    ['start A', two, /which station\? CP-1, CP-2/],
    ['start CP-9 1 A', one, /no station CP-9/],
    ['start', one, /missing/],
    ['start one A', one, /connector one is not a number/],
    ['start 1 012345678901234567890', one, /idTag/],
    ['stop CP-2', two, /which transaction\? 8, 9/],
    ['stop', { ...one, running: [] }, /no transaction runs at CP-1/],
    ['stop x', one, /transaction x is not a number/],
    ['reset warm', one, /one of Soft, Hard/],
    ['set HeartbeatInterval', one, /key=value/],
    ['trigger Notification', one, /one of BootNotification/],
    ['trigger s', one, /one of/],
    ['availability maybe', one, /one of Operative/],
    ['call StatusNotification {}', one, /no request of a central system/],
    ['call Reset {"type":"Warm"}', one, /Reset: type/],
    ['call Reset {"type":}', one, /not JSON/],
    ['dance', one, /no command dance; help/],
    ['constructor', one, /no command/],
  ])('%s', (line, situation, words) => {
    const effect = effectOf(line, situation)
    expect(effect.kind).toBe('problem')
    expect(effect.kind === 'problem' && effect.text).toMatch(words)
  })
})

test('what asks no station needs none', () => {
  expect(effectOf('', none)).toEqual({ kind: 'nothing' })
  expect(effectOf('   ', none)).toEqual({ kind: 'nothing' })
  expect(effectOf('stations', none)).toEqual({ kind: 'show', what: 'stations' })
  expect(effectOf('transactions', none)).toEqual({ kind: 'show', what: 'transactions' })
  expect(effectOf('help', none)).toEqual({ kind: 'show', what: 'help' })
  expect(effectOf('quit', none)).toEqual({ kind: 'quit' })
  expect(effectOf('exit', none)).toEqual({ kind: 'quit' })
})

test('every command is explained', () => {
  for (const { help } of Object.values(commands)) expect(help.length).toBeGreaterThan(5)
})
