import { expect, test } from 'vitest'
import { simulatedBoard } from '../../../hal/simulated/board.ts'
import { faultNames } from '../../../hal/simulated/faults.ts'
import type { Plant } from '../../../hal/simulated/plant.ts'
import type { SimulatedEvseSpec } from '../../../hal/simulated/spec.ts'
import type { EvseHardware } from '../../../hal/types.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

function bench(spec: Partial<SimulatedEvseSpec> = {}, wh?: { stored: number }) {
  const clock = simulatedClock()
  const register = wh && {
    load: () => wh.stored,
    save: (value: number) => {
      wh.stored = value
    },
  }
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 32, phases: 3, cable: 'socket', ...spec }] }, clock, {
    register: () => register,
  })
  const plant = plants[0] as Plant
  const hardware = board.evses[0] as EvseHardware
  let changes = 0
  board.changed.on(() => changes++)
  return {
    clock,
    board,
    plant,
    hardware,
    ...hardware.controller,
    changes: () => changes,
    volts: () => hardware.controller.pilot.sample?.highV,
    /** PWM, contactor closed, car drawing. */
    async draw(duty = 16 / 0.6) {
      plant.plugIn()
      hardware.controller.pilot.drive({ kind: 'pwm', duty })
      hardware.controller.contactor.close()
      await clock.advance(1_000)
    },
  }
}

test('a car goes to B when plugged, to C when it may charge, and draws only through closed contacts', async () => {
  const { plant, pilot, contactor, clock, volts } = bench()
  pilot.drive({ kind: 'steady' })
  expect(volts()).toBe(12)
  plant.plugIn()
  expect(volts()).toBe(9)
  await clock.advance(5_000)
  expect(volts()).toBe(9)
  pilot.drive({ kind: 'pwm', duty: 16 / 0.6 })
  expect(pilot.sample?.lowV).toBe(-12)
  await clock.advance(200)
  expect(volts()).toBe(6)
  expect(plant.amps).toEqual([0, 0, 0])
  contactor.close()
  expect(contactor.isClosed).toBe(false)
  await clock.advance(30)
  expect(contactor.isClosed).toBe(true)
  for (const amps of plant.amps) expect(amps).toBeGreaterThan(15.8)
  for (const amps of plant.amps) expect(amps).toBeLessThanOrEqual(16)
})

test('X1 brings a car back to B and its current to nothing', async () => {
  const { plant, pilot, clock, volts, draw } = bench()
  await draw()
  pilot.drive({ kind: 'steady' })
  await clock.advance(199)
  expect(volts()).toBe(6)
  await clock.advance(1)
  expect(volts()).toBe(9)
  expect(plant.amps).toEqual([0, 0, 0])
})

test('a car that is made quicker meanwhile stays with the newest duty cycle', async () => {
  const { plant, pilot, clock, draw } = bench()
  await draw()
  plant.setEv({ reaction: 5_000 })
  pilot.drive({ kind: 'pwm', duty: 14 / 0.6 })
  await clock.advance(1_000)
  plant.setEv({ reaction: 500 })
  pilot.drive({ kind: 'pwm', duty: 8 / 0.6 })
  await clock.advance(10_000)
  for (const amps of plant.amps) expect(amps).toBeLessThanOrEqual(8)
})

test('a change of the duty cycle is followed after the reaction of the car, and never below 6 A', async () => {
  const { plant, pilot, clock, draw } = bench()
  plant.setEv({ reaction: 800 })
  await draw()
  await clock.advance(1_000)
  plant.setEv({ reaction: 5_000 })
  pilot.drive({ kind: 'pwm', duty: 10 })
  await clock.advance(4_999)
  expect(plant.amps[0]).toBeGreaterThan(15)
  await clock.advance(1)
  expect(plant.amps).toEqual([6, 6, 6])
  plant.setEv({ wantsAmps: 5 })
  expect(plant.amps).toEqual([0, 0, 0])
})

test('a single-phase car takes the first phase, and a car takes what it wants', async () => {
  const { plant, draw } = bench()
  plant.setEv({ phases: 1, wantsAmps: 10 })
  await draw()
  expect(plant.amps[0]).toBeGreaterThan(9.8)
  expect(plant.amps[0]).toBeLessThanOrEqual(10)
  expect(plant.amps.slice(1)).toEqual([0, 0])
})

test('amperes times volts integrate to the register, over hours and with changes between', async () => {
  const { plant, pilot, hardware, clock, draw } = bench()
  await draw()
  let wh = hardware.meter?.newest?.importWh ?? 0
  for (let second = 0; second < 3 * 3_600; second++) {
    if (second % 601 === 0) pilot.drive({ kind: 'pwm', duty: 10 + (second % 40) })
    await clock.advance(1_000)
    for (const { voltageV = 0, currentA = 0 } of hardware.meter?.newest?.phases ?? []) wh += (voltageV * currentA) / 3_600
  }
  expect(wh).toBeGreaterThan(20_000)
  expect(wh).toBeCloseTo(hardware.meter?.newest?.importWh ?? 0, 5)
  expect(plant.wh).toBeCloseTo(wh, 5)
})

test('the meter reads each second while current flows and each 10 s otherwise', async () => {
  const { clock, hardware, changes, draw, plant } = bench()
  await clock.advance(100_000)
  expect(changes()).toBe(10)
  await draw()
  await clock.advance(9_000)
  const [before, at] = [changes(), hardware.meter?.newest?.at]
  await clock.advance(10_000)
  expect(hardware.meter?.newest?.at).toBe((at ?? 0) + 10_000)
  expect(changes() - before).toBe(10)
  plant.unplugEv()
  await clock.advance(2_000)
  expect(hardware.meter?.newest?.powerW).toBe(0)
})

test('voltage and current flutter like those of a real meter, the same each time', async () => {
  const run = async () => {
    const { clock, hardware, draw } = bench()
    await draw()
    const seen: (number | undefined)[] = []
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000)
      seen.push(hardware.meter?.newest?.phases[0]?.voltageV, hardware.meter?.newest?.phases[0]?.currentA)
    }
    return seen
  }
  const seen = await run()
  expect(new Set(seen).size).toBe(40)
  expect(await run()).toEqual(seen)
})

test('a register that is kept goes on where it was', async () => {
  const wh = { stored: 1_234 }
  const first = bench({}, wh)
  await first.draw()
  await first.clock.advance(60_000)
  expect(wh.stored).toBe(first.hardware.meter?.newest?.importWh)
  expect(wh.stored).toBeGreaterThan(1_234 + 150)
  expect(bench({}, wh).hardware.meter?.newest?.importWh).toBe(wh.stored)
  expect(bench().hardware.meter?.newest?.importWh).toBe(0)
})

test('a battery tapers above 80 % and is full in the end', async () => {
  const { plant, clock, volts, draw } = bench()
  plant.setEv({ batteryWh: 20_000, charge: 0.75, wantsAmps: 32 })
  await draw(32 / 0.6)
  const early = plant.amps[0] ?? 0
  await clock.advance(600_000)
  expect(plant.amps[0]).toBeLessThan(early * 0.8)
  await clock.advance(3_600_000)
  expect(plant.charge).toBe(1)
  expect(plant.amps).toEqual([0, 0, 0])
  expect(volts()).toBe(9)
})

test('a person can make it full, full after so much, slow to begin, or suspended', async () => {
  const { plant, clock, volts, draw } = bench()
  plant.fullAfter(100)
  await draw()
  await clock.advance(120_000)
  expect(volts()).toBe(9)
  expect(plant.wh).toBeGreaterThanOrEqual(100)
  expect(plant.wh).toBeLessThan(104)
  plant.unplugEv()
  plant.plugIn()
  await clock.advance(120_000)
  expect(volts(), 'the next car was not told').toBe(6)
  plant.suspend()
  expect(volts()).toBe(9)
  plant.resume()
  await clock.advance(1_000)
  expect(volts()).toBe(6)
  plant.full()
  expect(volts()).toBe(9)
  plant.unplugEv()
  plant.delay(true)
  plant.plugIn()
  await clock.advance(10_000)
  expect(volts()).toBe(9)
  plant.delay(false)
  await clock.advance(1_000)
  expect(volts()).toBe(6)
})

test('an unplug takes the car first and the cable a second later, or when the lock lets go', async () => {
  const { plant, proximity, lock, clock, volts, pilot } = bench()
  pilot.drive({ kind: 'steady' })
  plant.plugCable()
  expect([proximity?.ohms, volts()]).toEqual([220, 12])
  plant.plugIn()
  plant.unplug()
  expect([proximity?.ohms, volts()]).toEqual([220, 12])
  await clock.advance(1_000)
  expect(proximity?.ohms).toBe(Number.POSITIVE_INFINITY)

  plant.plugIn()
  lock?.lock()
  await clock.advance(600)
  expect(lock?.position).toBe('locked')
  plant.unplug()
  await clock.advance(60_000)
  expect(plant.hasCable).toBe(true)
  lock?.unlock()
  await clock.advance(600)
  expect(plant.hasCable).toBe(false)
})

test('a fixed cable has no proximity and no lock', () => {
  const { proximity, lock, plant } = bench({ cable: 'fixed' })
  expect([proximity, lock]).toEqual([undefined, undefined])
  expect(plant.hasCable).toBe(false)
  plant.plugIn()
  expect(plant.hasCable).toBe(true)
})

test('heat follows the square of the current, slowly', async () => {
  const { plant, hardware, clock, draw } = bench()
  plant.setEv({ batteryWh: 1e9, charge: 0 })
  await draw(32 / 0.6)
  await clock.advance(600_000)
  expect(hardware.temperature?.celsius).toBeGreaterThan(38)
  expect(hardware.temperature?.celsius).toBeLessThan(43)
  await clock.advance(7_200_000)
  expect(hardware.temperature?.celsius).toBeGreaterThan(48.5)
})

test('it tells of a change exactly when one is there', async () => {
  const { plant, pilot, contactor, changes, clock, board } = bench()
  const count = async (act: () => void, by = 0) => {
    const before = changes()
    act()
    await clock.advance(by)
    return changes() - before
  }
  pilot.drive({ kind: 'steady' })
  expect(await count(() => pilot.drive({ kind: 'steady' }))).toBe(0)
  expect(await count(() => plant.plugIn())).toBe(1)
  expect(await count(() => plant.plugIn())).toBe(0)
  expect(await count(() => contactor.close())).toBe(0)
  expect(await count(() => {}, 30)).toBe(1)
  expect(await count(() => plant.setFault('weld', true))).toBe(0)
  expect(await count(() => plant.setFault('emergencyStop', true))).toBe(1)
  expect(board.emergencyStop?.isActive).toBe(true)
  expect(await count(() => plant.setFault('emergencyStop', true))).toBe(0)
})

test('a reset clears everything but the register', async () => {
  const { plant, clock, draw } = bench()
  await draw()
  for (const name of faultNames) plant.setFault(name, true)
  plant.suspend()
  plant.setEv({ wantsAmps: 7 })
  const wh = plant.wh
  plant.reset()
  await clock.advance(0)
  expect(plant.faults.size).toBe(0)
  expect(plant).toMatchObject({ isPlugged: false, hasCable: false, wh, ev: { wantsAmps: 32 } })
})

test('after closing every output is OFF and nothing happens any more', async () => {
  const { board, plant, clock, changes, contactor, draw } = bench()
  await draw()
  board.close()
  const before = changes()
  await clock.advance(60_000)
  expect(changes()).toBe(before)
  expect(plant.drive).toEqual({ kind: 'off' })
  expect([plant.isClosed, contactor.isClosed]).toEqual([false, false])
})

test('a car that sleeps is deaf to PWM until it sees F, or no pilot, for 2 s; one that sleeps deeply for ever', async () => {
  for (const [sleeps, by, wakes] of [
    ['never', 'nothing', true],
    ['lightly', 'nothing', false],
    ['lightly', 'fault', true],
    ['lightly', 'disconnect', true],
    ['deeply', 'fault', false],
    ['deeply', 'disconnect', false],
  ] as const) {
    const { plant, pilot, pilotBreak, clock, volts } = bench({ has: ['pilotBreak'] })
    plant.setEv({ sleeps })
    pilot.drive({ kind: 'steady' })
    plant.plugIn()
    await clock.advance(1_000)
    pilot.drive({ kind: 'pwm', duty: 20 })
    await clock.advance(60_000)
    if (by === 'fault') pilot.drive({ kind: 'fault' })
    if (by === 'disconnect') pilotBreak?.on()
    if (by === 'disconnect') expect(volts()).toBe(12)
    await clock.advance(2_100)
    pilotBreak?.off()
    pilot.drive({ kind: 'pwm', duty: 20 })
    await clock.advance(1_000)
    expect([sleeps, by, volts()]).toEqual([sleeps, by, wakes ? 6 : 9])
  }
})

test('a car falls asleep after 20 s without PWM', async () => {
  const { plant, pilot, clock, volts } = bench()
  pilot.drive({ kind: 'pwm', duty: 20 })
  plant.setEv({ sleeps: 'lightly' })
  plant.plugIn()
  await clock.advance(1_000)
  expect(volts()).toBe(6)
  for (const [pause, high] of [
    [19_000, 6],
    [21_000, 9],
  ] as const) {
    pilot.drive({ kind: 'steady' })
    await clock.advance(pause)
    pilot.drive({ kind: 'pwm', duty: 20 })
    await clock.advance(5_000)
    expect(volts()).toBe(high)
  }
})

test('a phase switch leaves one phase, unless it is stuck', async () => {
  const { plant, phaseSwitch, draw } = bench({ has: ['phaseSwitch'] })
  await draw()
  phaseSwitch?.choose(1)
  expect([phaseSwitch?.phases, plant.amps.filter((each) => each > 0).length]).toEqual([1, 1])
  plant.setFault('phaseSwitch', true)
  phaseSwitch?.choose(3)
  expect(phaseSwitch?.phases).toBe(1)
})

test('a dead-man relay holds the coils while it is toggled, and drops out 150 ms after the last time', async () => {
  const clock = simulatedClock()
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', hasDeadMan: true, evses: [{ maxAmps: 32, phases: 3, cable: 'fixed' }] }, clock)
  const contactor = board.evses[0]?.controller.contactor
  contactor?.close()
  await clock.advance(100)
  expect(plants[0]?.isClosed).toBe(false)
  for (let toggles = 0; toggles < 10; toggles++) {
    if (toggles % 2 === 0) board.deadMan?.on()
    else board.deadMan?.off()
    await clock.advance(100)
    expect(plants[0]?.isClosed).toBe(true)
  }
  // Standing still, whichever way, is not enough.
  board.deadMan?.off()
  await clock.advance(100)
  expect(plants[0]?.isClosed).toBe(false)
})

test('a shunt trip takes the mains from its outlet', async () => {
  const { plant, hardware, draw, clock } = bench({ has: ['shuntTrip'] })
  await draw()
  hardware.shuntTrip?.on()
  await clock.advance(1_000)
  expect(plant.amps).toEqual([0, 0, 0])
  expect(plant.faults).toContain('mainsOff')
})
