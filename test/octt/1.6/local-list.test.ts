import { expect } from 'vitest'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

const accepted = { status: 'Accepted' }
const entry = (idTag: string) => ({ idTag, idTagInfo: accepted })
const full = (listVersion: number, ...idTags: readonly string[]) => ({ listVersion, updateType: 'Full', localAuthorizationList: idTags.map(entry) })
const version = (t: Rig) => t.asks('GetLocalListVersion', {})

/** What a card at connector 1 comes to: it is in the list and charges, or its central system is asked, and refuses it. */
async function isListed(t: Rig, idTag: string, isKnown: boolean): Promise<void> {
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  t.swipe(idTag)
  if (isKnown) {
    await t.expects('StartTransaction', { connectorId: 1, idTag })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
    t.swipe(idTag)
    await t.expects('StopTransaction', { idTag })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  } else {
    await t.expects('Authorize', { idTag })
    await t.nothingMore()
  }
  t.unplug()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
}
/** Cards of the list start without a question, and those that are asked about are refused. */
async function asksAboutStrangers(t: Rig): Promise<void> {
  t.answers('Authorize', { idTagInfo: { status: 'Invalid' } })
  await t.configures({ LocalAuthListEnabled: 'true', LocalPreAuthorize: 'true' })
}

/** A station whose list has one card in it, which is enough to charge. */
async function knows(t: Rig, idTag: string): Promise<void> {
  await t.boots()
  await t.configures({ LocalAuthListEnabled: 'true', LocalPreAuthorize: 'true', AuthorizeRemoteTxRequests: 'true' })
  expect(await t.asks('SendLocalList', full(1, idTag))).toEqual(accepted)
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
}

octt('TC_008_1_CS Regular start - id in Local Authorization List', async (t) => {
  await knows(t, 'LISTED')
  t.swipe('LISTED')
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'LISTED' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
})

octt('TC_008_2_CS Remote start - id in Local Authorization List', async (t) => {
  await knows(t, 'LISTED')
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'LISTED' })).toEqual(accepted)
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'LISTED' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
})

octt(
  'TC_042_1_CS Get Local List Version (not supported)',
  async (t) => {
    await t.boots()
    expect(await t.valueOf('SupportedFeatureProfiles')).not.toContain('LocalAuthListManagement')
    expect(await t.isRefused('GetLocalListVersion', {})).toBe('NotSupported')
  },
  { settings: { SupportedFeatureProfiles: 'Core,RemoteTrigger' } },
)

octt('TC_042_2_CS Get Local List Version (empty)', async (t) => {
  await t.boots()
  expect(await version(t)).toEqual({ listVersion: 0 })
  expect(await t.asks('SendLocalList', full(5, 'A'))).toEqual(accepted)
  expect(await t.asks('SendLocalList', full(6))).toEqual(accepted)
  expect(await version(t)).toEqual({ listVersion: 0 })
})

octt('TC_043_CS Send Local List', async (t) => {
  await t.boots()
  await asksAboutStrangers(t)
  expect(await t.asks('SendLocalList', full(1, 'A', 'B'))).toEqual(accepted)
  expect(await version(t)).toEqual({ listVersion: 1 })
  const change = { listVersion: 2, updateType: 'Differential', localAuthorizationList: [entry('C'), { idTag: 'A' }] }
  expect(await t.asks('SendLocalList', change)).toEqual(accepted)
  expect(await version(t)).toEqual({ listVersion: 2 })
  // It outlives a power failure.
  await t.powerCycle()
  await t.boots()
  expect(await version(t)).toEqual({ listVersion: 2 })
  await isListed(t, 'B', true)
  await isListed(t, 'C', true)
  await isListed(t, 'A', false)
})

octt('TC_043_1_CS Send Local List - NotSupported', async (t) => {
  await t.boots()
  await t.configures({ LocalAuthListEnabled: 'false' })
  expect(await t.asks('SendLocalList', full(1, 'A'))).toEqual({ status: 'NotSupported' })
})

octt('TC_043_2_CS Send Local List - VersionMismatch', async (t) => {
  await t.boots()
  await asksAboutStrangers(t)
  expect(await t.asks('SendLocalList', full(5, 'A'))).toEqual(accepted)
  for (const listVersion of [4, 5]) {
    const change = { listVersion, updateType: 'Differential', localAuthorizationList: [entry('B')] }
    expect(await t.asks('SendLocalList', change)).toEqual({ status: 'VersionMismatch' })
  }
  expect(await version(t)).toEqual({ listVersion: 5 })
  await isListed(t, 'A', true)
  await isListed(t, 'B', false)
})

octt('TC_043_3_CS Send Local List - Failed', async (t) => {
  await t.boots()
  await asksAboutStrangers(t)
  expect(await t.asks('SendLocalList', full(1, 'A'))).toEqual(accepted)
  const most = Number(await t.valueOf('SendLocalListMaxLength'))
  const tooMany = Array.from({ length: most + 1 }, (_, at) => `CARD${at}`)
  expect(await t.asks('SendLocalList', full(2, ...tooMany))).toEqual({ status: 'Failed' })
  expect(await version(t)).toEqual({ listVersion: 1 })
  await isListed(t, 'A', true)
  await isListed(t, 'CARD0', false)
})
