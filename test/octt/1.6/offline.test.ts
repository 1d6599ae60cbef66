import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import type { Payload } from './frame-rules.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

const at = (payload: Payload) => Date.parse(String(payload['timestamp']))

/** Offline, and a card that is accepted all the same begins a transaction. Resolves to when. */
async function startsOffline(t: Rig): Promise<number> {
  await t.boots()
  await t.configures({ LocalAuthorizeOffline: 'true', AllowOfflineTxForUnknownId: 'true' })
  await t.goesOffline()
  t.plugIn()
  await t.passes(seconds(3))
  t.swipe('TAG1')
  const began = Date.parse(t.time())
  await t.until('energy flows', () => t.plant().isClosed)
  await t.nothingMore(minutes(2))
  return began
}

octt('TC_036_CS Connection loss during transaction', async (t) => {
  await t.boots()
  await t.configures({ MeterValueSampleInterval: '30' })
  const transactionId = await t.charges()
  await t.expects('MeterValues', { transactionId }, seconds(31))
  await t.goesOffline()
  await t.nothingMore(minutes(5))
  await t.comesBack()
  let last = 0
  // Ten from the outage, then those of now.
  for (let count = 0; count < 12; count++) {
    const values = await t.expects('MeterValues', { connectorId: 1, transactionId }, seconds(31))
    const [{ timestamp }] = values['meterValue'] as [{ readonly timestamp: string }]
    if (last > 0) expect(Date.parse(timestamp) - last).toBe(30_000)
    last = Date.parse(timestamp)
  }
  t.ignores('MeterValues')
  expect(t.plant().isClosed).toBe(true)
})

octt('TC_037_1_CS Offline start - valid IdTag', async (t) => {
  const began = await startsOffline(t)
  await t.comesBack()
  const start = await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
  expect(Math.abs(at(start) - began)).toBeLessThan(1_000)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
  await t.nothingMore(seconds(60))
  expect(t.plant().isClosed).toBe(true)
})

/** The same with a card that the central system refuses afterwards. Resolves when it has. */
async function isRefusedAfterwards(t: Rig, settings: Readonly<Record<string, string>>): Promise<void> {
  t.answers('StartTransaction', { idTagInfo: { status: 'Invalid' } })
  await t.configures({ LocalAuthorizeOffline: 'true', AllowOfflineTxForUnknownId: 'true', ...settings })
  await t.goesOffline()
  t.plugIn()
  await t.passes(seconds(3))
  t.swipe('NOBODY')
  await t.until('energy flows', () => t.plant().isClosed)
  await t.nothingMore(minutes(2))
  await t.comesBack()
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'NOBODY' })
  // The answer finds it charging.
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
}

octt('TC_037_2_CS Offline start - invalid IdTag, StopTransactionOnInvalidId=false', async (t) => {
  await t.boots()
  for (const mostWh of [0, 500]) {
    await t.configures({ AuthorizationCacheEnabled: 'false' })
    await isRefusedAfterwards(t, { StopTransactionOnInvalidId: 'false', MaxEnergyOnInvalidId: String(mostWh) })
    const refusedAt = t.plant().wh
    await t.expects('StatusNotification', { connectorId: 1, status: 'SuspendedEVSE' }, minutes(3))
    expect(t.plant().wh - refusedAt).toBeGreaterThanOrEqual(mostWh === 0 ? 0 : mostWh - 50)
    expect(t.plant().wh - refusedAt).toBeLessThan(mostWh + 50)
    await t.nothingMore(minutes(2))
    expect(t.plant().isClosed).toBe(false)
    // The card ends what it began.
    t.swipe('NOBODY')
    await t.expects('StopTransaction', { transactionId: t.central.lastTransaction, idTag: 'NOBODY' })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
    t.unplug()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  }
})

octt('TC_037_3_CS Offline start - invalid IdTag, StopTransactionOnInvalidId=true', async (t) => {
  await t.boots()
  await isRefusedAfterwards(t, { StopTransactionOnInvalidId: 'true' })
  await t.expects('StopTransaction', { transactionId: t.central.lastTransaction, reason: 'DeAuthorized' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  expect(t.plant().isClosed).toBe(false)
})

octt('TC_038_CS Offline stop transaction', async (t) => {
  await t.boots()
  const transactionId = await t.charges('TAG1')
  await t.passes(minutes(1))
  await t.goesOffline()
  await t.nothingMore(minutes(1))
  t.swipe('TAG1')
  const stopped = Date.parse(t.time())
  await t.nothingMore(minutes(2))
  expect(t.plant().isClosed).toBe(false)
  await t.comesBack()
  const [stop] = await t.expectsEach(['StopTransaction', { transactionId, idTag: 'TAG1' }], ['StatusNotification', { connectorId: 1, status: 'Finishing' }])
  expect(['Local', undefined]).toContain(stop?.['reason'])
  expect(Math.abs(at(stop ?? {}) - stopped)).toBeLessThan(3_000)
})

octt('TC_039_CS Offline transaction', async (t) => {
  const began = await startsOffline(t)
  t.swipe('TAG1')
  const ended = Date.parse(t.time())
  await t.passes(seconds(10))
  t.unplug()
  await t.nothingMore(minutes(2))
  await t.comesBack()
  const start = await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
  const stop = await t.expects('StopTransaction', { transactionId: t.central.lastTransaction, idTag: 'TAG1' })
  expect([at(start) - began, at(stop) - ended].every((ms) => Math.abs(ms) < 3_000)).toBe(true)
  expect(stop['meterStop']).toBe(Math.floor(t.plant().wh))
  await t.nothingMore(minutes(1))
})
