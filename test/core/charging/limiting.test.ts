import { expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../../src/base/units.ts'
import type { EvseStatus } from '../../../src/core/charge-point.ts'
import type { LimitedPlace } from '../../../src/core/charging/claim.ts'
import { limiting } from '../../../src/core/charging/limiting.ts'
import type { ChargingProfile } from '../../../src/core/charging/profile.ts'
import { chargingProfiles } from '../../../src/core/charging/profiles.ts'
import type { Limit } from '../../../src/core/offer.ts'
import type { EvseDescription, Report } from '../../../src/safety/port.ts'
import { openStore } from '../../../src/store/open.ts'

const limitTo = (limit: number, given: Partial<ChargingProfile> = {}): ChargingProfile => ({
  ...{ id: 1, evse: 0, stackLevel: 0, purpose: 'txDefault', kind: 'relative', schedule: { unit: 'A', periods: [{ from: 0, limit }] } },
  ...given,
})
const nothing: Report = {
  ...{ evse: 1, at: 0, plugIn: 1, pilot: 'B', isPlugged: true, hasCable: true, wantsEnergy: false, isOffering: true, contactor: 'open', lock: 'none' },
  ...{ offered: 0, limit: 32, phases: 3, faults: [], transaction: undefined, isVoid: false, reading: undefined },
}

/** Two outlets, as far as limits go. */
function outlets(dc?: EvseDescription['dc']) {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  const both = [1, 2].map(
    (evse) => ({ evse, maxAmps: 32, phases: 3, cable: 'fixed', nominalVoltageV: 230, hasMirror: true, switchesPhases: false, ...(dc && { dc }) }) as const,
  )
  const profiles = chargingProfiles({ store, outlets: both, open: [], clock, log: silentLog })
  const shown = new Map(both.map(({ evse }) => [evse, { status: 'available' as EvseStatus, report: { ...nothing, evse } }]))
  const limits = new Map<string, Limit | undefined>()
  const onLimit: { run: () => void } = { run: () => undefined }
  const place = (evse: number): LimitedPlace => ({
    get view() {
      return { evse, ...(shown.get(evse) ?? { status: 'available', report: nothing }) }
    },
    transaction: undefined,
    limit(name, limit) {
      limits.set(`${name} ${evse}`, limit)
      onLimit.run()
    },
    sizeWithout: () => dc?.maxWatts ?? 32,
  })
  const places = [place(1), place(2)]
  const limiter = limiting({ profiles, outlets: both, places: () => places, clock, log: silentLog })
  const began = (evse: number) => ({ id: `tx-${evse}`, evse, token: 'TAG1', startedAt: clock.now(), meterStartWh: 0 })
  const show = (evse: number, status: EvseStatus, report: Partial<Report>) => {
    const view = { status, report: { ...nothing, evse, ...report } }
    shown.set(evse, view)
    limiter.follow({ evse, ...view })
  }
  return { clock, profiles, limits, onLimit, began, show }
}

test('a transaction that begins while limits are being set has its own', () => {
  const { profiles, limits, onLimit, began } = outlets()
  profiles.begins(began(2))
  onLimit.run = () => {
    onLimit.run = () => undefined
    profiles.begins(began(1))
  }
  profiles.set(limitTo(10))
  expect(Object.fromEntries(limits)).toEqual({ 'charging profile 1': 10, 'charging profile 2': 10 })
})

test('a DC outlet is given whole watts to come out of a pause', async () => {
  const { clock, profiles, limits, began, show } = outlets({ maxWatts: 50_000, leastWatts: 1_000, nominalVoltageV: 400 })
  profiles.begins(began(1))
  show(1, 'suspendedEv', { transaction: 'tx-1', isOffering: true })
  await clock.advance(minutes(1))
  show(1, 'suspendedEvse', { transaction: 'tx-1' })
  profiles.set(limitTo(0, { purpose: 'stationMax', schedule: { unit: 'W', periods: [{ from: 0, limit: 9_000 }] } }))
  expect(limits.get('station profile 1')).toEqual({ watts: 1_084 })
})

test('a maximum that comes back begins with what cars are offered by then', async () => {
  const { clock, profiles, limits, began, show } = outlets()
  const max = limitTo(32, { purpose: 'stationMax' })
  profiles.begins(began(1))
  profiles.set(max)
  profiles.ended(1)
  await clock.advance(seconds(10))
  profiles.clear({})
  profiles.begins(began(1))
  show(1, 'charging', { wantsEnergy: true, offered: 32 })
  profiles.begins(began(2))
  profiles.set(max)
  expect([limits.get('station profile 1'), limits.get('station profile 2')]).toEqual([16, 0])
  await clock.advance(seconds(7))
  expect(limits.get('station profile 2')).toBe(16)
})

test('a clock that is stepped while no outlet says anything is seen within a minute', async () => {
  const { clock, profiles, limits, began } = outlets()
  profiles.begins(began(1))
  const { schedule } = limitTo(10)
  profiles.set(limitTo(0, { kind: 'absolute', schedule: { ...schedule, start: clock.now().epochMs + 3_600_000 } }))
  clock.shift(3_600_000)
  await clock.advance(minutes(1))
  expect(limits.get('charging profile 1')).toBe(10)
})

test('a car that was full before there was any profile, and is not any more, is not taken to be full', async () => {
  const { clock, profiles, limits, began, show } = outlets()
  for (const evse of [1, 2]) profiles.begins(began(evse))
  const max = limitTo(20, { purpose: 'stationMax' })
  profiles.set(max)
  show(1, 'suspendedEv', {})
  await clock.advance(minutes(2))
  expect(limits.get('station profile 1')).toBe(6)
  profiles.clear({})
  show(1, 'charging', { wantsEnergy: true })
  profiles.set(max)
  await clock.advance(seconds(10))
  expect([limits.get('station profile 1'), limits.get('station profile 2')]).toEqual([10, 10])
})
