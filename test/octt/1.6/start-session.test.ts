import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt('TC_003_CS Regular Charging Session - Plugin First', async (t) => {
  await t.boots()
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing', errorCode: 'NoError' })
  t.swipe('TAG1')
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1', meterStart: 0 })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging', errorCode: 'NoError' })
  await t.nothingMore(seconds(60))
  expect(t.plant().wh).toBeGreaterThan(0)
})

octt('TC_004_1_CS Regular Charging Session - Identification First', async (t) => {
  await t.boots()
  t.swipe('TAG1', 1)
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  await t.nothingMore(seconds(20))
  t.plugIn()
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
})

octt('TC_004_2_CS Identification First - ConnectionTimeOut', async (t) => {
  await t.boots()
  await t.configures({ ConnectionTimeOut: '30' })
  t.swipe('TAG1', 1)
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  await t.nothingMore(seconds(28))
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' }, seconds(3))
  // The card counts no more.
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  await t.nothingMore(seconds(20))
})

octt('TC_023_4_CS Start local session - Authorize invalid', async (t) => {
  await t.boots()
  for (const status of ['Invalid', 'Blocked', 'Expired', 'ConcurrentTx']) {
    t.answers('Authorize', { idTagInfo: { status } })
    t.plugIn()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
    t.swipe('NOBODY')
    await t.expects('Authorize', { idTag: 'NOBODY' })
    await t.nothingMore(seconds(20))
    t.unplug()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
    t.swipe('NOBODY')
    await t.expects('Authorize', { idTag: 'NOBODY' })
    await t.nothingMore(seconds(20))
  }
  expect(t.plant().wh).toBe(0)
})

octt('TC_023_5_CS Start remote session - Authorize invalid', async (t) => {
  await t.boots()
  await t.configures({ AuthorizeRemoteTxRequests: 'true' })
  t.answers('Authorize', { idTagInfo: { status: 'Invalid' } })
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'NOBODY' })).toEqual({ status: 'Accepted' })
  await t.expects('Authorize', { idTag: 'NOBODY' })
  await t.nothingMore(seconds(20))
  expect(t.plant().wh).toBe(0)
})

octt('TC_024_CS Start session - lock failure', async (t) => {
  await t.boots()
  t.plant().setFault('lock', true)
  t.swipe('TAG1', 1)
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'ConnectorLockFailure' }, seconds(30))
  await t.nothingMore(seconds(60))
  expect([t.plant().isClosed, t.plant().wh]).toEqual([false, 0])
})
