import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { twoPrograms } from '../run/two-programs.ts'
import { charging } from './asking.ts'
import { killed } from './restarts.ts'
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

describe('a cable that is kept locked for its card', () => {
  const held = { UnlockConnectorOnEVSideDisconnect: 'false' }
  test('is given back at the second try when the first one fails', async () => {
    const w = await charging({ settings: held })
    w.plant.unplugEv()
    await w.clock.advance(seconds(30))
    w.plant.setFault('lock', true)
    const first = w.swipe()
    await w.clock.advance(seconds(10))
    expect(await first).toBe('noEvse')
    w.plant.setFault('lock', false)
    await w.clock.advance(seconds(10))
    const second = w.swipe()
    await w.clock.advance(seconds(10))
    expect(await second).toBe('unlocked')
  })
  test('is given back by a core that is started anew, and its card charges again after that', async () => {
    const w = await twoPrograms({ settings: held })
    await w.charge()
    w.plant.unplugEv()
    await w.clock.advance(seconds(30))
    w.core.kill()
    const { core } = (await w.startCore()).station
    await w.clock.advance(seconds(5))
    expect(w.plant.lock).toBe('locked')
    const back = core.present('tag1', 1)
    await w.clock.advance(seconds(5))
    expect([await back, w.plant.lock]).toEqual(['unlocked', 'unlocked'])
    w.plant.unplug()
    await w.clock.advance(seconds(2))
    const next = core.present('TAG1', 1)
    await w.clock.advance(seconds(1))
    expect(await next).toBe('waiting')
  })
  test("is nobody's any more when the guard was started anew too", async () => {
    const first = await charging({ settings: held })
    first.plant.unplugEv()
    await first.clock.advance(seconds(30))
    const w = await killed(first, { isPlugged: true })
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('started')
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

test('another card of its group gets it back too (errata 3.5)', async () => {
  let asked = 0
  const w = await world({
    csms: {
      authorize: (card) => ({ status: card === 'ANNA' && ++asked > 1 ? 'Blocked' : 'Accepted', parentIdTag: 'FAMILY' }),
    },
  })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe('ANNA')
  await w.clock.advance(seconds(30))
  expect([w.status(), w.plant.lock]).toEqual(['finishing', 'locked'])
  const answer = w.swipe('BERT')
  await w.clock.advance(seconds(5))
  expect([await answer, w.plant.lock]).toEqual(['unlocked', 'unlocked'])
  expect(w.sent('StartTransaction')).toHaveLength(1)
})

test('a lock that fails leaves no transaction behind', async () => {
  const w = await world()
  w.plant.setFault('lock', true)
  await w.swipe()
  w.plant.plugIn()
  await w.clock.advance(seconds(60))
  expect(w.statuses()).toEqual(['Available', 'Preparing', 'Faulted'])
  expect(w.sent('StartTransaction')).toEqual([])
})

test('a card that is shown before the plug is locked waits for that, and not for a cable', async () => {
  const w = await world()
  w.plant.plugIn()
  await w.clock.advance(100)
  expect(await w.swipe()).toBe('locking')
  await w.until(() => w.status() === 'charging', seconds(20))
})

test('a plug that is unlocked before its card comes is locked for the session', async () => {
  const w = await world()
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  void w.core.unlock(1)
  await w.clock.advance(seconds(2))
  expect(w.plant.lock).toBe('unlocked')
  await w.swipe()
  await w.until(() => w.status() === 'charging', seconds(40))
  expect(w.plant.lock).toBe('locked')
})
