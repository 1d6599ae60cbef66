import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Served, type ServeOptions, serve } from '../../../bench/csms/serve.ts'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { ConfigError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { handStation } from '../../bench/csms/station.ts'
import { freshDirectory } from '../program.ts'

const clock = systemClock()
const free = { host: '127.0.0.1', port: 0, mayMove: false }
const open: Served[] = []
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())))

async function served(more: Partial<ServeOptions> = {}): Promise<Served> {
  const one = await serve({
    ...{ clock, log: silentLog, version: '0.0.0', ocpp: free, http: free, process: 'here', currency: 'EUR', tariffPerKwh: 0.5 },
    ...{ database: { url: undefined, file: ':memory:' }, corsOrigins: [], tiles: undefined, tilesAttribution: undefined, dashboard: undefined },
    ...more,
  })
  open.push(one)
  return one
}

const start = { connectorId: 1, idTag: '04A2B3C4', meterStart: 0, timestamp: '2026-03-01T08:00:00.000Z' }

/** Somebody else on a port. */
async function squatter() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { readonly port: number }
  return { port, leave: () => new Promise((resolve) => server.close(resolve)) }
}

describe('a central system', () => {
  test('serves a station, shows it over REST, and has everything on the disk when it has closed', async () => {
    const file = join(freshDirectory(), 'own', 'csms.db')
    const csms = await served({ database: { url: undefined, file } })
    const asked = async (path: string) => (await fetch(`${csms.httpUrl}${path}`, { headers: { authorization: `Bearer ${csms.token}` } })).json()
    expect(csms.dashboardUrl).toBe(`${csms.httpUrl}/#token=${csms.token}`)
    expect((await fetch(`${csms.httpUrl}/chargers`)).status).toBe(401)
    const station = await handStation(csms.ocppUrl ?? '', 'CP-1')
    await station.call('BootNotification', { chargePointVendor: 'Hand', chargePointModel: 'Written' })
    const [, , { transactionId }] = (await station.call('StartTransaction', start)) as readonly [number, string, { readonly transactionId: number }]
    expect(await asked('/chargers/CP-1')).toMatchObject({ is_connected: true, vendor: 'Hand', ocpp_version: '1.6' })
    const sample = { timestamp: '2026-03-01T08:00:10.000Z', sampledValue: [{ value: '7' }] }
    await station.call('MeterValues', { connectorId: 1, transactionId, meterValue: [sample] })
    // Cards and hashes are the owner's alone.
    expect([dirname(file), file, `${file}.lock`].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['700', '600', '600'])
    await csms.close()
    open.length = 0
    const store = await openBenchStore({ file, clock, log: silentLog, currency: 'EUR', tariffPerKwh: 0.5 })
    expect(await store.chargers.one('CP-1')).toMatchObject({ is_connected: false, vendor: 'Hand' })
    expect(await store.transactions.one(transactionId)).toMatchObject({ charger_id: 'CP-1', energy_wh: 7 })
    await store.close()
  })

  test('a usual port that is taken is told and left, one that was asked for is an error, and nothing stays open', async () => {
    const other = await squatter()
    const notices: string[] = []
    const taken = { host: '127.0.0.1', port: other.port, mayMove: true }
    const { ocppUrl, httpUrl } = await served({ ocpp: taken, http: taken, notice: (words) => notices.push(words) })
    const portOf = (url: string | undefined) => new URL(url ?? '').port
    expect(notices).toEqual([
      `Port ${other.port} is taken: OCPP is at port ${portOf(ocppUrl)}`,
      `Port ${other.port} is taken: the dashboard is at port ${portOf(httpUrl)}`,
    ])
    const free = await squatter()
    await free.leave()
    const ocpp = { host: '127.0.0.1', port: free.port, mayMove: false }
    await expect(served({ ocpp, http: { ...taken, mayMove: false } })).rejects.toThrow(ConfigError)
    // The port for stations was open already: it is free again.
    expect((await served({ ocpp, http: undefined })).ocppUrl).toBe(`ws://127.0.0.1:${free.port}`)
    await other.leave()
  })

  test('one central system at a time serves from a file', async () => {
    const database = { url: undefined, file: join(freshDirectory(), 'csms.db') }
    const first = await served({ database, http: undefined })
    await expect(served({ database, http: undefined })).rejects.toThrow(/another central system serves from .*csms\.db\. End that one/)
    await first.close()
    await served({ database, http: undefined })
  })

  test('strangers stay out where only known stations may come, and a password is asked for where there is one', async () => {
    const { ocppUrl = '', store } = await served({ http: undefined, isKnownOnly: true, prepare: ({ chargers }) => chargers.put({ id: 'CP-1' }) })
    await expect(handStation(ocppUrl, 'CP-2')).rejects.toThrow(/404/)
    const station = await handStation(ocppUrl, 'CP-1')
    expect((await station.call('Heartbeat', {}))[2]).toHaveProperty('currentTime')
    await store.chargers.setPassword('CP-1', 'a secret of sixteen')
    await expect(handStation(ocppUrl, 'CP-1')).rejects.toThrow(/401/)
  })
})
