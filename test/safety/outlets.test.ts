import { describe, expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'
import { volatileLatch } from '../../src/safety/latch.ts'
import { outlet } from './outlet.ts'

/** Rule 20: outlets that lack something. */

describe('a household socket without a control pilot', () => {
  const socket = () => outlet({ evse: { lacks: ['pilot'], maxAmps: 16 } })
  test('charges what is plugged in, with none of the interlocks of a pilot', async () => {
    const o = socket()
    await o.charge(16)
    await o.wait(600_000)
    expect(o.report).toMatchObject({ contactor: 'closed', faults: [], limit: 16 })
    expect(o.plant.amps[0]).toBeGreaterThan(15)
  })
  test('is not woken, and waits for nobody at the end', async () => {
    const o = socket()
    await o.charge(16)
    o.withdraw()
    expect(await o.until(() => !o.plant.isClosed, 200)).toBeLessThan(100)
    await o.until(() => o.report.lock === 'unlocked', 5_000)
  })
  test('opens when the plug is pulled, and for what draws too much', async () => {
    const o = socket()
    await o.charge(16)
    o.plant.setFault('overCurrent', true)
    await o.until(() => !o.plant.isClosed, 4_000)
    expect(o.report.faults).toEqual(['overCurrent'])
    o.plant.setFault('overCurrent', false)
    o.plant.unplugEv()
    await o.until(() => o.report.faults.length === 0, 1_000)
    o.die()
    o.plant.plugIn()
    await o.wait(1_000)
    o.grant(16)
    await o.until(() => o.plant.isClosed, 6_000)
    o.plant.unplugEv()
    await o.until(() => !o.plant.isClosed, 100)
  })
})

test('without the negative half of the pilot there is no diode check', async () => {
  const o = outlet({ evse: { lacks: ['negativePeak'] } })
  o.plant.setFault('diode', true)
  await o.charge()
  await o.wait(10_000)
  expect(o.report.faults).toEqual([])
})

describe('an outlet without a mirror contact', () => {
  test('says so, and in the log', () => {
    const lines: unknown[] = []
    const log = { ...silentLog, warn: (fields: object, event: string) => lines.push({ ...fields, event }) }
    const clock = simulatedClock()
    const evses = [
      { maxAmps: 16, phases: 1, cable: 'fixed', lacks: ['mirror'] },
      { maxAmps: 16, phases: 1, cable: 'fixed' },
    ] as const
    const { board } = simulatedBoard({ name: 'test', kind: 'simulated', evses }, clock)
    const port = guard(board, clock, { ...log, with: () => log })
    expect(port.evses.map((each) => each.hasMirror)).toEqual([false, true])
    expect(lines).toEqual([{ evse: 1, hasMeter: true, event: 'no mirror contact: nothing but the meter tells a welded contactor' }])
  })
  test('charges and stops, and a weld is seen by the current', async () => {
    const o = outlet({ evse: { lacks: ['mirror'] } })
    await o.charge()
    expect(o.report.contactor).toBe('closed')
    o.plant.setEv({ stopReaction: 60_000 })
    o.plant.setFault('weld', true)
    o.withdraw()
    await o.until(() => o.report.faults.includes('weld'), 12_000)
    expect(o.report.faults).toEqual(['weld', 'currentWhileOpen'])
    expect(o.plant.lock).toBe('locked')
  })
})

describe('a shunt trip', () => {
  test('is fired for 1 s by a weld, once for each that latches, and not again by a restart', async () => {
    const latch = volatileLatch()
    const o = outlet({ evse: { has: ['shuntTrip'] }, guard: { latch } })
    const coil = o.world.board.evses[0]?.shuntTrip
    let pulses = 0
    let before = false
    o.clock.every('look', 10, () => {
      const now = coil?.isOn === true
      if (now && !before) pulses++
      before = now
    })
    await o.charge()
    o.plant.setFault('weld', true)
    o.withdraw()
    await o.until(() => coil?.isOn === true, 2_000)
    expect(o.report.faults).toContain('weld')
    const lasted = await o.until(() => coil?.isOn === false, 1_100)
    expect(lasted).toBeGreaterThanOrEqual(980)
    expect(o.plant.faults.has('mainsOff')).toBe(true)
    await o.wait(60_000)
    expect(pulses).toBe(1)
    expect((await o.port.serviceData(1)).shuntFired).toBe(true)
    o.port.close()

    const next = outlet({ evse: { has: ['shuntTrip'] }, guard: { latch } })
    await next.wait(60_000)
    expect(next.report.faults).toEqual(['weld'])
    expect(next.plant.faults.has('mainsOff')).toBe(false)
    // Mended, and cleared: the next weld is another one.
    next.port.clear(1)
    await next.wait(100)
    expect((await next.port.serviceData(1)).shuntFired).toBe(false)
    await next.charge()
    next.plant.setFault('weld', true)
    next.withdraw()
    await next.until(() => next.plant.faults.has('mainsOff'), 2_000)
  })
  test('is fired by a current without a mirror contact, too, and left OFF by a guard that ends', async () => {
    const o = outlet({ evse: { has: ['shuntTrip'] } })
    await o.charge()
    o.plant.setFault('currentWhileOpen', true)
    o.withdraw()
    await o.until(() => o.plant.faults.has('mainsOff'), 6_000)
    o.port.close()
    expect(o.world.board.evses[0]?.shuntTrip?.isOn).toBe(false)
  })
})
