import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Served, serve } from '../../../bench/csms/serve.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { type Log, silentLog } from '../../../src/base/log.ts'
import { handStation } from '../../bench/csms/station.ts'
import { hasPostgres, postgres } from './postgres.ts'

// What stations send that no station should. Each CALL is answered: a station sends what is not answered for ever.

const noon = '2026-03-01T12:00:00Z'
const odd = 'a\u0000\u001b[31m\u202eb'

type Sent = readonly [action: string, payload: object]
const start = (of: object): Sent => ['StartTransaction', { connectorId: 1, idTag: 'x', meterStart: 0, timestamp: noon, ...of }]
const status = (connectorId: number): Sent => ['StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available', info: odd }]
const meter = (...sampledValue: readonly object[]): Sent => ['MeterValues', { connectorId: 1, meterValue: [{ timestamp: noon, sampledValue }] }]
const of16: readonly Sent[] = [
  ['BootNotification', { chargePointVendor: odd, chargePointModel: odd }],
  ['Authorize', { idTag: odd }],
  ['Authorize', { idTag: '\ud800' }],
  start({ idTag: odd }),
  start({ idTag: '__proto__' }),
  start({ connectorId: 1e15, meterStart: 9e15 }),
  start({ connectorId: -5, meterStart: -7, timestamp: '0001-01-01T00:00:00Z' }),
  start({ meterStart: 1e300 }),
  start({ timestamp: '9999-12-31T23:59:59Z' }),
  ['StopTransaction', { transactionId: 99_999_999_999, meterStop: 1e300, timestamp: noon }],
  ...[-1, 1e9, 2 ** 53, 1e300].map(status),
  meter({ value: 'NaN' }, { value: '1e400' }, { value: '' }, { value: '0x10' }, { value: odd, measurand: 'Temperature' }),
  meter({ value: '1e308', unit: 'kWh' }, { value: '-1e308', measurand: 'Power.Active.Import', unit: 'kW' }),
]

let references = 0
const event = (of: object, info: object = { transactionId: `t${references++}` }): Sent => [
  'TransactionEvent',
  { eventType: 'Started', timestamp: noon, triggerReason: 'Authorized', seqNo: 0, transactionInfo: info, ...of },
]
const sample = (value: number, unitOfMeasure: object): Sent => event({ meterValue: [{ timestamp: noon, sampledValue: [{ value, unitOfMeasure }] }] })
const of201: readonly Sent[] = [
  ['BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: odd, model: odd } }],
  event({ idToken: { idToken: odd, type: 'Central' } }),
  event({}, { transactionId: odd }),
  event({ evse: { id: 1 } }, { transactionId: '__proto__' }),
  event({}, { transactionId: '' }),
  ...[1e300, -1].flatMap((number) => [event({ seqNo: number }), event({ evse: { id: number, connectorId: number } })]),
  event({ eventType: 'Ended', timestamp: '0001-01-01T00:00:00Z' }),
  sample(1, { multiplier: 400, unit: odd }),
  sample(1e308, { multiplier: -1_000_000_000 }),
  [
    'NotifyEvent',
    {
      generatedAt: noon,
      seqNo: -1,
      eventData: Array.from({ length: 500 }, (_, eventId) => ({
        ...{ eventId, timestamp: noon, trigger: 'Delta', actualValue: odd, eventNotificationType: 'HardWiredNotification' },
        ...{ component: { name: 'Connector', evse: { id: eventId + 1, connectorId: 1e15 } }, variable: { name: 'AvailabilityState' } },
      })),
    },
  ],
]

const ids = ['../../etc/passwd', '__proto__', odd, "'; drop table stations --", '<script>', '+/#', 'x'.repeat(255)]

describe.each([['SQLite'], ['PostgreSQL']])('with %s', (engine) => {
  let served: Served
  const failures: string[] = []
  const note = (fields: unknown, words: string) => void failures.push(`${words} ${JSON.stringify(fields)}`)
  const log: Log = { ...silentLog, error: note, with: () => log }
  const isLeftOut = engine === 'PostgreSQL' && !hasPostgres

  beforeEach(async () => {
    if (isLeftOut) return
    const url = engine === 'PostgreSQL' ? (await postgres()).url : undefined
    const anywhere = { host: '127.0.0.1', port: 0, mayMove: false }
    served = await serve({
      ...{ clock: systemClock(), log, ocpp: anywhere, http: anywhere, database: { url, file: ':memory:' }, process: 'test', version: '0' },
      ...{ currency: 'EUR', tariffPerKwh: 0.5, corsOrigins: [], tiles: undefined, tilesAttribution: undefined, dashboard: undefined },
    })
  })
  afterEach(() => served?.close())

  test.skipIf(isLeftOut)('every CALL is answered, whatever is in it and whatever the station is called, and all of it can be read again', async () => {
    for (const id of ids) {
      const station = await handStation(served.ocppUrl ?? '', id)
      expect((await station.call('Heartbeat', {}))[0]).toBe(3)
      station.close()
    }
    for (const [version, sent] of [['ocpp1.6', of16] as const, ['ocpp2.0.1', of201] as const]) {
      const station = await handStation(served.ocppUrl ?? '', version, version)
      for (const [action, payload] of sent) {
        const [type, , ...rest] = await station.call(action, payload)
        expect([action, type, rest]).toEqual([action, 3, rest])
      }
      station.close()
    }
    for (const path of ['/health', '/chargers', '/transactions?limit=1000', '/samples?charger=ocpp2.0.1', '/frames', '/statistics/dashboard?span=24h']) {
      const answer = await fetch(`${served.httpUrl}${path}`, { headers: { authorization: `Bearer ${served.token}` } })
      expect([path, answer.status]).toEqual([path, 200])
      JSON.parse(await answer.text())
    }
    expect(failures).toEqual([])
  })
})
