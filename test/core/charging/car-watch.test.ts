import { expect, test } from 'vitest'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../../src/base/units.ts'
import type { EvseStatus } from '../../../src/core/charge-point.ts'
import { carWatch } from '../../../src/core/charging/car-watch.ts'
import type { Report } from '../../../src/safety/port.ts'

const plugged: Report = {
  ...{ evse: 1, at: 0, plugIn: 1, pilot: 'B', isPlugged: true, hasCable: true, wantsEnergy: false, isOffering: false, contactor: 'open', lock: 'none' },
  ...{ offered: 0, limit: 32, phases: 3, faults: [], transaction: undefined, isVoid: false, reading: undefined },
}
const drawing = (...amps: readonly number[]): Partial<Report> => ({ reading: { at: 0, importWh: 0, phases: amps.map((currentA) => ({ currentA })) } })

function watch() {
  const clock = simulatedClock()
  const cars = carWatch(clock)
  const show = (report: Partial<Report>, status: EvseStatus = 'charging') => cars.follow({ evse: 1, status, report: { ...plugged, ...report } })
  return { clock, cars, show }
}

test('a car was offered something from its first offer to the end of the session', () => {
  const { cars, show } = watch()
  const seen = [
    {},
    { transaction: 'tx-1' },
    { transaction: 'tx-1', isOffering: true },
    { transaction: 'tx-1' },
    { transaction: 'tx-2' },
    { transaction: 'tx-2', isOffering: true },
    { transaction: 'tx-2', plugIn: 2 },
  ].map((report) => {
    show(report)
    return cars.wasOffered(1)
  })
  expect(seen).toEqual([false, false, true, true, false, true, false])
})

test('of a session that began before this program it is taken to have been', () => {
  const { cars, show } = watch()
  show({ transaction: 'tx-1' })
  expect(cars.wasOffered(1)).toBe(true)
})

test('the phases that a car was seen to use are remembered as long as it is plugged in; noise is none', () => {
  const { cars, show } = watch()
  const seen = [{}, drawing(16, 0.4, 0.4), drawing(6, 6, 6), drawing(0, 0, 0), {}, { ...drawing(0, 0, 0), plugIn: 2 }].map((report) => {
    show(report)
    return cars.phases(1)
  })
  expect(seen).toEqual([0, 1, 3, 3, 3, 0])
})

test('a car that takes nothing for a minute is idle, until it wants something or another one comes', async () => {
  const { clock, cars, show } = watch()
  show({}, 'suspendedEv')
  expect(cars.until - clock.monotonic()).toBe(minutes(1))
  await clock.advance(seconds(59))
  expect(cars.isIdle(1)).toBe(false)
  // Held back from outside it may want as much as ever.
  show({}, 'suspendedEvse')
  expect(cars.until).toBe(Number.POSITIVE_INFINITY)
  show({}, 'suspendedEv')
  await clock.advance(minutes(1))
  expect(cars.isIdle(1)).toBe(true)
  // It has not become less full in a pause.
  show({}, 'suspendedEvse')
  expect(cars.isIdle(1)).toBe(true)
  show({ wantsEnergy: true })
  expect(cars.isIdle(1)).toBe(false)
  show({}, 'suspendedEv')
  await clock.advance(minutes(1))
  show({ plugIn: 2 }, 'preparing')
  expect(cars.isIdle(1)).toBe(false)
})
