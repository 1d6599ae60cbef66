import { expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { charging } from '../stories/asking.ts'

test('the same status is told again when what is said beside it changes', async () => {
  const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
  w.plant.suspend()
  await w.clock.advance(seconds(10))
  expect(w.csms.last(core.StatusNotification)).toMatchObject({ connectorId: 1, status: 'SuspendedEV' })
  w.plant.unplugEv()
  await w.clock.advance(seconds(10))
  expect(w.csms.last(core.StatusNotification)).toMatchObject({ connectorId: 1, status: 'SuspendedEV', info: 'EV side disconnected' })
})
