import { expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import type { ChargingProfile } from '../../src/core/charging/profile.ts'
import { twoPrograms } from './two-programs.ts'

const limitTo = (limit: number, given: Partial<ChargingProfile>): ChargingProfile => ({
  ...{ id: 1, evse: 1, stackLevel: 0, purpose: 'tx', kind: 'relative', schedule: { unit: 'A', periods: [{ from: 0, limit }] } },
  ...given,
})

test.each([
  ["the transaction's own profile", limitTo(10, {})],
  ['the maximum for the station', limitTo(10, { purpose: 'stationMax', evse: 0 })],
])('a core that takes over a transaction keeps to %s, without a moment above it and without a pause', async (_whose, profile) => {
  const w = await twoPrograms()
  await w.charge()
  expect(w.core.station.core.profiles.set(profile)).toBeUndefined()
  await w.clock.advance(seconds(10))
  const seen = new Set<number>()
  const watch = w.clock.every('watch', 20, () => seen.add(Math.round(w.plant.drive.kind === 'pwm' ? w.plant.drive.duty * 6 : 0) / 10))
  w.core.kill()
  await w.clock.advance(seconds(3))
  const { station } = await w.startCore()
  await w.clock.advance(minutes(2))
  watch.stop()
  expect([...seen]).toEqual([10])
  expect([station.core.view(1).offered.amps, w.plant.isClosed, station.core.profiles.all.length]).toEqual([10, true, 1])
})
