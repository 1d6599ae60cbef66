import { expect, test } from 'vitest'
import { outlet } from './outlet.ts'

test('a reduction is said in the next tick, increases at most one per 5 s', async () => {
  const o = outlet()
  await o.charge(16)
  await o.wait(5_000)
  o.grant(10)
  await o.wait(40)
  expect(o.report.offered).toBe(10)
  o.grant(8)
  await o.wait(40)
  expect(o.report.offered).toBe(8)
  o.grant(20)
  await o.wait(4_900)
  expect(o.report.offered).toBe(8)
  await o.wait(200)
  expect(o.report.offered).toBe(20)
  o.grant(32)
  await o.wait(4_800)
  expect(o.report.offered).toBe(20)
  await o.wait(200)
  expect(o.report.offered).toBe(32)
})

test('below 6 A charging pauses, and resumes at 6.5 A after 30 s', async () => {
  const o = outlet()
  await o.charge(16)
  o.grant(5.9)
  await o.until(() => !o.plant.isClosed, 1_000)
  expect(o.report).toMatchObject({ isOffering: false, isVoid: false, transaction: 'tx' })
  o.grant(6.4)
  await o.wait(40_000)
  expect(o.report.isOffering).toBe(false)
  o.grant(6.5)
  await o.until(() => o.plant.isClosed, 2_000)

  await o.wait(10_000)
  o.grant(0)
  await o.wait(1_000)
  o.grant(16)
  expect(await o.until(() => o.report.isOffering, 40_000)).toBeGreaterThan(28_900)
})

test('the first start of a session does not wait, whatever it was offered before', async () => {
  const o = outlet()
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(0)
  await o.wait(5_000)
  o.grant(6)
  expect(await o.until(() => o.plant.isClosed, 5_000)).toBeLessThan(1_000)
})

test('power flows within a second of the first offer, and the amperes times volts are what the register counts', async () => {
  const o = outlet()
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(16)
  await o.until(() => (o.plant.amps[0] ?? 0) > 15, 1_000)
  const readings = () => [...new Set(o.reports.map((each) => each.reading).filter((each) => each !== undefined))]
  await o.wait(60_000)
  const seen = readings()
  let wh = seen[0]?.importWh ?? 0
  for (const [at, each] of seen.entries()) {
    const span = Math.min(1_000, each.at - (seen[at - 1]?.at ?? each.at))
    wh += each.phases.reduce((sum, { voltageV = 0, currentA = 0 }) => sum + (voltageV * currentA * span) / 3_600_000, 0)
  }
  expect(wh).toBeCloseTo(seen.at(-1)?.importWh ?? 0, 6)
  expect(wh).toBeGreaterThan(150)
})

test.each([0, 1_000, 2_700, 5_000])('an EV that follows after %d ms is no fault, in one step or in a staircase', async (reaction) => {
  const o = outlet()
  o.plant.setEv({ reaction })
  await o.wait(1_000)
  o.plant.plugIn()
  await o.wait(1_000)
  o.grant(32)
  await o.until(() => (o.plant.amps[0] ?? 0) > 30, 10_000)
  for (const [wait, amps] of [
    [3_330, 6],
    [20_000, 32],
    [11_170, 20],
    [8_010, 10],
  ] as const) {
    await o.wait(wait)
    o.grant(amps)
  }
  await o.wait(20_000)
  o.grant(32)
  await o.wait(20_010)
  for (let amps = 31; amps >= 6; amps--) {
    o.grant(amps)
    await o.wait(700)
  }
  await o.wait(20_000)
  expect(o.reports.flatMap((each) => each.faults)).toEqual([])
  expect(o.plant.isClosed).toBe(true)
})

test('the cable bounds the current', async () => {
  const o = outlet({ evse: { maxAmps: 63 } })
  await o.charge(63)
  expect(o.report).toMatchObject({ limit: 32, offered: 32 })
})

test('the least contact from outside that is active is a limit at once, and its end is followed as any increase is', async () => {
  const o = outlet({ board: { limitInputs: [{ amps: 16 }, { amps: 10, evse: 1 }, { amps: 8, evse: 2 }] } })
  await o.charge(20)
  await o.wait(5_000)
  o.plant.setFault('limitInput', true)
  await o.wait(40)
  expect(o.report).toMatchObject({ limit: 10, offered: 10 })
  o.plant.setFault('limitInput', false)
  await o.wait(40)
  expect(o.report).toMatchObject({ limit: 32, offered: 10 })
  await o.wait(5_000)
  expect(o.report.offered).toBe(20)
})

test('a contact from outside that leaves less than 6 A pauses', async () => {
  const o = outlet({ board: { limitInputs: [{ amps: 4.2 }] } })
  await o.charge(16)
  o.plant.setFault('limitInput', true)
  await o.until(() => !o.plant.isClosed, 1_000)
  expect(o.report).toMatchObject({ limit: 4.2, isOffering: false, isVoid: false, faults: [] })
  o.plant.setFault('limitInput', false)
  await o.wait(28_000)
  expect(o.report.isOffering).toBe(false)
  await o.until(() => o.plant.isClosed, 5_000)
})
