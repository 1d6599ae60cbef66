import { expect } from 'vitest'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

/** A session with a card that the central system accepts, so that the station remembers it. */
async function remembers(t: Rig, idTag: string): Promise<void> {
  await t.boots()
  await t.configures({ AuthorizationCacheEnabled: 'true', LocalPreAuthorize: 'true', AuthorizeRemoteTxRequests: 'true' })
  expect(await t.asks('ClearCache', {})).toEqual({ status: 'Accepted' })
  await t.charges(idTag)
  t.swipe(idTag)
  await t.expects('StopTransaction', { idTag })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
}

async function starts(t: Rig, idTag: string): Promise<void> {
  await t.expects('StartTransaction', { connectorId: 1, idTag })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
}

octt('TC_007_1_CS Regular Start - Cached Id', async (t) => {
  await remembers(t, 'TAG1')
  t.swipe('TAG1')
  await starts(t, 'TAG1')
})

octt('TC_007_2_CS Remote Start - Cached Id', async (t) => {
  await remembers(t, 'TAG1')
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Accepted' })
  await starts(t, 'TAG1')
})

octt('TC_061_1_CS Clear Authorization Cache - Local', async (t) => {
  await remembers(t, 'TAG1')
  expect(await t.asks('ClearCache', {})).toEqual({ status: 'Accepted' })
  t.swipe('TAG1')
  await t.expects('Authorize', { idTag: 'TAG1' })
  await starts(t, 'TAG1')
})

octt('TC_061_2_CS Clear Authorization Cache - Remote', async (t) => {
  await remembers(t, 'TAG1')
  expect(await t.asks('ClearCache', {})).toEqual({ status: 'Accepted' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Accepted' })
  await t.expects('Authorize', { idTag: 'TAG1' })
  await starts(t, 'TAG1')
})
