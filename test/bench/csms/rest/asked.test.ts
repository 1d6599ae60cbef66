import { expect, test } from 'vitest'
import type { StationAnswer, StationRequest } from '../../../../bench/csms/ocpp/station-request.ts'
import { asked, configurationOf } from '../../../../bench/csms/rest/asked.ts'
import { Refusal } from '../../../../bench/csms/rest/refusal.ts'

const start: StationRequest = { kind: 'start', evse: 2, tag: 'A' }
const message: StationRequest = { kind: 'message', action: 'Reset', payload: {} }
const impossible = (field: string | undefined): StationAnswer => ({ kind: 'impossible', field, description: 'no' })

test.each<[StationRequest, StationAnswer, number, object]>([
  [
    start,
    { kind: 'refused', action: 'RemoteStartTransaction', code: 'NotSupported', description: 'later' },
    409,
    { code: 'NotSupported', action: 'RemoteStartTransaction' },
  ],
  [start, { kind: 'invalid', action: 'RemoteStartTransaction', description: 'status is missing' }, 502, { action: 'RemoteStartTransaction' }],
  [start, { kind: 'timeout', action: 'RemoteStartTransaction' }, 504, { action: 'RemoteStartTransaction' }],
  [start, { kind: 'disconnected' }, 409, {}],
  [start, impossible('evse'), 422, { field: 'body.evse_id' }],
  [start, impossible('tag'), 422, { field: 'body.tag' }],
  [start, impossible(undefined), 422, {}],
  [message, impossible('action'), 422, { field: 'body.action' }],
  [message, impossible('type'), 422, { field: 'body.payload.type' }],
  [message, impossible(undefined), 422, { field: 'body.payload' }],
  [{ kind: 'readConfiguration', keys: ['a'] }, impossible('keys'), 422, { field: 'query.keys' }],
])('%j answered by %j is a problem %i', async (request, answer, status, details) => {
  const refusal = await asked('CP-1', request, { dispatch: async () => answer }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(Refusal)
  expect(refusal).toMatchObject({ status, details })
})

test('a password that a station tells among its configuration is not told on', () => {
  const entries = [
    { key: 'AuthorizationKey', value: 'kd7m', isReadOnly: false },
    { key: 'SecurityCtrlr.BasicAuthPassword', value: 'kd7m', isReadOnly: false },
    { key: 'HeartbeatInterval', value: '60', isReadOnly: false },
  ]
  const payload = { configurationKey: entries, unknownKey: ['Nope', 1] }
  const told = configurationOf({ kind: 'answered', action: 'GetConfiguration', isAccepted: true, status: undefined, payload, configuration: entries })
  expect(JSON.stringify(told)).not.toContain('kd7m')
  expect(told).toMatchObject({ items: [{ key: 'AuthorizationKey' }, {}, { value: '60' }], unknown_keys: ['Nope'] })
})
