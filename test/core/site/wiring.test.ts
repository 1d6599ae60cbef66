import { expect, test } from 'vitest'
import { wiringOf } from '../../../src/core/site/wiring.ts'
import type { EvseDescription, Report } from '../../../src/safety/port.ts'

const outlet = { evse: 1, phases: 3, nominalVoltageV: 230 } as EvseDescription
const report = (at: number, amps: readonly number[], more: Partial<Report> = {}) =>
  ({ evse: 1, plugIn: 1, contactor: 'closed', offered: 16, reading: { at, importWh: 0, phases: amps.map((currentA) => ({ currentA })) }, ...more }) as Report

test('a car shows within 20 s of drawing which conductors it uses; until then all of them count', () => {
  const wiring = wiringOf([outlet], () => [])
  wiring.follow(report(0, []))
  wiring.follow(report(5_000, [9, 0.3, 0]))
  expect(wiring.of(report(5_000, [9, 0, 0]), outlet, 5_000).used).toEqual([0, 1, 2])
  wiring.follow(report(10_000, [9, 9, 0]))
  expect(wiring.of(report(25_000, [9, 9, 0]), outlet, 25_000)).toMatchObject({ used: [0, 1], isLopsided: true })
  // Another car.
  wiring.follow(report(26_000, [9, 9, 9], { plugIn: 2 }))
  expect(wiring.of(report(26_000, [9, 9, 9], { plugIn: 2 }), outlet, 26_000)).toMatchObject({ used: [0, 1, 2], isLopsided: false })
})

test('without a meter of every conductor all of them count', () => {
  const wiring = wiringOf([outlet], () => [])
  wiring.follow(report(0, [9]))
  expect(wiring.of(report(30_000, [9]), outlet, 30_000)).toMatchObject({ used: [0, 1, 2], isLopsided: false })
})

test.each([
  [['1.STR', '2.RST'], 'STR'],
  [['2.RST'], undefined],
  [['1.Unknown'], undefined],
  [['1.NotApplicable'], undefined],
  [['11.RTS'], undefined],
  [[], undefined],
])('ConnectorPhaseRotation %j', (rotations, rotation) => {
  expect(wiringOf([outlet], () => rotations).of(report(0, []), outlet, 0).rotation).toBe(rotation)
})
