import { describe, expect, test } from 'vitest'
import { centralSystem } from '../../../../bench/csms/central-system.ts'
import { dispatchOver } from '../../../../bench/csms/ocpp/dispatch.ts'
import type { OcppVersion } from '../../../../bench/csms/ocpp/ocpp-version.ts'
import type { StationAnswer, StationRequest } from '../../../../bench/csms/ocpp/station-request.ts'
import { nameOf, variableNamed } from '../../../../bench/csms/ocpp/variables201.ts'
import { type SimulatedClock, simulatedClock } from '../../../../src/base/simulated-clock.ts'
import { seconds } from '../../../../src/base/units.ts'
import { memoryStation } from '../memory-station.ts'

function open(version: OcppVersion) {
  const clock = simulatedClock()
  const system = centralSystem({ clock, messageTimeout: seconds(20) })
  const station = memoryStation(system, clock, 'CP-1', version)
  const dispatch = dispatchOver(system)
  return { clock, system, station, dispatch, ask: (request: StationRequest, forS = 1) => answered(clock, dispatch('CP-1', request), forS) }
}

async function answered(clock: SimulatedClock, answer: Promise<StationAnswer>, forS: number): Promise<StationAnswer | undefined> {
  let known: StationAnswer | undefined
  void answer.then((it) => {
    known = it
  })
  for (let s = 0; s < forS && known === undefined; s++) await clock.advance(1_000)
  return known
}

const startSchedule = '2026-03-01T08:00:00.000Z'
const card = '04A2B3C4'
const number = Date.parse(startSchedule) / 1_000
const schedule = (chargingRateUnit: string, limit: number) => ({ startSchedule, chargingRateUnit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] })

describe('one request, two versions', () => {
  test.each<[string, StationRequest, readonly [string, object], readonly [string, object]]>([
    [
      'start',
      { kind: 'start', evse: 2, tag: card },
      ['RemoteStartTransaction', { connectorId: 2, idTag: card }],
      ['RequestStartTransaction', { evseId: 2, idToken: { idToken: card, type: 'ISO14443' }, remoteStartId: number }],
    ],
    [
      'start anywhere',
      { kind: 'start', tag: 'person@example' },
      ['RemoteStartTransaction', { idTag: 'person@example' }],
      ['RequestStartTransaction', { idToken: { idToken: 'person@example', type: 'Central' }, remoteStartId: number }],
    ],
    [
      'stop',
      { kind: 'stop', transaction: 7, reference: 'tx-7' },
      ['RemoteStopTransaction', { transactionId: 7 }],
      ['RequestStopTransaction', { transactionId: 'tx-7' }],
    ],
    ['reset', { kind: 'reset', type: 'soft' }, ['Reset', { type: 'Soft' }], ['Reset', { type: 'OnIdle' }]],
    ['hard reset', { kind: 'reset', type: 'hard' }, ['Reset', { type: 'Hard' }], ['Reset', { type: 'Immediate' }]],
    ['unlock', { kind: 'unlock', evse: 2 }, ['UnlockConnector', { connectorId: 2 }], ['UnlockConnector', { evseId: 2, connectorId: 1 }]],
    [
      'the whole out of service',
      { kind: 'availability', evse: 0, operative: false },
      ['ChangeAvailability', { connectorId: 0, type: 'Inoperative' }],
      ['ChangeAvailability', { operationalStatus: 'Inoperative' }],
    ],
    [
      'a connector in service',
      { kind: 'availability', evse: 1, connector: 2, operative: true },
      ['ChangeAvailability', { connectorId: 1, type: 'Operative' }],
      ['ChangeAvailability', { evse: { id: 1, connectorId: 2 }, operationalStatus: 'Operative' }],
    ],
    [
      'limit in watts',
      { kind: 'limit', evse: 0, limit: { watts: 11_000.04 } },
      [
        'SetChargingProfile',
        {
          connectorId: 0,
          csChargingProfiles: {
            ...{ chargingProfileId: 0, stackLevel: 0, chargingProfilePurpose: 'ChargePointMaxProfile', chargingProfileKind: 'Absolute' },
            chargingSchedule: schedule('W', 11_000),
          },
        },
      ],
      [
        'SetChargingProfile',
        {
          evseId: 0,
          chargingProfile: {
            ...{ id: 0, stackLevel: 0, chargingProfilePurpose: 'ChargingStationMaxProfile', chargingProfileKind: 'Absolute' },
            chargingSchedule: [{ id: 0, ...schedule('W', 11_000) }],
          },
        },
      ],
    ],
    [
      'limit in amperes',
      { kind: 'limit', evse: 1, limit: { amps: 13.5 } },
      [
        'SetChargingProfile',
        {
          connectorId: 1,
          csChargingProfiles: {
            ...{ chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute' },
            chargingSchedule: schedule('A', 13.5),
          },
        },
      ],
      [
        'SetChargingProfile',
        {
          evseId: 1,
          chargingProfile: {
            ...{ id: 1, stackLevel: 0, chargingProfilePurpose: 'TxDefaultProfile', chargingProfileKind: 'Absolute' },
            chargingSchedule: [{ id: 1, ...schedule('A', 13.5) }],
          },
        },
      ],
    ],
    [
      'no limit any more',
      { kind: 'limit', evse: 1 },
      ['ClearChargingProfile', { connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 }],
      ['ClearChargingProfile', { chargingProfileCriteria: { evseId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 } }],
    ],
    ['a message', { kind: 'message', action: 'clearcache', payload: {} }, ['ClearCache', {}], ['ClearCache', {}]],
  ])('%s', async (_name, request, in16, in201) => {
    for (const [version, expected] of [['1.6', in16] as const, ['2.0.1', in201] as const]) {
      const { station, ask } = open(version)
      expect(await ask(request)).toMatchObject({
        kind: 'answered',
        action: expected[0],
        isAccepted: true,
        status: request.kind === 'unlock' ? 'Unlocked' : 'Accepted',
      })
      expect(station.asked).toEqual([expected])
    }
  })

  test('of a transaction that runs here OCPP 2.0.1 is told its own id', async () => {
    const { station, ask } = open('2.0.1')
    const start = { eventType: 'Started', seqNo: 0, timestamp: startSchedule, triggerReason: 'Authorized', transactionInfo: { transactionId: 'tx-1' } }
    await station.call('TransactionEvent', start)
    await ask({ kind: 'stop', transaction: 1 })
    expect(station.asked).toEqual([['RequestStopTransaction', { transactionId: 'tx-1' }]])
  })
})

describe('what is answered', () => {
  test.each<[string, OcppVersion, StationRequest, object, object]>([
    ['Scheduled is good', '1.6', { kind: 'availability', evse: 1, operative: false }, { status: 'Scheduled' }, { isAccepted: true }],
    ['Rejected is not', '2.0.1', { kind: 'reset', type: 'hard' }, { status: 'Rejected' }, { isAccepted: false, status: 'Rejected' }],
    ['a limit that was not there need not go', '2.0.1', { kind: 'limit', evse: 1 }, { status: 'Unknown' }, { isAccepted: true, status: 'Unknown' }],
    [
      'a variable that wants a reboot is set',
      '2.0.1',
      { kind: 'changeConfiguration', key: 'A.B', value: '1' },
      { setVariableResult: [{ attributeStatus: 'RebootRequired', component: { name: 'A' }, variable: { name: 'B' } }] },
      { isAccepted: true, status: 'RebootRequired' },
    ],
    [
      'keys',
      '1.6',
      { kind: 'readConfiguration', keys: [] },
      {
        configurationKey: [
          { key: 'A', readonly: true, value: '1' },
          { key: 'B', readonly: false },
        ],
      },
      {
        configuration: [
          { key: 'A', value: '1', isReadOnly: true },
          { key: 'B', value: undefined, isReadOnly: false },
        ],
      },
    ],
    ['what does not fit its declaration', '2.0.1', { kind: 'reset', type: 'soft' }, { status: 'Maybe' }, { kind: 'invalid', action: 'Reset' }],
  ])('%s', async (_name, version, request, answer, expected) => {
    const { station, ask } = open(version)
    for (const action of ['ChangeAvailability', 'Reset', 'ClearChargingProfile', 'SetVariables', 'GetConfiguration']) station.answers[action] = answer
    expect(await ask(request)).toMatchObject(expected)
  })

  test('nothing by a station that is not here, and by one that goes away or keeps silent', async () => {
    const { clock, system, dispatch } = open('2.0.1')
    expect(await dispatch('NOBODY', { kind: 'reset', type: 'soft' })).toEqual({ kind: 'disconnected' })
    const gone = dispatch('CP-1', { kind: 'reset', type: 'soft' })
    system.close()
    expect(await answered(clock, gone, 2)).toEqual({ kind: 'disconnected' })
  })

  test.each<[OcppVersion, StationRequest, string | undefined, RegExp]>([
    ['1.6', { kind: 'start', tag: 'a card with more than 20 characters' }, 'tag', /RemoteStartTransaction: idTag/],
    ['2.0.1', { kind: 'start', tag: 'x'.repeat(37) }, 'tag', /idToken/],
    ['2.0.1', { kind: 'start', connector: 1, tag: 'A' }, 'connector', /EVSE/],
    ['2.0.1', { kind: 'stop', transaction: 4 }, 'transaction', /no transaction 4 runs/],
    ['2.0.1', { kind: 'changeConfiguration', key: 'HeartbeatInterval', value: '1' }, 'key', /Component\.Variable/],
    ['2.0.1', { kind: 'readConfiguration', keys: ['A[x][y].B'] }, 'keys', /y is no EVSE/],
    ['1.6', { kind: 'limit', evse: 1, limit: { amps: -1 } }, 'limit', /0 or more/],
    ['1.6', { kind: 'message', action: 'GetVariables', payload: {} }, 'action', /OCPP 1\.6 has no GetVariables/],
    ['2.0.1', { kind: 'message', action: 'Heartbeat', payload: {} }, 'action', /sent by stations/],
    ['2.0.1', { kind: 'message', action: 'Reset', payload: { type: 'Soft' } }, 'type', /Reset: type/],
    ['2.0.1', { kind: 'message', action: 'Reset', payload: {} }, undefined, /required/],
  ])('%s %o cannot be asked', async (version, request, field, words) => {
    const { station, ask } = open(version)
    expect(await ask(request)).toEqual({ kind: 'impossible', field, description: expect.stringMatching(words) })
    expect(station.asked).toEqual([])
  })
})

describe('everything that a station of OCPP 2.0.1 is set to', () => {
  const one = (name: string, variable: string, attribute: object) => ({ component: { name }, variable: { name: variable }, variableAttribute: [attribute] })
  const part = (requestId: unknown, seqNo: number, tbc: boolean, reportData: readonly object[]) => ({
    requestId,
    generatedAt: startSchedule,
    seqNo,
    tbc,
    reportData,
  })
  const all = { kind: 'readConfiguration', keys: [] } as const

  test('comes in parts, whichever first, and those of other reports are none of it', async () => {
    const { clock, system, station, ask } = open('2.0.1')
    const another = memoryStation(system, clock, 'CP-2')
    station.answers['GetBaseReport'] = ({ requestId }) => {
      another.tell('NotifyReport', part(requestId, 0, true, [one('D', 'W', { value: 'of another station' })]))
      station.tell('NotifyReport', part(requestId, 1, false, [one('B', 'Y', { mutability: 'ReadOnly', value: '2' })]))
      station.tell('NotifyReport', part(1, 0, false, [one('C', 'Z', { value: 'of another' })]))
      station.tell('NotifyReport', part(requestId, 0, true, [one('A', 'Password', { mutability: 'WriteOnly' })]))
      return { status: 'Accepted' }
    }
    expect(await ask(all, 5)).toMatchObject({
      kind: 'answered',
      action: 'GetBaseReport',
      configuration: [
        { key: 'B.Y', value: '2', isReadOnly: true },
        { key: 'A.Password', value: undefined, isReadOnly: false },
      ],
    })
  })

  test('is given up when the rest does not come, or the station goes away, and nobody listens any more', async () => {
    const { clock, station, ask } = open('2.0.1')
    station.answers['GetBaseReport'] = ({ requestId }) => {
      station.tell('NotifyReport', part(requestId, 0, true, [one('A', 'X', { value: '1' })]))
      return { status: 'Accepted' }
    }
    expect(await ask(all, 70)).toEqual({ kind: 'timeout', action: 'NotifyReport' })
    expect(clock.untilNext()).toBeUndefined()
    const asked = ask(all, 5)
    station.close()
    expect(await asked).toEqual({ kind: 'disconnected' })
  })

  test('is given up where the station goes on for ever', async () => {
    const { clock, station, ask } = open('2.0.1')
    station.answers['GetBaseReport'] = ({ requestId }) => {
      clock.every('a part', seconds(50), () => station.tell('NotifyReport', part(requestId, 0, true, [one('A', 'X', { value: '1' })])))
      return { status: 'Accepted' }
    }
    expect(await ask(all, 620)).toEqual({ kind: 'timeout', action: 'NotifyReport' })
  })

  test('is not waited for where the station refuses', async () => {
    const { station, ask } = open('2.0.1')
    station.answers['GetBaseReport'] = { status: 'NotSupported' }
    expect(await ask(all)).toMatchObject({ kind: 'answered', isAccepted: false, status: 'NotSupported' })
  })

  test('can be asked for one by one', async () => {
    const { station, ask } = open('2.0.1')
    station.answers['GetVariables'] = {
      getVariableResult: [
        { attributeStatus: 'Accepted', attributeValue: 'true', component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Available' } },
        { attributeStatus: 'UnknownVariable', component: { name: 'EVSE' }, variable: { name: 'Colour' } },
      ],
    }
    expect(await ask({ kind: 'readConfiguration', keys: ['EVSE[1].Available', 'EVSE.Colour'] })).toMatchObject({
      isAccepted: true,
      configuration: [{ key: 'EVSE[1].Available', value: 'true' }],
    })
    expect(station.asked[0]?.[1]).toEqual({
      getVariableData: [
        { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Available' } },
        { component: { name: 'EVSE' }, variable: { name: 'Colour' } },
      ],
    })
  })
})

test.each<[string, object]>([
  ['OCPPCommCtrlr.HeartbeatInterval', { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }],
  ['OCPPCommCtrlr.MessageTimeout[Default]', { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'MessageTimeout', instance: 'Default' } }],
  ['EVSE[2].Power:MaxSet', { component: { name: 'EVSE', evse: { id: 2 } }, variable: { name: 'Power' }, attributeType: 'MaxSet' }],
  ['Connector[1,2].Available', { component: { name: 'Connector', evse: { id: 1, connectorId: 2 } }, variable: { name: 'Available' } }],
  ['Meter[main][1].Reading', { component: { name: 'Meter', instance: 'main', evse: { id: 1 } }, variable: { name: 'Reading' } }],
  ['Meter[main].Reading', { component: { name: 'Meter', instance: 'main' }, variable: { name: 'Reading' } }],
  ['Meter[3][].Reading', { component: { name: 'Meter', instance: '3' }, variable: { name: 'Reading' } }],
])('%s names a variable, and is its name', (key, named) => {
  expect(variableNamed(key)).toEqual(named)
  expect(nameOf(named as never)).toBe(key)
})
