import { describe, expect, test } from 'vitest'
import { serve } from '../../../bench/csms/serve.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { handStation } from '../../bench/csms/station.ts'
import { hasPostgres, postgres } from './postgres.ts'

const free = { host: '127.0.0.1', port: 0, mayMove: false }

describe.skipIf(!hasPostgres)('PostgreSQL goes away and comes back', () => {
  test('meanwhile nothing is acknowledged and nothing is lost; afterwards all goes on by itself', async () => {
    const server = await postgres()
    const clock = simulatedClock()
    const csms = await serve({
      ...{ clock, restClock: systemClock(), log: silentLog, version: '0.0.0', ocpp: free, http: free, process: 'here', keepDays: 30 },
      ...{ database: { url: server.url, file: '' }, currency: 'EUR', tariffPerKwh: 0.5 },
      ...{ corsOrigins: [], tiles: undefined, tilesAttribution: undefined, dashboard: undefined },
    })
    const url = csms.ocppUrl ?? ''
    const get = (path: string) => fetch(`${csms.httpUrl}${path}`, { headers: { authorization: `Bearer ${csms.token}` } })
    const staying = await handStation(url, 'CP-1')
    const leaving = await handStation(url, 'CP-2')
    for (const each of [staying, leaving]) await each.call('BootNotification', { chargePointVendor: 'Hand', chargePointModel: 'Written' })
    const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: '2026-03-01T08:00:00.000Z' }
    await expect.poll(async () => (await csms.store.chargers.at('here')).length).toBe(2)

    /** Its time is not that of the machine: whoever is pinged must have time to answer. */
    const minute = async () => {
      for (let tens = 0; tens < 6; tens++) {
        await clock.advance(10_000)
        expect((await staying.call('Heartbeat', {}))[0]).toBe(3)
      }
    }

    await server.crash()
    expect((await staying.call('StartTransaction', start)).slice(0, 3)).toEqual([4, expect.any(String), 'InternalError'])
    expect((await staying.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' }))[0]).toBe(4)
    expect((await staying.call('Heartbeat', {}))[0]).toBe(3)
    await expect.poll(async () => (await get('/health')).status, { timeout: 5_000 }).toBe(503)
    expect((await get('/chargers')).status).toBe(503)
    await expect(handStation(url, 'CP-3')).rejects.toThrow(/503/)
    leaving.close()
    await leaving.closed
    await minute()

    await server.start()
    await expect.poll(async () => (await get('/health')).status, { timeout: 5_000 }).toBe(200)
    const [kind, , { transactionId }] = (await staying.call('StartTransaction', start)) as readonly [number, string, { readonly transactionId: number }]
    expect(kind).toBe(3)
    expect(((await staying.call('StartTransaction', start))[2] as { transactionId: number }).transactionId).toBe(transactionId)
    await minute()
    await expect.poll(() => csms.store.chargers.at('here')).toEqual(['CP-1'])
    expect((await handStation(url, 'CP-3')).asked).toEqual([])
    await csms.close()
    await server.stop()
  })
})
