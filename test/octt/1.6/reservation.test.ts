import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

const accepted = { status: 'Accepted' }
const reservation = (t: Rig, connectorId: number, more: Readonly<Record<string, unknown>> = {}) => ({
  connectorId,
  expiryDate: t.time(minutes(30)),
  idTag: 'TAG1',
  reservationId: 7,
  ...more,
})
async function reserves(t: Rig, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await t.boots()
  expect(await t.asks('ReserveNow', reservation(t, 1, more))).toEqual(accepted)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Reserved' })
}
/** The session of the one who reserved. */
async function isUsedBy(t: Rig, idTag: string): Promise<void> {
  await t.expects('Authorize', { idTag })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  t.plugIn()
  await t.expects('StartTransaction', { connectorId: 1, idTag, reservationId: 7 })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
  t.swipe(idTag)
  await t.expects('StopTransaction', { idTag })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  t.unplug()
  // Used, it is gone.
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  expect(await t.asks('CancelReservation', { reservationId: 7 })).toEqual({ status: 'Rejected' })
}

octt('TC_046_1_CS Reserve connector - local start', async (t) => {
  await reserves(t)
  t.swipe('TAG1', 1)
  await isUsedBy(t, 'TAG1')
})

octt('TC_046_2_CS Reserve connector - remote start', async (t) => {
  await reserves(t)
  await t.configures({ AuthorizeRemoteTxRequests: 'true' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'STRANGER' })).toEqual({ status: 'Rejected' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual(accepted)
  await isUsedBy(t, 'TAG1')
})

octt('TC_047_CS Reserve connector - expire', async (t) => {
  await t.boots()
  expect(await t.asks('ReserveNow', reservation(t, 1, { expiryDate: t.time(seconds(60)) }))).toEqual(accepted)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Reserved' })
  await t.nothingMore(seconds(58))
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' }, seconds(3))
})

octt('TC_048_1_CS Reserve connector - Faulted', async (t) => {
  await t.boots()
  t.plant().setFault('residualCurrent', true)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Faulted' })
  expect(await t.asks('ReserveNow', reservation(t, 1))).toEqual({ status: 'Faulted' })
  await t.nothingMore()
})

octt('TC_048_2_CS Reserve connector - Occupied', async (t) => {
  await t.boots()
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  expect(await t.asks('ReserveNow', reservation(t, 1))).toEqual({ status: 'Occupied' })
  await t.nothingMore()
})

octt('TC_048_3_CS Reserve connector - Unavailable', async (t) => {
  await t.boots()
  expect(await t.asks('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual(accepted)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Unavailable' })
  expect(await t.asks('ReserveNow', reservation(t, 1))).toEqual({ status: 'Unavailable' })
  await t.nothingMore()
})

octt('TC_048_4_CS Reserve connector - Rejected', async (t) => {
  await t.boots()
  await t.configures({ ReservationsEnabled: 'false' })
  expect(await t.asks('ReserveNow', reservation(t, 1))).toEqual({ status: 'Rejected' })
  await t.nothingMore()
})

octt('TC_051_CS Cancel reservation', async (t) => {
  await reserves(t)
  expect(await t.asks('CancelReservation', { reservationId: 7 })).toEqual(accepted)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_052_CS Cancel reservation - Rejected', async (t) => {
  await reserves(t)
  expect(await t.asks('CancelReservation', { reservationId: 8 })).toEqual({ status: 'Rejected' })
  await t.nothingMore()
  // Still reserved, for the same one.
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'STRANGER' })).toEqual({ status: 'Rejected' })
  t.swipe('TAG1', 1)
  await isUsedBy(t, 'TAG1')
})

octt('TC_053_1_CS Use reserved connector with parentIdTag - local', async (t) => {
  t.answers('Authorize', ({ idTag }) => ({ idTagInfo: { status: 'Accepted', parentIdTag: idTag === 'STRANGER' ? 'OTHERS' : 'FAMILY' } }))
  await reserves(t, { parentIdTag: 'FAMILY' })
  t.swipe('STRANGER', 1)
  await t.expects('Authorize', { idTag: 'STRANGER' })
  await t.nothingMore()
  t.swipe('TAG2', 1)
  await isUsedBy(t, 'TAG2')
})

octt('TC_053_2_CS Use reserved connector with parentIdTag - remote', async (t) => {
  t.answers('Authorize', { idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY' } })
  await reserves(t, { parentIdTag: 'FAMILY' })
  await t.configures({ AuthorizeRemoteTxRequests: 'true' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG2' })).toEqual(accepted)
  await isUsedBy(t, 'TAG2')
})
