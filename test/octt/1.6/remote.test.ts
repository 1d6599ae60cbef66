import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt('TC_010_CS Remote Start - Cable Plugged in First', async (t) => {
  await t.boots()
  for (const authorizes of ['true', 'false']) {
    await t.configures({ AuthorizeRemoteTxRequests: authorizes })
    t.plugIn()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
    expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Accepted' })
    if (authorizes === 'true') await t.expects('Authorize', { idTag: 'TAG1' })
    await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
    t.swipe('TAG1')
    await t.expects('StopTransaction', { idTag: 'TAG1' })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
    t.unplug()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  }
})

octt('TC_011_1_CS Remote Start - Remote Start First', async (t) => {
  await t.boots()
  await t.configures({ AuthorizeRemoteTxRequests: 'true' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Accepted' })
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  await t.nothingMore(seconds(20))
  t.plugIn()
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
})

octt('TC_011_2_CS Remote Start - Time Out', async (t) => {
  await t.boots()
  await t.configures({ AuthorizeRemoteTxRequests: 'true', ConnectionTimeOut: '30' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Accepted' })
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  await t.nothingMore(seconds(28))
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' }, seconds(3))
})

octt('TC_012_CS Remote Stop Charging Session', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  await t.passes(seconds(60))
  expect(await t.asks('RemoteStopTransaction', { transactionId })).toEqual({ status: 'Accepted' })
  const stop = await t.expects('StopTransaction', { transactionId, reason: 'Remote' })
  expect(stop).not.toHaveProperty('idTag')
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
})

octt('TC_026_CS Remote Start - Rejected', async (t) => {
  await t.boots()
  await t.charges()
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG2' })).toEqual({ status: 'Rejected' })
  await t.nothingMore(seconds(20))
})

octt('TC_027_CS Remote start - connectorId 0', async (t) => {
  await t.boots()
  expect(await t.asks('RemoteStartTransaction', { connectorId: 0, idTag: 'TAG1' })).toEqual({ status: 'Rejected' })
  await t.nothingMore(seconds(20))
})

octt('TC_028_CS Remote Stop - Rejected', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  expect(await t.asks('RemoteStopTransaction', { transactionId: transactionId + 1 })).toEqual({ status: 'Rejected' })
  await t.nothingMore(seconds(20))
  expect(t.plant().isClosed).toBe(true)
})
