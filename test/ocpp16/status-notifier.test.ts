import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { charging } from '../stories/asking.ts'
import { type RudeWorld, rudeWorld } from '../stories/hand-central.ts'

test('the same status is told again when what is said beside it changes', async () => {
  const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
  w.plant.suspend()
  await w.clock.advance(seconds(10))
  expect(w.csms.last(core.StatusNotification)).toMatchObject({ connectorId: 1, status: 'SuspendedEV' })
  w.plant.unplugEv()
  await w.clock.advance(seconds(10))
  expect(w.csms.last(core.StatusNotification)).toMatchObject({ connectorId: 1, status: 'SuspendedEV', info: 'EV side disconnected' })
})

describe('a status that the central system refuses', () => {
  /** Refuses every status of connector 1 from now on, or the first so many. */
  const refusing = async (most = Number.POSITIVE_INFINITY, ConnectionTimeOut = '0') => {
    const w = await rudeWorld({ settings: { ConnectionTimeOut } })
    let refused = 0
    w.hand.treat('StatusNotification', ({ id, payload }, polite, line) => {
      if (payload['connectorId'] === 1 && refused++ < most) line.refuse(id)
      else line.answer(id, polite)
    })
    return w
  }
  const told = ({ hand }: RudeWorld) =>
    hand
      .of('StatusNotification')
      .filter(({ payload }) => payload['connectorId'] === 1)
      .map(({ payload }) => payload['status'])

  test('is told again, once', async () => {
    const w = await refusing()
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    expect(told(w)).toEqual(['Available', 'Preparing'])
    await w.clock.advance(seconds(50))
    expect(told(w)).toEqual(['Available', 'Preparing', 'Preparing'])
  })
  test('is told again before one that may not follow on what was heard for certain', async () => {
    const w = await refusing(1, '5')
    w.plant.plugIn()
    await w.clock.advance(seconds(30))
    expect(told(w)).toEqual(['Available', 'Preparing', 'Preparing', 'Finishing'])
  })
  test('is not told again when it is the present one no more', async () => {
    const w = await refusing(1)
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    w.plant.unplug()
    await w.clock.advance(seconds(50))
    expect(told(w)).toEqual(['Available', 'Preparing', 'Available'])
  })
  test('is told on the next connection when that is sooner, and once more when it is refused there', async () => {
    const w = await refusing()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    w.network.cut()
    await w.until(() => told(w).length > 2)
    await w.clock.advance(seconds(40))
    expect(told(w)).toEqual(['Available', 'Preparing', 'Preparing', 'Preparing'])
    w.network.cut()
    await w.clock.advance(seconds(60))
    expect(told(w)).toHaveLength(4)
  })
})
