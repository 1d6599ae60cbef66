import { describe, expect, test } from 'vitest'
import type { PlantFault } from '../../hal/simulated/faults.ts'
import type { Fault } from '../../src/safety/port.ts'
import { outlet } from './outlet.ts'

/** While charging: how soon the contacts must be open (ms), and how the fault goes away after its cause is gone. */
const whileCharging: readonly { cause: PlantFault; fault: Fault; within: number; clears: 'gone' | 'unplug' | 'service'; clearedWithin?: number }[] = [
  { cause: 'emergencyStop', fault: 'emergencyStop', within: 100, clears: 'gone', clearedWithin: 100 },
  { cause: 'residualCurrent', fault: 'residualCurrent', within: 100, clears: 'unplug' },
  { cause: 'protectiveEarth', fault: 'protectiveEarth', within: 100, clears: 'unplug' },
  { cause: 'pilotShort', fault: 'pilotShort', within: 100, clears: 'unplug' },
  { cause: 'diode', fault: 'diode', within: 200, clears: 'unplug' },
  { cause: 'pilotStale', fault: 'pilotStale', within: 160, clears: 'gone', clearedWithin: 1_100 },
  { cause: 'ventilation', fault: 'ventilation', within: 100, clears: 'unplug' },
  { cause: 'overTemperature', fault: 'overTemperature', within: 100, clears: 'gone', clearedWithin: 100 },
  { cause: 'board', fault: 'board', within: 100, clears: 'service' },
  { cause: 'noClose', fault: 'noClose', within: 100, clears: 'gone', clearedWithin: 5_100 },
  // An EV may draw too much for a second, by a meter that shows the mean of its last one.
  { cause: 'overCurrent', fault: 'overCurrent', within: 3_200, clears: 'unplug' },
  { cause: 'evNotFollowing', fault: 'evNotFollowing', within: 9_500, clears: 'unplug' },
  // Normal stops: X1, and the EV opens S2.
  { cause: 'tamper', fault: 'tamper', within: 500, clears: 'service' },
  { cause: 'meterLost', fault: 'meterLost', within: 5_500, clears: 'gone', clearedWithin: 100 },
  { cause: 'phaseLoss', fault: 'phaseLoss', within: 3_500, clears: 'gone', clearedWithin: 12_000 },
  { cause: 'voltage', fault: 'voltage', within: 11_500, clears: 'gone', clearedWithin: 21_000 },
  { cause: 'mainsOff', fault: 'voltage', within: 11_500, clears: 'gone', clearedWithin: 21_000 },
]

describe.each(whileCharging)('$cause while charging', ({ cause, fault, within, clears, clearedWithin }) => {
  test(`opens the contacts within ${within} ms, voids the offer, and clears by ${clears}`, async () => {
    const o = outlet()
    await o.charge(16)
    o.plant.setFault(cause, true)
    await o.until(() => !o.plant.isClosed, within)
    await o.until(() => o.report.faults.includes(fault), 1_000)
    expect(o.report.isVoid).toBe(true)
    expect(o.report.isOffering).toBe(false)
    // The core goes on renewing: nothing closes.
    await o.wait(20_000)
    expect(o.plant.isClosed).toBe(false)
    expect(o.report.isOffering).toBe(false)

    o.plant.setFault(cause, false)
    if (clears === 'gone') {
      await o.until(() => !o.report.faults.includes(fault), clearedWithin)
      await o.wait(10_000)
      expect(o.plant.isClosed, 'a void offer is not taken up again').toBe(false)
      o.port.adopt(1, o.report.plugIn, 'tx')
      await o.until(() => o.plant.isClosed, 15_000)
      return
    }
    await o.wait(30_000)
    expect(o.report.faults).toContain(fault)
    if (clears === 'service') o.port.clear(1)
    else o.plant.unplugEv()
    await o.until(() => !o.report.faults.includes(fault), 1_000)
  })
})

test.each(['emergencyStop', 'residualCurrent', 'diode', 'protectiveEarth'] as const)('%s shows state F for 300 ms in the tick that opens', async (cause) => {
  const o = outlet()
  await o.charge()
  o.plant.setFault(cause, true)
  await o.until(() => o.plant.drive.kind === 'fault', 200)
  expect(o.plant.isClosed).toBe(true)
  expect(await o.until(() => !o.plant.isClosed, 60)).toBeLessThanOrEqual(45)
  expect(o.plant.drive.kind).toBe('fault')
  await o.until(() => o.plant.drive.kind === 'steady', 400)
})

test('a wrong cable is never charged through, and is told of', async () => {
  const o = outlet()
  o.plant.setFault('proximity', true)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  o.grant(16)
  await o.until(() => o.report.faults.includes('proximity'), 1_000)
  await o.wait(20_000)
  expect(o.reports.some((each) => each.contactor === 'closed')).toBe(false)
  o.plant.unplug()
  await o.until(() => o.report.faults.length === 0, 1_000)
})

/** A car that may charge, at an outlet whose residual current device does not trip in its test. */
async function plugsWithoutTrip() {
  const o = outlet()
  await o.wait(1_000)
  o.plant.setFault('residualSelfTest', true)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  o.grant(16)
  return o
}

test('a residual current device that does not trip in its test forbids charging until one passes', async () => {
  const o = await plugsWithoutTrip()
  await o.until(() => o.report.faults.includes('residualSelfTest'), 2_000)
  await o.wait(20_000)
  expect(o.reports.some((each) => each.contactor === 'closed')).toBe(false)
  o.plant.setFault('residualSelfTest', false)
  o.port.clear(1)
  await o.until(() => o.report.faults.length === 0, 1_000)
})

test('a self-test whose trip was missed is done again before it counts, and nothing closes meanwhile', async () => {
  const o = await plugsWithoutTrip()
  await o.wait(700)
  expect(o.plant.isClosed).toBe(false)
  o.plant.setFault('residualSelfTest', false)
  await o.until(() => o.plant.isClosed, 5_000)
  expect(o.reports.flatMap((each) => each.faults)).toEqual([])
})

test('a lock that does not move forbids charging', async () => {
  const o = outlet()
  o.plant.setFault('lock', true)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  o.grant(16)
  await o.until(() => o.report.faults.includes('lock'), 12_000)
  expect(o.reports.some((each) => each.contactor === 'closed')).toBe(false)
  o.port.clear(1)
  await o.until(() => o.report.faults.length === 0, 100)
  await o.until(() => o.report.faults.includes('lock'), 12_000)
})

test.each(['the EV leaves', 'service'])('a third failed close in one plug-in is a fault until %s', async (end) => {
  const o = outlet()
  o.plant.setFault('noClose', true)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  o.grant(16)
  for (let times = 0; times < 2; times++) {
    await o.until(() => o.report.faults.includes('noClose'), 10_000)
    await o.until(() => o.report.faults.length === 0, 5_500)
    o.port.adopt(1, o.report.plugIn, 'tx')
  }
  await o.until(() => o.report.faults.includes('noClose'), 10_000)
  await o.wait(60_000)
  expect(o.report.faults).toContain('noClose')
  if (end === 'service') o.port.clear(1)
  else o.plant.unplugEv()
  await o.until(() => o.report.faults.length === 0, 1_000)
})

test('heat derates down to 6 A before it stops', async () => {
  const o = outlet()
  await o.charge(32)
  const seen: number[] = []
  o.port.reported.on((report) => seen.push(report.limit))
  o.plant.setAmbient(44.8)
  await o.until(() => o.report.limit < 32, 3_600_000)
  expect(o.report.faults).toEqual([])
  o.plant.setAmbient(72)
  await o.until(() => o.report.limit === 6, 3_600_000)
  expect(o.report.faults).toEqual([])
  expect(o.report.offered).toBe(6)
  expect(seen).toContain(19)
  o.plant.setAmbient(90)
  await o.until(() => o.report.faults.includes('overTemperature'), 3_600_000)
  await o.until(() => !o.plant.isClosed, 100)
})

test('an outlet that was too hot stays off until it has cooled well below', async () => {
  const o = outlet()
  o.plant.setAmbient(80)
  await o.until(() => o.report.faults.includes('overTemperature'), 3_600_000)
  o.plant.setAmbient(62)
  await o.wait(7_200_000)
  expect(o.report.faults).toEqual(['overTemperature'])
  o.plant.setAmbient(55)
  await o.until(() => o.report.faults.length === 0, 3_600_000)
})

test('without a temperature 16 A are left, or nothing where the board says so', async () => {
  const o = outlet()
  await o.charge(32)
  o.plant.setFault('temperatureSensor', true)
  await o.wait(100)
  expect(o.report.limit).toBe(16)
  expect(o.report.offered).toBe(16)

  const strict = outlet({ safety: { onSensorLost: 'stop' } })
  await strict.charge(32)
  strict.plant.setFault('temperatureSensor', true)
  await strict.until(() => !strict.plant.isClosed, 2_000)
  expect(strict.report.faults).toEqual(['temperatureSensor'])
})

test('a board that may go on does: without its meter, and with a phase less', async () => {
  const o = outlet({ safety: { onMeterLost: 'continue', onPhaseLoss: 'continue' } })
  await o.charge(16)
  o.plant.setFault('phaseLoss', true)
  await o.wait(20_000)
  o.plant.setFault('meterLost', true)
  await o.wait(60_000)
  expect(o.plant.isClosed).toBe(true)
  expect(o.report.faults).toEqual([])
})

test('a contactor that does not close is let go after 500 ms', async () => {
  const o = outlet()
  o.plant.setFault('noClose', true)
  o.plant.plugIn()
  await o.wait(2_000)
  o.grant(16)
  await o.until(() => o.report.pilot === 'C', 2_000)
  const waited = await o.until(() => o.report.faults.includes('noClose'), 1_000)
  expect(waited).toBeGreaterThanOrEqual(500)
  expect(waited).toBeLessThanOrEqual(540)
})

test('contacts that fall open on the way to a stop are no failed close', async () => {
  const o = outlet()
  o.plant.setEv({ stopReaction: 60_000 })
  await o.charge()
  o.withdraw()
  await o.wait(1_000)
  expect(o.plant.isClosed).toBe(true)
  o.plant.setFault('noClose', true)
  await o.until(() => !o.plant.isClosed, 200)
  await o.wait(1_000)
  expect(o.reports.flatMap((each) => each.faults)).toEqual([])
})

test('a cable is what it was at the plug-in: a rating that comes later is not believed', async () => {
  const o = outlet()
  o.plant.setFault('proximity', true)
  o.plant.plugIn()
  await o.until(() => o.report.faults.includes('proximity'), 1_000)
  o.plant.setFault('proximity', false)
  await o.wait(5_000)
  expect(o.report.faults).toEqual(['proximity'])
})

test('a self-test that failed is done again when the EV leaves', async () => {
  const o = outlet()
  await o.wait(1_000)
  o.plant.setFault('residualSelfTest', true)
  o.plant.plugIn()
  await o.until(() => o.report.faults.includes('residualSelfTest'), 3_000)
  o.plant.setFault('residualSelfTest', false)
  await o.wait(5_000)
  expect(o.report.faults).toEqual(['residualSelfTest'])
  o.plant.unplugEv()
  await o.until(() => o.report.faults.length === 0, 1_000)
})

test('a residual current device that stays tripped after its test has failed it', async () => {
  const o = outlet()
  await o.wait(1_000)
  o.plant.plugIn()
  await o.until(() => o.report.isPlugged)
  o.plant.setFault('residualCurrent', true)
  await o.until(() => o.report.faults.includes('residualSelfTest'), 1_100)
  expect(o.plant.isClosed).toBe(false)
})

test('207 to 253 V are the window of a whole PEN conductor, where the board says that it can cut the protective earth', async () => {
  for (const [openPen, volts, opens] of [
    [true, 206, true],
    [true, 255, true],
    [true, 209, false],
    [true, 251, false],
    [false, 200, false],
  ] as const) {
    const o = outlet({ safety: { openPen } })
    await o.charge()
    o.plant.setVoltage(volts)
    await o.wait(4_900)
    expect(o.plant.isClosed).toBe(true)
    await o.wait(2_500)
    expect([volts, openPen, o.plant.isClosed]).toEqual([volts, openPen, !opens])
    expect(o.report.faults).toEqual(opens ? ['voltage'] : [])
    o.plant.setVoltage(undefined)
    await o.wait(30_000)
    expect(o.report.faults).toEqual(opens ? ['voltage'] : [])
  }
})

test('a mirror contact that ceases to say anything opens, and is not taken for a board without one', async () => {
  const o = outlet()
  expect(o.port.evses[0]?.hasMirror).toBe(true)
  await o.charge()
  o.plant.setFault('mirrorLost', true)
  await o.until(() => !o.plant.isClosed, 620)
  expect(o.report.faults).toEqual(['board'])
  // Nobody knows whether the contacts are open: the plug stays locked.
  const unlocked = o.port.unlock(1)
  o.die()
  await o.wait(20_000)
  expect([await unlocked, o.plant.lock]).toEqual(['failed', 'locked'])
})
