import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt('TC_041_CS Fault behaviour', async (t) => {
  await t.boots()
  t.plant().setFault('residualCurrent', true)
  await t.expects('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'GroundFailure' })
  t.plugIn()
  t.swipe('TAG1', 1)
  await t.nothingMore(seconds(30))
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Rejected' })
  await t.nothingMore(seconds(30))
  expect(t.plant().wh).toBe(0)
  // The other connector charges all the same.
  await t.charges('TAG2', 2)
})
