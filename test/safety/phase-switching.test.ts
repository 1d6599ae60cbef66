import { describe, expect, test } from 'vitest'
import { outlet } from './outlet.ts'

/** Rule 17. */
async function charging(phases: 1 | 3 = 3, phaseSwitching: 'on' | 'off' = 'on') {
  const o = outlet({ evse: { has: ['phaseSwitch'] }, safety: { phaseSwitching } })
  o.plant.setEv({ batteryWh: 1e9 })
  await o.wait(1_000)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  let wanted = phases
  let sequence = 100
  const offer = () => o.offer({ phases: wanted, sequence: ++sequence })
  offer()
  o.clock.every('renewal', 1_000, offer)
  await o.until(() => o.plant.isClosed, 30_000)
  await o.wait(3_000)
  return {
    o,
    want(next: 1 | 3) {
      wanted = next
      offer()
    },
  }
}

describe('a change of the phases', () => {
  test('is a pause with 10 s before and after the switch, under no load, and charging goes on', async () => {
    const { o, want } = await charging()
    expect(o.report.phases).toBe(3)
    expect(o.plant.amps.filter((each) => each > 1)).toHaveLength(3)
    want(1)
    await o.until(() => o.plant.drive.kind === 'steady', 40)
    const open = await o.until(() => !o.plant.isClosed, 6_500)
    expect(o.plant.phases).toBe(3)
    const before = await o.until(() => o.plant.phases === 1, 12_000)
    expect(before).toBeGreaterThanOrEqual(9_990)
    // The meter shows the last current for up to two seconds.
    expect(open + before).toBeLessThan(12_500)
    expect(o.plant.amps).toEqual([0, 0, 0])
    expect(o.plant.drive.kind).toBe('steady')
    expect(await o.until(() => o.plant.drive.kind === 'pwm', 12_000)).toBeGreaterThanOrEqual(9_990)
    await o.until(() => o.plant.isClosed, 2_000)
    await o.wait(3_000)
    expect(o.plant.amps.filter((each) => each > 1)).toHaveLength(1)
    expect(o.report).toMatchObject({ phases: 1, isVoid: false, transaction: 'tx', faults: [] })
    want(3)
    await o.until(() => o.plant.phases === 3, 30_000)
    await o.until(() => o.plant.isClosed, 30_000)
  })
  test('that is taken back before the switch ends the pause', async () => {
    const { o, want } = await charging()
    want(1)
    await o.wait(5_000)
    want(3)
    await o.until(() => o.plant.isClosed, 8_000)
    expect(o.plant.phases).toBe(3)
  })
  test('waits while current flows or the contacts do not open', async () => {
    const { o, want } = await charging()
    o.plant.setFault('weld', true)
    want(1)
    await o.wait(60_000)
    expect(o.plant.isClosed).toBe(true)
    expect(o.plant.phases).toBe(3)
  })
  test('that the switch does not follow is given up until the next plug-in', async () => {
    const { o, want } = await charging()
    o.plant.setFault('phaseSwitch', true)
    want(1)
    await o.until(() => !o.plant.isClosed, 2_000)
    await o.until(() => o.plant.isClosed, 30_000)
    expect(o.report.phases).toBe(3)
    await o.wait(60_000)
    expect(o.plant.isClosed).toBe(true)
  })
  test('is ignored where the board does not allow it', async () => {
    const { o, want } = await charging(3, 'off')
    expect(o.port.evses[0]?.switchesPhases).toBe(false)
    want(1)
    await o.wait(60_000)
    expect(o.report).toMatchObject({ phases: 3, contactor: 'closed' })
    expect(o.plant.phases).toBe(3)
  })
  test('before the first start needs no second wait: nothing has flowed for long', async () => {
    const o = outlet({ evse: { has: ['phaseSwitch'] }, safety: { phaseSwitching: 'on' } })
    await o.wait(20_000)
    o.plant.plugIn()
    await o.wait(1_000)
    o.offer({ phases: 1 })
    await o.wait(40)
    expect(o.plant.phases).toBe(1)
    expect(o.report.isOffering).toBe(false)
    await o.wait(9_900)
    expect(o.report.isOffering).toBe(false)
  })
})
