import { describe, expect, test } from 'vitest'
import { commands, effectOf } from '../../../../bench/csms/console/commands.ts'
import type { Effect, Situation } from '../../../../bench/csms/console/reading.ts'

const now = Date.parse('2026-03-01T10:00:00Z')
const one: Situation = { now, stations: [{ id: 'CP-1', isConnected: true }], running: [{ id: 7, station: 'CP-1' }] }
const two: Situation = {
  now,
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
const none: Situation = { now, stations: [], running: [] }

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
    ['reserve 1 A', 'ReserveNow', { connectorId: 1, idTag: 'A', expiryDate: '2026-03-01T10:15:00.000Z', reservationId: 1 }],
    ['reserve CP-1 0 A 2', 'ReserveNow', { connectorId: 0, idTag: 'A', expiryDate: '2026-03-01T10:02:00.000Z', reservationId: 0 }],
    ['cancel 1', 'CancelReservation', { reservationId: 1 }],
    ['unlimit', 'ClearChargingProfile', {}],
    ['unlimit 2', 'ClearChargingProfile', { connectorId: 2 }],
    ['composite', 'GetCompositeSchedule', { connectorId: 0, duration: 3600 }],
    ['composite 1 60 w', 'GetCompositeSchedule', { connectorId: 1, duration: 60, chargingRateUnit: 'W' }],
    ['list', 'GetLocalListVersion', {}],
    [
      'list A B',
      'SendLocalList',
      {
        listVersion: now / 1_000,
        updateType: 'Full',
        localAuthorizationList: [
          { idTag: 'A', idTagInfo: { status: 'Accepted' } },
          { idTag: 'B', idTagInfo: { status: 'Accepted' } },
        ],
      },
    ],
    ['diagnostics ftp://u:p@files.example/in/', 'GetDiagnostics', { location: 'ftp://u:p@files.example/in/' }],
    ['log http://files.example/ sec', 'GetLog', { logType: 'SecurityLog', requestId: now / 1_000, log: { remoteLocation: 'http://files.example/' } }],
    ['log CP-1 http://a/', 'GetLog', { logType: 'DiagnosticsLog', requestId: now / 1_000, log: { remoteLocation: 'http://a/' } }],
    ['update http://a/b.tgz', 'UpdateFirmware', { location: 'http://a/b.tgz', retrieveDate: '2026-03-01T10:00:00.000Z' }],
    ['  START   1   A  ', 'RemoteStartTransaction', { connectorId: 1, idTag: 'A' }],
  ])('%s', (line, action, payload) => {
    expect(brief(effectOf(line, one))).toEqual(['CP-1', action, payload])
  })

  test.each<[string, number, string, string, number]>([
    ['limit 10', 0, 'ChargePointMaxProfile', 'A', 10],
    ['limit CP-1 13.5A 1', 1, 'TxDefaultProfile', 'A', 13.5],
    ['limit 3700w 2', 2, 'TxDefaultProfile', 'W', 3_700],
    ['limit 0 1', 1, 'TxDefaultProfile', 'A', 0],
  ])('%s sets a profile from now on, which the next of the same connector replaces', (line, connectorId, chargingProfilePurpose, chargingRateUnit, limit) => {
    const chargingSchedule = { startSchedule: '2026-03-01T10:00:00.000Z', chargingRateUnit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] }
    const profile = { chargingProfileId: connectorId, stackLevel: 0, chargingProfilePurpose, chargingProfileKind: 'Absolute', chargingSchedule }
    expect(brief(effectOf(line, one))).toEqual(['CP-1', 'SetChargingProfile', { connectorId, csChargingProfiles: profile }])
  })

  test('for the station that is named, of several', () => {
    expect(brief(effectOf('start CP-2 1 A', two))).toEqual(['CP-2', 'RemoteStartTransaction', { connectorId: 1, idTag: 'A' }])
    expect(brief(effectOf('stop CP-1', two))).toEqual(['CP-1', 'RemoteStopTransaction', { transactionId: 7 }])
  })

  test('for the only one that is connected, while others are away', () => {
    const situation = { now, stations: [{ id: 'GONE', isConnected: false }, ...one.stations], running: [] }
    expect(brief(effectOf('reset', situation))).toEqual(['CP-1', 'Reset', { type: 'Soft' }])
  })
})

describe('a line that cannot be carried out says what to write', () => {
  test.each<[string, Situation, RegExp]>([
    ['start A', none, /no station is connected/],
    ['start A', two, /which station\? CP-1, CP-2/],
    ['start CP-9 1 A', one, /no station CP-9/],
    ['start', one, /missing: start \[station\] \[connector\] <card>$/],
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
    ['reserve 1', one, /missing/],
    ['reserve 1 A soon', one, /min soon is not a number/],
    ['cancel', one, /missing/],
    ['limit lots', one, /limit lots: amperes or watts/],
    ['limit 10.55', one, /one decimal/],
    ['limit CP-9 10 1', one, /no station CP-9/],
    ['composite 1 60 kW', one, /one of A, W/],
    ['list 012345678901234567890', one, /idTag/],
    ['log http://a/ noise', one, /one of DiagnosticsLog, SecurityLog/],
    ['diagnostics', one, /missing/],
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

describe('the same words at a station of OCPP 2.0.1', () => {
  const modern: Situation = {
    now,
    stations: [{ id: 'CP-1', isConnected: true, version: '2.0.1' }],
    running: [{ id: 7, station: 'CP-1', reference: 'tx-7' }],
  }
  const token = { idToken: '04A2B3C4', type: 'ISO14443' }
  test.each<[string, string, unknown]>([
    ['start 1 04A2B3C4', 'RequestStartTransaction', { evseId: 1, idToken: token, remoteStartId: now / 1_000 }],
    ['stop', 'RequestStopTransaction', { transactionId: 'tx-7' }],
    ['stop CP-1 7', 'RequestStopTransaction', { transactionId: 'tx-7' }],
    ['reset', 'Reset', { type: 'OnIdle' }],
    ['unlock', 'UnlockConnector', { evseId: 1, connectorId: 1 }],
    ['availability off', 'ChangeAvailability', { operationalStatus: 'Inoperative' }],
    ['trigger status 2', 'TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: 2, connectorId: 1 } }],
    ['trigger meter 2', 'TriggerMessage', { requestedMessage: 'MeterValues', evse: { id: 2 } }],
    ['trigger heart', 'TriggerMessage', { requestedMessage: 'Heartbeat' }],
    ['clearcache', 'ClearCache', {}],
    ['reserve 1 04A2B3C4', 'ReserveNow', { id: 1, evseId: 1, idToken: token, expiryDateTime: '2026-03-01T10:15:00.000Z' }],
    ['reserve 0 04A2B3C4 2', 'ReserveNow', { id: 0, idToken: token, expiryDateTime: '2026-03-01T10:02:00.000Z' }],
    ['cancel 1', 'CancelReservation', { reservationId: 1 }],
    ['unlimit', 'ClearChargingProfile', { chargingProfileCriteria: { stackLevel: 0 } }],
    ['unlimit 2', 'ClearChargingProfile', { chargingProfileCriteria: { evseId: 2 } }],
    ['composite 1 60 w', 'GetCompositeSchedule', { evseId: 1, duration: 60, chargingRateUnit: 'W' }],
    ['list', 'GetLocalListVersion', {}],
    [
      'list 04A2B3C4',
      'SendLocalList',
      { versionNumber: now / 1_000, updateType: 'Full', localAuthorizationList: [{ idToken: token, idTokenInfo: { status: 'Accepted' } }] },
    ],
    ['log http://a/ sec', 'GetLog', { logType: 'SecurityLog', requestId: now / 1_000, log: { remoteLocation: 'http://a/' } }],
    ['update http://a/b', 'UpdateFirmware', { requestId: now / 1_000, firmware: { location: 'http://a/b', retrieveDateTime: '2026-03-01T10:00:00.000Z' } }],
    ['call getbasereport {"requestId":1,"reportBase":"FullInventory"}', 'GetBaseReport', { requestId: 1, reportBase: 'FullInventory' }],
  ])('%s', (line, action, payload) => {
    expect(brief(effectOf(line, modern))).toEqual(['CP-1', action, payload])
  })

  test('what its answer comes to is read in several messages', () => {
    expect(effectOf('get', modern)).toEqual({ kind: 'ask', station: 'CP-1', request: { kind: 'readConfiguration', keys: [] } })
    expect(effectOf('set A.B=c', modern)).toEqual({ kind: 'ask', station: 'CP-1', request: { kind: 'changeConfiguration', key: 'A.B', value: 'c' } })
  })

  test.each<[string, RegExp]>([
    ['diagnostics http://a/', /OCPP 2\.0\.1 has no GetDiagnostics: log/],
    ['stop 9', /no transaction 9 runs/],
    ['set HeartbeatInterval=1', /no Component\.Variable/],
    ['trigger Dance', /one of BootNotification/],
    ['call RemoteStartTransaction {}', /no request of a central system in OCPP 2\.0\.1/],
  ])('%s', (line, words) => {
    const effect = effectOf(line, modern)
    expect(effect.kind === 'problem' && effect.text).toMatch(words)
  })
})
