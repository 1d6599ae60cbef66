import { expect } from 'vitest'
import { minutes } from '../../../src/base/units.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

// Connector 0: a place is kept, no matter which.

const reserves = (t: Rig) => t.asks('ReserveNow', { connectorId: 0, expiryDate: t.time(minutes(30)), idTag: 'TAG1', reservationId: 7 })

octt('TC_049_CS Reserve charge point (connector 0) - transaction', async (t) => {
  await t.boots()
  expect(await t.valueOf('ReserveConnectorZeroSupported')).toBe('true')
  expect(await reserves(t)).toEqual({ status: 'Accepted' })
  await t.nothingMore()
  t.swipe('TAG1', 1)
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  t.plugIn()
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1', reservationId: 7 })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
})

octt('TC_050_1_CS Reserve charge point - Faulted', async (t) => {
  await t.boots()
  for (const connectorId of [1, 2]) {
    t.plant(connectorId).setFault('residualCurrent', true)
    await t.expects('StatusNotification', { connectorId, status: 'Faulted' })
  }
  expect(await reserves(t)).toEqual({ status: 'Faulted' })
  await t.nothingMore()
})

octt('TC_050_2_CS Reserve charge point - Occupied', async (t) => {
  await t.boots()
  for (const connectorId of [1, 2]) {
    t.plugIn(connectorId)
    await t.expects('StatusNotification', { connectorId, status: 'Preparing' })
  }
  expect(await reserves(t)).toEqual({ status: 'Occupied' })
  await t.nothingMore()
})

octt('TC_050_3_CS Reserve charge point - Unavailable', async (t) => {
  await t.boots()
  expect(await t.asks('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({ status: 'Accepted' })
  for (const connectorId of [0, 1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Unavailable' })
  expect(await reserves(t)).toEqual({ status: 'Unavailable' })
  await t.nothingMore()
})

octt(
  'TC_050_4_CS Reserve charge point - Rejected',
  async (t) => {
    await t.boots()
    expect(await t.valueOf('ReserveConnectorZeroSupported')).toBe('false')
    expect(await reserves(t)).toEqual({ status: 'Rejected' })
    await t.nothingMore()
  },
  { settings: { ReserveConnectorZeroSupported: 'false' } },
)
