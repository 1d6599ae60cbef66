import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OCPPClient, SecurityProfile } from 'ocpp-ws-io'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Served, serve } from '../../../bench/csms/serve.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { watched } from '../watched.ts'

// Charge points that this house did not write, holding every frame of both ends against the official schemas, at a central system as it is
// started by people: with its database, asked over REST.

type Payload = Readonly<Record<string, unknown>>

let directory: string
let served: Served
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pilotwire-foreign-'))
  const anywhere = { host: '127.0.0.1', port: 0, mayMove: false }
  served = await serve({
    ...{ clock: systemClock(), log: silentLog, ocpp: anywhere, http: anywhere, database: { url: undefined, file: join(directory, 'csms.db') } },
    ...{ process: 'test', version: '0', currency: 'EUR', tariffPerKwh: 0.5, corsOrigins: [], tiles: undefined, tilesAttribution: undefined },
    dashboard: undefined,
  })
})
afterEach(async () => {
  await served.close()
  rmSync(directory, { recursive: true, force: true })
})

async function rest(method: string, path: string, body?: Payload): Promise<Payload> {
  const answer = await fetch(`${served.httpUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${served.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { http: answer.status, ...(text === '' ? {} : JSON.parse(text)) }
}

/** A charge point of the package `ocpp-ws-io` that says yes to everything, and what it was asked. */
function chargePoint(id: string, version: 'ocpp1.6' | 'ocpp2.0.1', answers: Readonly<Record<string, (params: Payload) => Payload>>, password?: string) {
  const client = new OCPPClient({
    ...{ endpoint: served.ocppUrl ?? '', identity: id, protocols: [version], strictMode: true, reconnect: false, logging: false },
    ...(password === undefined ? {} : { password, securityProfile: SecurityProfile.BASIC_AUTH }),
  })
  const asked = watched<{ readonly method: string; readonly params: Payload }>()
  const violations: string[] = []
  client.on('strictValidationFailure', ({ message, error }) => violations.push(`${error.message} ${JSON.stringify(message)}`))
  client.on('badMessage', ({ error }) => violations.push(`bad message: ${error.message}`))
  client.handle((method, { params }) => {
    asked.add({ method, params: params as Payload })
    return answers[method]?.(params as Payload) ?? { status: 'Accepted' }
  })
  return {
    client,
    violations,
    say: async (method: string, params: Payload) => (await client.call(method, params)) as Payload,
    /** What it is asked next under this name, or was already. */
    asked: async (method: string) => (await asked.next((each) => each.method === method)).params,
  }
}

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, second)).toISOString()

test('a foreign charge point of OCPP 1.6 charges a car from REST, is limited and stopped, and it is all in the database', async () => {
  const station = chargePoint('foreign-16', 'ocpp1.6', {
    GetConfiguration: () => ({ configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] }),
    UnlockConnector: () => ({ status: 'Unlocked' }),
  })
  await station.client.connect()
  expect(await station.say('BootNotification', { chargePointVendor: 'Elsewhere', chargePointModel: 'X1' })).toMatchObject({ status: 'Accepted' })
  await station.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' })
  expect(await station.say('Authorize', { idTag: '04A2B3C4' })).toMatchObject({ idTagInfo: { status: 'Accepted' } })

  expect(await rest('POST', '/chargers/foreign-16/start', { evse_id: 1, tag: '04A2B3C4' })).toMatchObject({ http: 200, outcome: 'accepted' })
  expect(await station.asked('RemoteStartTransaction')).toMatchObject({ connectorId: 1, idTag: '04A2B3C4' })
  const { transactionId } = await station.say('StartTransaction', { connectorId: 1, idTag: '04A2B3C4', meterStart: 1_000, timestamp: at(0) })
  const sampled = (value: string, measurand: string, unit: string) => ({ value, measurand, unit })
  await station.say('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: at(30), sampledValue: [sampled('3000', 'Energy.Active.Import.Register', 'Wh'), sampled('7.2', 'Power.Active.Import', 'kW')] }],
  })
  expect(await rest('GET', '/chargers/foreign-16')).toMatchObject({ ocpp_version: '1.6', vendor: 'Elsewhere', is_connected: true, power_w: 7_200 })

  expect(await rest('POST', '/chargers/foreign-16/limit', { kw: 3.6, evse_id: 1 })).toMatchObject({ http: 200, outcome: 'accepted' })
  expect(await station.asked('SetChargingProfile')).toMatchObject({
    csChargingProfiles: { chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ limit: 3_600 }] } },
  })
  expect(await rest('GET', '/chargers/foreign-16/configuration')).toMatchObject({ items: [{ key: 'HeartbeatInterval', value: '300' }] })
  expect(await rest('POST', '/chargers/foreign-16/unlock', { evse_id: 1 })).toMatchObject({ status: 'Unlocked' })

  expect(await rest('POST', '/chargers/foreign-16/stop', {})).toMatchObject({ http: 200, outcome: 'accepted' })
  expect(await station.asked('RemoteStopTransaction')).toEqual({ transactionId })
  await station.say('StopTransaction', { transactionId, meterStop: 5_000, timestamp: at(60), reason: 'Remote' })
  await station.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })

  const { items } = await rest('GET', '/transactions?charger=foreign-16')
  const ended = { id: transactionId, tag: '04A2B3C4', energy_wh: 4_000, duration_s: 60, reason: 'Remote', cost: 2, repeated: 0 }
  expect(items).toEqual([expect.objectContaining(ended)])
  expect(await rest('GET', `/transactions/${transactionId}`)).toMatchObject({ ...ended, samples: [{ at: at(30), power_w: 7_200, energy_wh: 3_000 }] })
  expect(station.violations).toEqual([])
  await station.client.close()
})

test('a foreign charging station of OCPP 2.0.1 with a password charges a car from REST, is limited and stopped, and it is all in the database', async () => {
  await rest('PUT', '/chargers/foreign-201', { kind: 'dc', max_kw: 50 })
  await rest('PUT', '/chargers/foreign-201/password', { password: 'kd7m-p3xq-9w2c-44' })
  await expect(chargePoint('foreign-201', 'ocpp2.0.1', {}, 'kd7m-p3xq-9w2c-45').client.connect()).rejects.toThrow('401')
  const component = { name: 'OCPPCommCtrlr' }
  const variable = { name: 'HeartbeatInterval' }
  const station = chargePoint(
    'foreign-201',
    'ocpp2.0.1',
    {
      UnlockConnector: () => ({ status: 'OngoingAuthorizedTransaction' }),
      SetVariables: () => ({ setVariableResult: [{ attributeStatus: 'RebootRequired', component, variable }] }),
    },
    'kd7m-p3xq-9w2c-44',
  )
  await station.client.connect()
  const boot = { reason: 'PowerUp', chargingStation: { vendorName: 'Elsewhere', model: 'X2' } }
  expect(await station.say('BootNotification', boot)).toMatchObject({ status: 'Accepted' })
  await station.say('StatusNotification', { timestamp: at(0), evseId: 1, connectorId: 1, connectorStatus: 'Occupied' })
  const idToken = { idToken: '04A2B3C4', type: 'ISO14443' }
  expect(await station.say('Authorize', { idToken })).toMatchObject({ idTokenInfo: { status: 'Accepted' } })

  expect(await rest('POST', '/chargers/foreign-201/start', { evse_id: 1, tag: '04A2B3C4' })).toMatchObject({ http: 200, outcome: 'accepted' })
  const { remoteStartId } = await station.asked('RequestStartTransaction')
  const transactionId = '2b1f6f6e-6d6b-4c6f-9a43-0d1c5c0a7c11'
  let seqNo = 0
  const event = (eventType: string, triggerReason: string, second: number, wh: number, more: Payload = {}, info: Payload = {}) =>
    station.say('TransactionEvent', {
      ...{ eventType, triggerReason, timestamp: at(second), seqNo: seqNo++, transactionInfo: { transactionId, ...info } },
      meterValue: [
        {
          timestamp: at(second),
          sampledValue: [
            { value: wh, measurand: 'Energy.Active.Import.Register' },
            { value: 7.2, measurand: 'Power.Active.Import', unitOfMeasure: { unit: 'W', multiplier: 3 } },
          ],
        },
      ],
      ...more,
    })
  const begun = await event('Started', 'RemoteStart', 0, 1_000, { evse: { id: 1, connectorId: 1 }, idToken }, { remoteStartId })
  expect(begun).toMatchObject({ idTokenInfo: { status: 'Accepted' } })
  await event('Updated', 'MeterValuePeriodic', 30, 3_000, {}, { chargingState: 'Charging' })
  expect(await rest('GET', '/chargers/foreign-201')).toMatchObject({ ocpp_version: '2.0.1', vendor: 'Elsewhere', is_connected: true, power_w: 7_200 })

  expect(await rest('POST', '/chargers/foreign-201/limit', { kw: 3.6, evse_id: 1 })).toMatchObject({ http: 200, outcome: 'accepted' })
  expect(await station.asked('SetChargingProfile')).toMatchObject({
    evseId: 1,
    chargingProfile: { chargingSchedule: [{ chargingRateUnit: 'W', chargingSchedulePeriod: [{ limit: 3_600 }] }] },
  })
  expect(await rest('PUT', '/chargers/foreign-201/configuration', { key: 'OCPPCommCtrlr.HeartbeatInterval', value: '60' })).toMatchObject({
    status: 'RebootRequired',
  })
  expect(await station.asked('SetVariables')).toMatchObject({ setVariableData: [{ component, variable, attributeValue: '60' }] })
  const asked = rest('GET', '/chargers/foreign-201/configuration')
  const { requestId } = await station.asked('GetBaseReport')
  const reportData = [{ component, variable, variableAttribute: [{ value: '60' }] }]
  await station.say('NotifyReport', { requestId, generatedAt: at(31), seqNo: 0, tbc: false, reportData })
  expect(await asked).toMatchObject({ items: [{ key: 'OCPPCommCtrlr.HeartbeatInterval', value: '60' }] })
  expect(await rest('POST', '/chargers/foreign-201/unlock', { evse_id: 1, connector_id: 1 })).toMatchObject({ outcome: 'rejected' })

  expect(await rest('POST', '/chargers/foreign-201/stop', {})).toMatchObject({ http: 200, outcome: 'accepted' })
  expect(await station.asked('RequestStopTransaction')).toEqual({ transactionId })
  await event('Ended', 'RemoteStop', 60, 5_000, {}, { stoppedReason: 'Remote' })
  await station.say('StatusNotification', { timestamp: at(60), evseId: 1, connectorId: 1, connectorStatus: 'Available' })

  const { items } = await rest('GET', '/transactions?charger=foreign-201')
  const ended = { reference: transactionId, tag: '04A2B3C4', evse_id: 1, energy_wh: 4_000, duration_s: 60, reason: 'Remote', cost: 2, repeated: 0 }
  expect(items).toEqual([expect.objectContaining(ended)])
  const [{ id } = { id: 0 }] = items as readonly { readonly id: number }[]
  expect(await rest('GET', `/transactions/${id}`)).toMatchObject({ ...ended, samples_total: 3 })
  expect(station.violations).toEqual([])
  await station.client.close()
})
