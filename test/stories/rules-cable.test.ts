import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { answered, ask, charging } from './asking.ts'
import { socketBoard, type World, world } from './world.ts'

// OCPP 1.6 §4.10, §5.18, errata 3.5 and 3.83: what becomes of the cable.

const fixedCable = { ...socketBoard, evses: socketBoard.evses.map((evse) => ({ ...evse, cable: 'fixed' as const })) }

describe('UnlockConnector', () => {
  const unlock = (w: World, connectorId: number) => ask(w, w.csms.call('CP-1', core.UnlockConnector, { connectorId }), seconds(15))
  test('without a transaction unlocks', async () => {
    expect(await unlock(await world(), 1)).toMatchObject(answered('Unlocked'))
  })
  test('during a transaction ends it first, then unlocks', async () => {
    const w = await charging()
    expect(w.plant.lock).toBe('locked')
    expect(await unlock(w, 1)).toMatchObject(answered('Unlocked'))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'UnlockCommand' })
    expect(w.plant.lock).toBe('unlocked')
  })
  test.each([0, 2, -1])('connector %i, which is none, is NotSupported', async (connector) => {
    expect(await unlock(await world(), connector)).toMatchObject(answered('NotSupported'))
  })
  test('a fixed cable is NotSupported, and its transaction goes on', async () => {
    const w = await charging({ board: fixedCable })
    expect(await unlock(w, 1)).toMatchObject(answered('NotSupported'))
    expect(w.status()).toBe('charging')
  })
  test('a lock that does not move is UnlockFailed', async () => {
    const w = await charging()
    w.plant.setFault('lock', true)
    expect(await unlock(w, 1)).toMatchObject(answered('UnlockFailed'))
  })
  test('a welded contactor is UnlockFailed', async () => {
    const w = await charging()
    w.plant.setFault('weld', true)
    expect(await unlock(w, 1)).toMatchObject(answered('UnlockFailed'))
    expect(w.plant.lock).toBe('locked')
  })
})

describe('the cable is pulled at the car', () => {
  test('StopTransactionOnEVSideDisconnect=false: it stays locked in the socket whatever the other key says', async () => {
    const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false', UnlockConnectorOnEVSideDisconnect: 'true' } })
    w.plant.unplugEv()
    await w.clock.advance(minutes(5))
    expect(w.plant.lock).toBe('locked')
    expect(w.statuses().at(-1)).toBe('SuspendedEV')
    expect(await w.swipe()).toBe('stopped')
    await w.clock.advance(seconds(10))
    expect(w.plant.lock).toBe('unlocked')
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'Local' })
  })
  test('UnlockConnectorOnEVSideDisconnect=false: the transaction ends and the cable stays until its owner shows the card', async () => {
    const w = await charging({ settings: { UnlockConnectorOnEVSideDisconnect: 'false' } })
    w.plant.unplugEv()
    await w.clock.advance(seconds(30))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'EVDisconnected' })
    expect([w.plant.lock, w.statuses().at(-1)]).toEqual(['locked', 'Finishing'])
    const back = w.swipe()
    await w.clock.advance(seconds(5))
    expect([await back, w.plant.lock]).toEqual(['unlocked', 'unlocked'])
  })
  test('a normal stop unlocks', async () => {
    const w = await charging()
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.plant.lock).toBe('unlocked')
  })
})
