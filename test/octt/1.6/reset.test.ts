import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

async function resetsIdle(t: Rig, type: 'Hard' | 'Soft'): Promise<void> {
  await t.boots()
  expect(await t.asks('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual({ status: 'Accepted' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Unavailable' })
  expect(await t.asks('Reset', { type })).toEqual({ status: 'Accepted' })
  await t.boots({ 1: 'Unavailable' })
  expect(await t.asks('ChangeAvailability', { connectorId: 1, type: 'Operative' })).toEqual({ status: 'Accepted' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
}

octt('TC_013_CS Hard Reset - without transaction', (t) => resetsIdle(t, 'Hard'))

octt('TC_014_CS Soft Reset - without transaction', (t) => resetsIdle(t, 'Soft'))

/** The transaction is stopped before the reboot, as Soft demands and Hard allows. */
async function resetsCharging(t: Rig, type: 'Hard' | 'Soft'): Promise<void> {
  await t.boots()
  const transactionId = await t.charges()
  await t.passes(seconds(30))
  expect(await t.asks('Reset', { type })).toEqual({ status: 'Accepted' })
  await t.expects('StopTransaction', { transactionId, reason: `${type}Reset` })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  // The car is still there.
  await t.boots({ 1: 'Preparing' })
  await t.nothingMore(seconds(30))
  expect(t.plant().isClosed).toBe(false)
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
}

octt('TC_015_CS Hard Reset - with transaction', (t) => resetsCharging(t, 'Hard'))

octt('TC_016_CS Soft Reset - with transaction', (t) => resetsCharging(t, 'Soft'))
