import { expect, test } from 'vitest'
import { simulatedBoard } from '../../hal/simulated/board.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import type { EvseHardware } from '../../hal/types.ts'
import type { Clock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { guard } from '../../src/safety/guard.ts'
import type { PresentedToken } from '../../src/safety/port.ts'
import { outlet } from './outlet.ts'

test('a night and a day of charging take one tick for each meter reading', async () => {
  const o = outlet({ keepsReports: false })
  o.plant.setEv({ batteryWh: 1e9, charge: 0 })
  await o.charge(16)
  const [ticks, wh] = [o.port.ticks, o.plant.wh]
  await o.wait(24 * 3_600_000)
  expect(o.plant.isClosed).toBe(true)
  expect(o.port.ticks - ticks).toBeLessThan(86_500)
  expect(o.plant.wh - wh).toBeGreaterThan(24 * 10_500)
  expect(Math.abs((o.report.reading?.importWh ?? 0) - o.plant.wh)).toBeLessThan(4)
})

test('a guard that waits for a car ticks once in ten seconds', async () => {
  const o = outlet({ keepsReports: false })
  await o.wait(2_000)
  const ticks = o.port.ticks
  await o.wait(3_600_000)
  expect(o.port.ticks - ticks).toBeLessThan(400)
})

/** A clock whose timers come late, as on a machine that is busy. */
function lateClock() {
  const clock = simulatedClock()
  let late = 0
  const behind: Clock = { ...clock, after: (name, delay, run) => clock.after(name, delay + (name === 'guard tick' ? late : 0), run) }
  return {
    clock,
    behind,
    lateBy: (by: number) => {
      late = by
    },
  }
}

test.each([
  ['on hardware opens the contactor; a shorter lag only warns', false],
  ['with a simulated world is no fault: that stands still as well', true],
])('a loop that lags by more than 100 ms while closed %s', async (_, isSimulated) => {
  const { clock, behind, lateBy } = lateClock()
  const world = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
  const warnings: string[] = []
  const log = {
    ...silentLog,
    warn: (_: unknown, event: string) => {
      warnings.push(event)
    },
  }
  const port = guard({ ...world.board, isSimulated }, behind, log)
  const plant = world.plants[0] as Plant
  const offer = (sequence: number) =>
    port.offer({
      evse: 1,
      plugIn: 1,
      transaction: 'tx',
      close: true,
      amps: 16,
      phases: 1,
      sequence,
      issuedAt: clock.monotonic(),
      expiresAt: clock.monotonic() + 10_000,
    })
  plant.plugIn()
  await clock.advance(1_000)
  offer(1)
  await clock.advance(3_000)
  expect(plant.isClosed).toBe(true)
  lateBy(60)
  await clock.advance(3_000)
  expect(warnings.includes('the guard was kept waiting')).toBe(!isSimulated)
  expect(plant.isClosed).toBe(true)
  lateBy(150)
  await clock.advance(2_000)
  expect(port.report(1).faults.includes('loopLag')).toBe(!isSimulated)
  expect(plant.isClosed).toBe(isSimulated)
})

test('tokens come through with the EVSE of their reader', async () => {
  const { world, port } = outlet()
  const seen: PresentedToken[] = []
  port.tokens.on((token) => seen.push(token))
  world.present('04A2B3C4')
  world.present('04A2B3C5', 1)
  expect(seen).toEqual([
    { id: '04A2B3C4', evse: undefined },
    { id: '04A2B3C5', evse: 1 },
  ])
  expect(() => world.present('04A2B3C4', 2)).toThrow(RangeError)
})

test('an EVSE that the board does not have is refused', () => {
  const { port, offer } = outlet()
  expect(() => port.report(2)).toThrow('no EVSE 2 on board test: it has 1 to 1')
  expect(() => offer({ evse: 0 })).toThrow(RangeError)
})

test('a limit beyond its hard bound is refused', () => {
  expect(() => outlet({ safety: { stopAtC: 90 } })).toThrow('safety.stopAtC: 90 is beyond the hard bound: 40 to 75')
  expect(() => outlet({ safety: { resumeAmps: Number.NaN } })).toThrow(RangeError)
  expect(() => outlet({ safety: { stopAtC: 65 } })).toThrow('must rise')
})

test('a guard that closes opens the contactor, answers who waits, and lets the board end OFF', async () => {
  const o = outlet()
  await o.charge()
  const answer = o.port.unlock(1)
  o.port.close()
  expect(await answer).toBe('failed')
  await o.wait(100)
  expect(o.plant.isClosed).toBe(false)
  expect(o.plant.drive).toEqual({ kind: 'steady' })
  o.world.board.close()
  expect(o.plant.drive).toEqual({ kind: 'off' })
  expect(await o.port.unlock(1)).toBe('failed')
})

test('a car that hangs on the cable when the guard starts is plug-in 1', async () => {
  const clock = simulatedClock()
  const world = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
  world.plants[0]?.plugIn()
  const port = guard(world.board, clock, silentLog)
  await clock.advance(500)
  expect(port.report(1)).toMatchObject({ plugIn: 1, isPlugged: true, pilot: 'B' })
})

test('a meter that knows no currents does not shorten a normal stop', async () => {
  const clock = simulatedClock()
  const { board, plants } = simulatedBoard({ name: 'test', kind: 'simulated', evses: [{ maxAmps: 16, phases: 1, cable: 'fixed' }] }, clock)
  const [plant] = plants as [Plant]
  const [evse] = board.evses as [EvseHardware]
  const meter = {
    get newest() {
      return { at: clock.monotonic(), importWh: 0, phases: [{ voltageV: 230 }] }
    },
  }
  const port = guard({ ...board, evses: [{ ...evse, meter }] }, clock, silentLog)
  plant.setEv({ stopReaction: 60_000 })
  plant.plugIn()
  await clock.advance(1_000)
  const issuedAt = clock.monotonic()
  port.offer({ evse: 1, plugIn: 1, transaction: 'tx', close: true, amps: 16, phases: 1, sequence: 1, issuedAt, expiresAt: issuedAt + 10_000 })
  await clock.advance(3_000)
  expect(plant.isClosed).toBe(true)
  port.withdraw(1)
  await clock.advance(5_900)
  expect(plant.isClosed).toBe(true)
  await clock.advance(300)
  expect(plant.isClosed).toBe(false)
})
