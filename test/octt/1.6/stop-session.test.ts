import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

/** Local may be left out (OCPP 1.6 §6.47). */
const localStop = (payload: Readonly<Record<string, unknown>>) => expect(['Local', undefined]).toContain(payload['reason'])

octt('TC_005_1_CS EV Side Disconnected - StopTransactionOnEVSideDisconnect=true, UnlockConnectorOnEVSideDisconnect=true', async (t) => {
  await t.boots()
  await t.configures({ StopTransactionOnEVSideDisconnect: 'true', UnlockConnectorOnEVSideDisconnect: 'true' })
  const transactionId = await t.charges()
  t.unplugEv()
  await t.expects('StopTransaction', { transactionId, reason: 'EVDisconnected' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  await t.until('the connector is unlocked', () => t.plant().lock === 'unlocked')
  await t.nothingMore()
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_005_2_CS EV Side Disconnected - Stop=true, Unlock=false', async (t) => {
  await t.boots()
  await t.configures({ StopTransactionOnEVSideDisconnect: 'true', UnlockConnectorOnEVSideDisconnect: 'false' })
  for (const release of ['card', 'UnlockConnector']) {
    const transactionId = await t.charges()
    t.unplugEv()
    await t.expects('StopTransaction', { transactionId, reason: 'EVDisconnected' })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
    await t.nothingMore(minutes(2))
    expect(t.plant().lock).toBe('locked')
    if (release === 'card') t.swipe('TAG1')
    else expect(await t.asks('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
    await t.until('the connector is unlocked', () => t.plant().lock === 'unlocked')
    t.unplug()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  }
})

octt('TC_005_3_CS EV Side Disconnected - Stop=false, Unlock=false', async (t) => {
  await t.boots()
  await t.configures({ StopTransactionOnEVSideDisconnect: 'false', UnlockConnectorOnEVSideDisconnect: 'false' })
  const transactionId = await t.charges()
  t.unplugEv()
  await t.expects('StatusNotification', { connectorId: 1, status: 'SuspendedEV', errorCode: 'NoError', info: 'EV side disconnected' })
  await t.nothingMore(minutes(2))
  expect(t.plant().lock).toBe('locked')
  expect(await t.asks('RemoteStopTransaction', { transactionId })).toEqual({ status: 'Accepted' })
  await t.expects('StopTransaction', { transactionId, reason: 'Remote' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  await t.until('the connector is unlocked', () => t.plant().lock === 'unlocked')
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_068_CS Stop transaction - IdTag in StopTransaction matches StartTransaction', async (t) => {
  await t.boots()
  const transactionId = await t.charges('TAG1')
  await t.passes(seconds(60))
  t.swipe('TAG1')
  const stop = await t.expects('StopTransaction', { transactionId, idTag: 'TAG1', meterStop: expect.any(Number) })
  localStop(stop)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  expect(stop['meterStop']).toBe(Math.floor(t.plant().wh))
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_069_CS Stop transaction - ParentIdTag matches', async (t) => {
  await t.boots()
  t.answers('Authorize', ({ idTag }) => ({ idTagInfo: { status: 'Accepted', parentIdTag: idTag === 'TAG3' ? 'OTHERS' : 'FAMILY' } }))
  t.answers('StartTransaction', { idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY' } })
  const transactionId = await t.charges('TAG1')
  t.swipe('TAG3', 1)
  await t.expects('Authorize', { idTag: 'TAG3' })
  await t.nothingMore()
  t.swipe('TAG2', 1)
  await t.expects('Authorize', { idTag: 'TAG2' })
  localStop(await t.expects('StopTransaction', { transactionId, idTag: 'TAG2' }))
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})
