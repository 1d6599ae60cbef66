import { describe, expect, test } from 'vitest'
import type { PlantFault } from '../../hal/simulated/faults.ts'
import type { SimulatedBoardSpec } from '../../hal/simulated/spec.ts'
import type { SafetySettings } from '../../hal/types.ts'
import type { Fault } from '../../src/safety/port.ts'
import { outlet } from './outlet.ts'

/** A DC outlet of 50 kW, charging with `watts`. */
async function charges(watts: number, options: { safety?: Partial<SafetySettings>; board?: Partial<SimulatedBoardSpec> } = {}) {
  const o = outlet({ evse: { cable: 'fixed', dc: { maxWatts: 50_000 } }, ...options })
  let granted = watts
  const offer = () => o.offer({ amps: 0, watts: granted })
  await o.wait(1_000)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  offer()
  const renewal = o.clock.every('renewal of watts', 1_000, offer)
  await o.until(() => o.plant.isClosed, 5_000)
  await o.wait(3_000)
  return {
    ...o,
    get report() {
      return o.report
    },
    get powerW() {
      return o.report.reading?.powerW ?? 0
    },
    grant(next: number) {
      granted = next
      offer()
    },
    die: () => renewal.stop(),
  }
}

test('the duty cycle says nothing but 5 %, the watts go to the power stage, and no amperes are offered', async () => {
  const o = await charges(30_000)
  expect(o.plant.drive).toEqual({ kind: 'pwm', duty: 5 })
  expect(o.report).toMatchObject({ offered: 0, limit: 0, offeredWatts: 30_000, limitWatts: 50_000, faults: [], wantsEnergy: true })
  expect(o.powerW).toBeGreaterThan(29_500)
  expect(o.powerW).toBeLessThanOrEqual(30_000)
  expect(o.port.evses[0]?.dc).toEqual({ maxWatts: 50_000, leastWatts: 1_000, nominalVoltageV: 400 })
})

test('an offer of amperes closes nothing', async () => {
  const o = outlet({ evse: { cable: 'fixed', dc: { maxWatts: 50_000 } } })
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(32)
  await o.wait(10_000)
  expect(o.report).toMatchObject({ isOffering: false, contactor: 'open', transaction: undefined })
})

test('an outlet of amperes is not moved by watts', async () => {
  const o = outlet()
  o.plant.plugIn()
  await o.wait(1_000)
  o.offer({ amps: 10, watts: 50_000 })
  await o.wait(5_000)
  expect(o.report).toMatchObject({ offered: 10, limit: 32 })
  expect(o.report).not.toHaveProperty('offeredWatts')
})

test('less is said in the next tick, more at most once in 5 s, and never more than the board may', async () => {
  const o = await charges(30_000)
  o.grant(20_000)
  await o.wait(40)
  expect(o.report.offeredWatts).toBe(20_000)
  o.grant(90_000)
  await o.wait(4_900)
  expect(o.report.offeredWatts).toBe(20_000)
  await o.wait(200)
  expect(o.report.offeredWatts).toBe(50_000)
  await o.wait(8_000)
  expect(o.report.faults).toEqual([])
})

test('below 1 kW it pauses, and resumes above that in proportion to 6.5 A after 30 s', async () => {
  const o = await charges(30_000)
  o.grant(999)
  await o.until(() => !o.plant.isClosed, 7_000)
  expect(o.report).toMatchObject({ isOffering: false, isVoid: false, offeredWatts: 0, transaction: 'tx' })
  o.grant(1_080)
  await o.wait(40_000)
  expect(o.report.isOffering).toBe(false)
  o.grant(1_084)
  await o.until(() => o.plant.isClosed, 7_000)
})

describe('heat', () => {
  test('takes the power down in proportion to a least one', async () => {
    const o = await charges(50_000, { safety: { derateFromC: 30, derateToC: 40, resumeBelowC: 25 } })
    o.plant.setAmbient(36)
    await o.until(() => (o.report.limitWatts ?? 0) < 40_000, 1_200_000)
    await o.wait(2_000)
    expect(o.powerW).toBeLessThan(40_000)
    o.plant.setAmbient(60)
    await o.until(() => o.report.limitWatts === 1_000, 2_400_000)
    expect(o.report).toMatchObject({ contactor: 'closed', faults: [] })
  })
  test('that is not known leaves half', async () => {
    const o = await charges(50_000)
    o.plant.setFault('temperatureSensor', true)
    await o.wait(1_500)
    expect(o.report).toMatchObject({ limitWatts: 25_000, faults: [] })
    expect(o.powerW).toBeLessThanOrEqual(25_000)
  })
})

test('a contact from outside counts as the power of its amperes in the supply', async () => {
  const o = await charges(50_000, { board: { limitInputs: [{ amps: 10 }] } })
  o.plant.setFault('limitInput', true)
  await o.wait(1_500)
  expect(o.report).toMatchObject({ limitWatts: 6_900, offeredWatts: 6_900, faults: [] })
})

describe('faults', () => {
  test.each<[PlantFault, number]>([
    ['emergencyStop', 120],
    ['residualCurrent', 120],
    ['protectiveEarth', 120],
    ['pilotShort', 120],
    ['overTemperature', 120],
  ])('%s opens at once', async (fault, within) => {
    const o = await charges(30_000)
    o.plant.setFault(fault, true)
    await o.until(() => !o.plant.isClosed, within)
    await o.until(() => o.report.faults.includes(fault as Fault), 200)
    expect(o.report).toMatchObject({ isVoid: true, offeredWatts: 0 })
  })
  test('power beyond the offer opens within seconds', async () => {
    const o = await charges(20_000)
    o.plant.setFault('overCurrent', true)
    expect(await o.until(() => !o.plant.isClosed, 4_000)).toBeGreaterThan(900)
    expect(o.report.faults).toEqual(['overCurrent'])
  })
  test('power a little beyond the offer is stopped after 7 s', async () => {
    const o = await charges(20_000)
    o.plant.setFault('evNotFollowing', true)
    expect(await o.until(() => o.report.faults.includes('evNotFollowing'), 12_000)).toBeGreaterThan(5_000)
    await o.until(() => !o.plant.isClosed, 7_000)
  })
  test('a weld is one here too', async () => {
    const o = await charges(20_000)
    o.plant.setFault('weld', true)
    o.plant.unplug()
    await o.until(() => o.report.faults.includes('weld'), 2_000)
  })
  test.each<PlantFault>(['voltage', 'phaseLoss'])('%s of the mains is not seen behind a power stage', async (fault) => {
    const o = await charges(20_000, { safety: { openPen: true } })
    o.plant.setFault(fault, true)
    await o.wait(20_000)
    expect(o.report).toMatchObject({ contactor: 'closed', faults: [] })
  })
})

test('the end of the lease is a normal stop', async () => {
  const o = await charges(20_000)
  o.die()
  await o.until(() => !o.plant.isClosed, 12_000)
  expect(o.report).toMatchObject({ faults: [], offeredWatts: 0 })
})
