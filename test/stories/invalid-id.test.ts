import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import type { SimulatedBoard } from '../../src/config/board.ts'
import { goDark } from './asking.ts'
import { socketBoard, world } from './world.ts'

// OCPP 1.6 §3.5.4, §9.1.14: what a transaction may still draw after its card was refused.

/** Started offline by a card that is blocked; one minute later the central system says so. */
const refused = async (settings: Readonly<Record<string, string>>, board: SimulatedBoard = socketBoard) => {
  const w = await world({
    board,
    settings: { StopTransactionOnInvalidId: 'false', AllowOfflineTxForUnknownId: 'true', ...settings },
    csms: { authorize: () => ({ status: 'Blocked' }) },
  })
  goDark(w)
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  expect(await w.swipe()).toBe('started')
  await w.clock.advance(minutes(1))
  w.network.dials('accept')
  await w.until(() => w.sent('StartTransaction').length === 1)
  const fromWh = w.core.meterWh(1)
  return { w, drawn: () => w.core.meterWh(1) - fromWh }
}

describe('MaxEnergyOnInvalidId', () => {
  test('0: no more energy from the refusal on', async () => {
    const { w, drawn } = await refused({ MaxEnergyOnInvalidId: '0' })
    await w.clock.advance(minutes(5))
    expect(w.status()).toBe('suspendedEvse')
    expect(w.sent('StopTransaction')).toEqual([])
    expect(drawn()).toBeLessThan(50)
  })
  test('so many Wh after the refusal, then SuspendedEVSE; the transaction goes on', async () => {
    const { w, drawn } = await refused({ MaxEnergyOnInvalidId: '500' })
    await w.clock.advance(seconds(30))
    expect(w.status()).toBe('charging')
    await w.until(() => w.status() === 'suspendedEvse', minutes(10))
    expect(drawn()).toBeGreaterThanOrEqual(500)
    // A meter is read each second, and a normal stop takes some: 22 kW are 6 Wh in a second.
    expect(drawn()).toBeLessThan(550)
    await w.clock.advance(minutes(10))
    expect(drawn()).toBeLessThan(550)
    expect(w.sent('StopTransaction')).toEqual([])
    expect(w.statuses().slice(-2)).toEqual(['Charging', 'SuspendedEVSE'])
  })
  test('so many Wh that nothing counts, because the meter is silent, are none', async () => {
    const { w } = await refused({ MaxEnergyOnInvalidId: '500' }, { ...socketBoard, safety: { onMeterLost: 'continue' } })
    await w.clock.advance(seconds(10))
    expect(w.status()).toBe('charging')
    w.plant.setFault('meterLost', true)
    await w.clock.advance(seconds(30))
    expect([w.status(), w.plant.isClosed, w.sent('StopTransaction')]).toEqual(['suspendedEvse', false, []])
  })
  test('with StopTransactionOnInvalidId=true the transaction ends at once', async () => {
    const { w, drawn } = await refused({ MaxEnergyOnInvalidId: '500', StopTransactionOnInvalidId: 'true' })
    await w.clock.advance(minutes(1))
    expect(w.sent('StopTransaction')).toHaveLength(1)
    expect(drawn()).toBeLessThan(50)
  })
})
