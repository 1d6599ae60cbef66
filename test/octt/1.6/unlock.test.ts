import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import type { SimulatedBoard } from '../../../src/config/board.ts'
import { withEvses } from '../../stories/world.ts'
import { octt } from './octt.ts'

const socket = withEvses(1)
const fixedCable: SimulatedBoard = { ...socket, evses: socket.evses.map((evse) => ({ ...evse, cable: 'fixed' })) }

octt(
  'TC_017_1_CS Unlock connector - no session (not fixed cable)',
  async (t) => {
    await t.boots()
    expect(await t.asks('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
  },
  { board: socket },
)

octt(
  'TC_017_2_CS Unlock connector - no session (fixed cable)',
  async (t) => {
    await t.boots()
    expect(await t.asks('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'NotSupported' })
  },
  { board: fixedCable },
)

octt(
  'TC_018_1_CS Unlock connector - with session (not fixed cable)',
  async (t) => {
    await t.boots()
    const transactionId = await t.charges()
    const unlocking = t.asking('UnlockConnector', { connectorId: 1 })
    await t.expects('StopTransaction', { transactionId, reason: 'UnlockCommand' })
    await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
    expect(await unlocking.answer()).toEqual({ status: 'Unlocked' })
    expect(t.plant().lock).toBe('unlocked')
    t.unplug()
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
  },
  { board: socket },
)

octt(
  'TC_018_2_CS Unlock connector - with session (fixed cable)',
  async (t) => {
    await t.boots()
    await t.charges()
    expect(await t.asks('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'NotSupported' })
    await t.nothingMore(seconds(30))
    expect(t.plant().isClosed).toBe(true)
  },
  { board: fixedCable },
)

octt('TC_030_CS Unlock failure', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  t.plant().setFault('lock', true)
  const unlocking = t.asking('UnlockConnector', { connectorId: 1 })
  await t.expects('StopTransaction', { transactionId, reason: 'UnlockCommand' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  expect(await unlocking.answer(seconds(30))).toEqual({ status: 'UnlockFailed' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Faulted', errorCode: 'ConnectorLockFailure' }, seconds(60))
})

octt('TC_031_CS Unlock - unknown connector', async (t) => {
  await t.boots()
  for (const connectorId of [0, 3, 99]) expect(await t.asks('UnlockConnector', { connectorId })).toEqual({ status: 'NotSupported' })
  await t.nothingMore()
})
