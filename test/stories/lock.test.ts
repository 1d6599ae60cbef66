import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { charging } from './asking.ts'
import { world } from './world.ts'

test('the plug is locked while it charges and free after the stop', async () => {
  const w = await charging()
  expect(w.plant.lock).toBe('locked')
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.plant.lock).toBe('unlocked')
})

test('pulled at the EV, the cable is free by itself', async () => {
  const w = await charging()
  w.plant.unplugEv()
  await w.clock.advance(seconds(10))
  expect(w.plant.lock).toBe('unlocked')
  expect(w.status()).toBe('finishing')
})

describe('with UnlockConnectorOnEVSideDisconnect=false', () => {
  const settings = { UnlockConnectorOnEVSideDisconnect: 'false' }
  const pulled = async () => {
    const w = await charging({ settings })
    w.plant.unplugEv()
    await w.clock.advance(seconds(30))
    return w
  }
  test('the cable stays locked until its card is shown', async () => {
    const w = await pulled()
    expect([w.status(), w.plant.lock]).toEqual(['finishing', 'locked'])
    const answer = w.swipe('tag1')
    await w.clock.advance(seconds(5))
    expect(await answer).toBe('unlocked')
    expect(w.plant.lock).toBe('unlocked')
  })
  test('or until UnlockConnector', async () => {
    const w = await pulled()
    const answer = w.core.unlock(1)
    await w.clock.advance(seconds(5))
    expect(await answer).toBe('unlocked')
    expect(w.plant.lock).toBe('unlocked')
  })
})

test('with StopTransactionOnEVSideDisconnect=false the cable stays locked, and charging goes on when it is plugged in again', async () => {
  const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
  w.plant.unplugEv()
  await w.clock.advance(seconds(60))
  expect([w.status(), w.plant.lock]).toEqual(['suspendedEv', 'locked'])
  w.plant.plugIn()
  await w.until(() => w.plant.isClosed)
  await w.clock.advance(seconds(30))
  expect(w.plant.lock).toBe('locked')
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.plant.lock).toBe('unlocked')
})

test('a core that dies does not keep the cable of a car that has left', async () => {
  const w = await charging()
  w.station.door.close()
  w.core.guard.withdraw = () => {}
  w.plant.unplugEv()
  await w.clock.advance(seconds(9))
  expect(w.plant.lock).toBe('locked')
  await w.clock.advance(seconds(5))
  expect(w.plant.lock).toBe('unlocked')
})

test('a car that is plugged in again at once keeps its lock', async () => {
  const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
  w.core.guard.withdraw = () => {}
  w.plant.unplugEv()
  await w.clock.advance(seconds(1))
  w.plant.plugIn()
  await w.clock.advance(seconds(20))
  expect([w.plant.isClosed, w.plant.lock]).toEqual([true, 'locked'])
})

test('a card that is refused afterwards gets its cable back by being shown again', async () => {
  let asked = 0
  const w = await world({ csms: { authorize: () => ({ status: ++asked === 1 ? 'Accepted' : 'Blocked' }) } })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.clock.advance(seconds(30))
  expect([w.status(), w.plant.lock]).toEqual(['finishing', 'locked'])
  const answer = w.swipe()
  await w.clock.advance(seconds(5))
  expect(await answer).toBe('unlocked')
  w.plant.unplug()
  await w.clock.advance(seconds(5))
  expect(w.status()).toBe('available')
})
