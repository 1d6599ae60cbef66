import { expect, test } from 'vitest'
import { type Log, silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import type { ChargingProfile } from '../../../src/core/charging/profile.ts'
import { chargingProfiles } from '../../../src/core/charging/profiles.ts'
import { openStore } from '../../../src/store/open.ts'
import { StoreError } from '../../../src/store/store-error.ts'

const outlets = [1, 2].map((evse) => ({ evse, phases: 3, nominalVoltageV: 230, maxAmps: 32 }) as const)
const limitTo = (limit: number, given: Partial<ChargingProfile> = {}): ChargingProfile => ({
  ...{ id: 1, evse: 1, stackLevel: 0, purpose: 'tx', kind: 'relative', schedule: { unit: 'A', periods: [{ from: 0, limit }] } },
  ...given,
})

/** A shelf, and how the disk and the log behave. */
function shelf() {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  const disk = { isFull: false }
  const atomically: typeof store.atomically = (run, durability) => {
    if (disk.isFull) throw new StoreError('full', 'no room')
    return store.atomically(run, durability)
  }
  const said: string[] = []
  const log: Log = { ...silentLog, error: (_fields, event) => void said.push(event), warn: (fields) => void said.push(String(fields['reason'])) }
  const parts = { store: Object.create(store, { atomically: { value: atomically } }) as typeof store, outlets, open: [], clock, log }
  const began = (evse = 1, id = 'tx-1') => ({ id, evse, token: 'TAG1', startedAt: clock.now(), meterStartWh: 0 })
  return { clock, disk, said, parts, began, profiles: chargingProfiles(parts) }
}

test('a new core keeps the profiles of transactions that go on, and those of no transaction', () => {
  const { profiles, parts, began } = shelf()
  profiles.begins(began(1, 'tx-1'))
  profiles.begins(began(2, 'tx-2'))
  profiles.set(limitTo(10))
  profiles.set(limitTo(11, { id: 2, evse: 2 }))
  profiles.set(limitTo(12, { id: 3, purpose: 'txDefault' }))
  expect(chargingProfiles({ ...parts, open: ['tx-2'] }).all.map(({ id }) => id)).toEqual([2, 3])
  // What was purged is purged for good.
  expect(chargingProfiles({ ...parts, open: ['tx-1', 'tx-2'] }).all.map(({ id }) => id)).toEqual([2, 3])
})

test('a disk that takes nothing has a profile refused, and the one that it would replace stays', () => {
  const { profiles, disk, began, said } = shelf()
  profiles.begins(began())
  profiles.set(limitTo(10))
  disk.isFull = true
  expect(profiles.set(limitTo(11))).toMatchObject({ outcome: 'rejected' })
  expect(profiles.all.map(({ schedule }) => schedule.periods[0]?.limit)).toEqual([10])
  expect(said).toEqual(['charging profiles cannot be written to the state directory', 'the state directory takes nothing'])
})

test('a disk that takes nothing does not keep a profile beyond its transaction', () => {
  const { profiles, disk, began } = shelf()
  profiles.begins(began(), limitTo(10))
  disk.isFull = true
  profiles.ended(1)
  expect(profiles.all).toEqual([])
})

test('the profile of a remote start is kept for a new core', () => {
  const { profiles, parts, began } = shelf()
  profiles.begins(began(), limitTo(10))
  expect(chargingProfiles({ ...parts, open: ['tx-1'] }).all).toEqual(profiles.all)
})

test('a remote start keeps to its profile on a disk that takes nothing', () => {
  const { profiles, disk, began } = shelf()
  disk.isFull = true
  profiles.begins(began(), limitTo(10))
  expect(profiles.all.map(({ evse, transaction }) => [evse, transaction])).toEqual([[1, 'tx-1']])
})

test('what is no profile in the state directory is left out, and said', () => {
  const { parts, said } = shelf()
  const whole = limitTo(10, { id: 7, purpose: 'txDefault' })
  const { schedule, ...bare } = whole
  const kept = parts.store.documents<unknown>('charging-profiles')
  const spoilt: readonly unknown[] = [
    ...[undefined, 5, 'words', {}, bare, { ...whole, id: '1' }, { ...whole, kind: 'sometimes' }, { ...whole, purpose: 'none' }, { ...whole, validTo: 'ever' }],
    ...[{ unit: 'V' }, { periods: [] }, { periods: [null] }, { periods: [{ from: 0, limit: null }] }].map((part) => ({
      ...whole,
      schedule: { ...schedule, ...part },
    })),
  ]
  for (const [at, each] of spoilt.entries()) kept.put(`spoilt ${at}`, each ?? null)
  kept.put('7', whole)
  expect(chargingProfiles(parts).all).toEqual([whole])
  expect(said).toHaveLength(spoilt.length)
})

test('who began first stays first, though the wall clock is rounded and set', async () => {
  const { profiles, clock, began } = shelf()
  profiles.begins(began())
  const { since } = profiles.chargingAt(1) ?? {}
  await clock.advance(0.4)
  clock.shift(-86_400_000)
  expect([since, profiles.chargingAt(1)?.since]).toEqual([clock.monotonic() - 0.4, since])
})

test('a maximum for the station without a start has begun, however far the clock is set back since', () => {
  const { profiles, clock } = shelf()
  profiles.set(limitTo(12, { purpose: 'stationMax', evse: 0 }))
  clock.shift(-3_600_000)
  expect(profiles.composite(1, 60)?.periods).toEqual([{ from: 0, limit: 12, phases: 3 }])
})

test('a profile that is asked about in the second in which it was set is in the answer', async () => {
  const { profiles, clock } = shelf()
  await clock.advance(700)
  const periods = [0, 60].map((from) => ({ from, limit: 20 - from / 6 }))
  profiles.set(limitTo(0, { purpose: 'stationMax', evse: 0, schedule: { unit: 'A', periods } }))
  await clock.advance(200)
  expect(profiles.composite(1, 90)).toEqual({
    ...{ start: clock.now().epochMs - 900, durationS: 90, unit: 'A' },
    periods: [
      { from: 0, limit: 20, phases: 3 },
      { from: 60, limit: 10, phases: 3 },
    ],
  })
})

test('a transaction that began before the clock was set counts from its true start', async () => {
  const { profiles, clock, began } = shelf()
  profiles.begins(began())
  await clock.advance(10_000)
  clock.shift(86_400_000)
  expect(profiles.chargingAt(1)?.start).toBe(clock.now().epochMs - 10_000)
})

test('a maximum for the station without a start counts from the moment at which it was set', async () => {
  const { profiles, clock } = shelf()
  const periods = [0, 60].map((from) => ({ from, limit: 20 - from / 6 }))
  profiles.set(limitTo(0, { purpose: 'stationMax', evse: 0, schedule: { unit: 'A', periods } }))
  await clock.advance(30_000)
  expect(profiles.composite(1, 60)?.periods.map(({ from, limit }) => [from, limit])).toEqual([
    [0, 20],
    [30, 10],
  ])
})
