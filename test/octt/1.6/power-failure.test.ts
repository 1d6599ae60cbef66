import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt('TC_032_1_CS Power failure - stop transactions before going down', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  await t.passes(seconds(60))
  // Whatever holds the power up tells the program to end; then the power is gone.
  await t.endsFor('powerLoss')
  const stop = await t.expects('StopTransaction', { transactionId, reason: 'PowerLoss' })
  expect(stop['meterStop']).toBe(Math.floor(t.plant().wh))
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  await t.powerCycle(minutes(5))
  await t.boots({ 1: 'Preparing' })
  await t.nothingMore(seconds(30))
})

octt('TC_032_2_CS Power failure - stop transactions after going down', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  await t.passes(minutes(3))
  const [cut, wh] = [Date.parse(t.time()), t.plant().wh]
  await t.powerCycle(minutes(5))
  await t.boots({ 1: 'Finishing' })
  const stop = await t.expects('StopTransaction', { transactionId, reason: 'PowerLoss' })
  // The register was kept within the last minute.
  expect(Date.parse(String(stop['timestamp']))).toBeLessThanOrEqual(cut)
  expect(Date.parse(String(stop['timestamp']))).toBeGreaterThan(cut - minutes(1.1))
  expect(stop['meterStop']).toBeLessThanOrEqual(wh)
  expect(stop['meterStop']).toBeGreaterThan((wh * 1.8) / 3)
  await t.nothingMore(seconds(30))
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_034_CS Power failure with Unavailable status', async (t) => {
  await t.boots()
  expect(await t.asks('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual({ status: 'Accepted' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Unavailable' })
  await t.powerCycle(minutes(5))
  await t.boots({ 1: 'Unavailable' })
  expect(await t.asks('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({ status: 'Accepted' })
  await t.expects('StatusNotification', { connectorId: 0, status: 'Unavailable' })
  await t.expects('StatusNotification', { connectorId: 2, status: 'Unavailable' })
  await t.powerCycle(minutes(5))
  await t.boots({ 0: 'Unavailable', 1: 'Unavailable', 2: 'Unavailable' })
})
