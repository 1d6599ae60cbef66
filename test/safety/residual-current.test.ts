import { describe, expect, test } from 'vitest'
import type { ResidualCurrent } from '../../hal/types.ts'
import { outlet } from './outlet.ts'

/** Rule 13. */

/** How many times the residual current device was tested. */
function testsOf({ world }: ReturnType<typeof outlet>): () => number {
  const device = world.board.evses[0]?.controller.residualCurrent as ResidualCurrent
  const begin = device.test
  let tests = 0
  Object.assign(device, {
    test() {
      tests++
      begin()
    },
  })
  return () => tests
}

describe('a trip of the residual current device', () => {
  const tripped = async (market: 'eu' | 'us') => {
    const o = outlet({ board: { market } })
    o.plant.setEv({ batteryWh: 1e9 })
    const tests = testsOf(o)
    await o.charge()
    return {
      ...o,
      tests,
      async trip() {
        o.plant.setFault('residualCurrent', true)
        await o.until(() => !o.plant.isClosed, 100)
        o.plant.setFault('residualCurrent', false)
      },
      get report() {
        return o.report
      },
    }
  }
  test('is over by itself after 5 min in the US market, three times, and then when the EV leaves', async () => {
    const o = await tripped('us')
    for (let times = 0; times < 3; times++) {
      await o.trip()
      await o.wait(299_000)
      expect(o.report.faults).toEqual(['residualCurrent'])
      await o.wait(1_100)
      expect(o.report.faults).toEqual([])
      o.port.adopt(1, o.report.plugIn, 'tx')
      await o.until(() => o.plant.isClosed, 3_000)
    }
    // One at boot, one at the plug-in, and one before each closing after a trip.
    expect(o.tests()).toBe(5)
    await o.trip()
    await o.wait(3_600_000)
    expect(o.report.faults).toEqual(['residualCurrent'])
    o.plant.unplugEv()
    await o.until(() => o.report.faults.length === 0, 1_000)
  })
  test('lasts until the EV leaves elsewhere', async () => {
    const o = await tripped('eu')
    await o.trip()
    await o.wait(3_600_000)
    expect(o.report.faults).toEqual(['residualCurrent'])
  })
  test('is not let go by a service action from afar: whoever holds the core could close again and again', async () => {
    const o = await tripped('eu')
    await o.trip()
    o.port.clear(1)
    await o.wait(10_000)
    expect(o.report.faults).toEqual(['residualCurrent'])
  })
})

test('the residual current device is tested at boot, at the plug-in, and before a further session of it', async () => {
  const o = outlet({ evse: { cable: 'fixed' } })
  const tests = testsOf(o)
  await o.wait(1_000)
  expect(tests()).toBe(1)
  await o.charge()
  expect(tests()).toBe(2)
  o.port.adopt(1, 1, 'tx')
  o.withdraw()
  await o.wait(10_000)
  expect(tests()).toBe(2)
  o.port.adopt(1, 1, 'next')
  await o.wait(1_000)
  expect(tests()).toBe(3)
  // One that fails there forbids the session.
  o.plant.setFault('residualSelfTest', true)
  o.port.adopt(1, 1, 'third')
  await o.until(() => o.report.faults.includes('residualSelfTest'), 2_000)
})
