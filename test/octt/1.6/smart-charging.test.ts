import { expect } from 'vitest'
import { hours, seconds } from '../../../src/base/units.ts'
import { applies, composite, type Period, profile, setsProfile } from './charging-profiles.ts'
import { octt } from './octt.ts'

const flat = (limit: number): Period => ({ startPeriod: 0, limit })

octt('TC_056_CS TxDefaultProfile', async (t) => {
  await t.boots()
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(10)]))
  expect(await composite(t, 1, 300)).toEqual([flat(10)])
  await t.charges()
  await applies(t, 1, 10)
})

octt('TC_057_CS TxProfile', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  await applies(t, 1, 32)
  await setsProfile(t, 1, profile(t, 'TxProfile', [flat(8), { startPeriod: 100, limit: 12 }], { transactionId }))
  expect(await composite(t, 1, 300)).toEqual([flat(8), { startPeriod: 100, limit: 12 }])
  await applies(t, 1, 8)
  await t.passes(seconds(100))
  await applies(t, 1, 12)
  // It ends with its transaction.
  t.swipe()
  await t.expects('StopTransaction', { transactionId })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  expect(await t.asks('ClearChargingProfile', { chargingProfilePurpose: 'TxProfile' })).toEqual({ status: 'Unknown' })
})

octt('TC_058_1_CS TxProfile - no ongoing transaction', async (t) => {
  await t.boots()
  for (const more of [{}, { transactionId: 1 }])
    expect(await t.asks('SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(t, 'TxProfile', [flat(8)], more) })).toEqual({ status: 'Rejected' })
})

octt('TC_058_2_CS TxProfile - wrong transactionId', async (t) => {
  await t.boots()
  const transactionId = (await t.charges()) + 1
  const asked = { connectorId: 1, csChargingProfiles: profile(t, 'TxProfile', [flat(8)], { transactionId }) }
  expect(await t.asks('SetChargingProfile', asked)).toEqual({ status: 'Rejected' })
  await applies(t, 1, 32)
})

octt('TC_059_CS Remote Start with charging profile', async (t) => {
  await t.boots()
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  const chargingProfile = profile(t, 'TxProfile', [flat(9)], { chargingProfileKind: 'Relative' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1', chargingProfile })).toEqual({ status: 'Accepted' })
  await t.expects('Authorize', { idTag: 'TAG1' })
  await t.expects('StartTransaction', { connectorId: 1, idTag: 'TAG1' })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Charging' })
  expect(await composite(t, 1, 300)).toEqual([flat(9)])
  await applies(t, 1, 9)
})

octt('TC_060_CS Remote Start with charging profile - Rejected', async (t) => {
  await t.boots()
  t.plugIn()
  await t.expects('StatusNotification', { connectorId: 1, status: 'Preparing' })
  for (const purpose of ['TxDefaultProfile', 'ChargePointMaxProfile'] as const) {
    const chargingProfile = profile(t, purpose, [flat(9)])
    expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1', chargingProfile })).toEqual({ status: 'Rejected' })
  }
  await t.nothingMore(seconds(20))
})

octt('TC_066_CS Get composite schedule', async (t) => {
  await t.boots()
  const transactionId = await t.charges()
  await setsProfile(t, 0, profile(t, 'ChargePointMaxProfile', [flat(20), { startPeriod: 120, limit: 8 }], { id: 1 }))
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(16)], { id: 2 }))
  await setsProfile(t, 1, profile(t, 'TxProfile', [flat(10), { startPeriod: 30, limit: 25 }], { id: 3, transactionId, duration: 60 }))
  // TxProfile, then its 25 A under the maximum, then TxDefaultProfile, then the maximum.
  expect(await composite(t, 1, 180)).toEqual([flat(10), { startPeriod: 30, limit: 20 }, { startPeriod: 60, limit: 16 }, { startPeriod: 120, limit: 8 }])
  for (const [after, amps] of [
    [0, 10],
    [30, 20],
    [30, 16],
    [60, 8],
  ] as const) {
    await t.passes(seconds(after))
    await applies(t, 1, amps)
  }
  expect(await t.asks('GetCompositeSchedule', { connectorId: 3, duration: 60 })).toEqual({ status: 'Rejected' })
})

octt('TC_067_CS Clear charging profile', async (t) => {
  await t.boots()
  const clears = (asked: Readonly<Record<string, unknown>>) => t.asks('ClearChargingProfile', asked)
  expect(await clears({})).toEqual({ status: 'Unknown' })
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(10)], { id: 1, stackLevel: 0 }))
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(8)], { id: 2, stackLevel: 1 }))
  await setsProfile(t, 2, profile(t, 'TxDefaultProfile', [flat(8)], { id: 3, stackLevel: 1 }))
  await setsProfile(t, 0, profile(t, 'ChargePointMaxProfile', [flat(20)], { id: 4, stackLevel: 0 }))
  // By id, which alone counts.
  expect(await clears({ id: 99 })).toEqual({ status: 'Unknown' })
  expect(await clears({ id: 4 })).toEqual({ status: 'Accepted' })
  expect(await clears({ id: 4 })).toEqual({ status: 'Unknown' })
  // By what all must match.
  expect(await clears({ connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 2 })).toEqual({ status: 'Unknown' })
  expect(await clears({ connectorId: 1, chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 1 })).toEqual({ status: 'Accepted' })
  expect(await composite(t, 1, 60)).toEqual([flat(10)])
  expect(await clears({ stackLevel: 1 })).toEqual({ status: 'Accepted' })
  expect(await clears({ id: 3 })).toEqual({ status: 'Unknown' })
  // All.
  expect(await clears({})).toEqual({ status: 'Accepted' })
  expect(await clears({})).toEqual({ status: 'Unknown' })
  await t.charges()
  await applies(t, 1, 32)
})

octt('TC_072_CS Stacking charging profiles', async (t) => {
  await t.boots()
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(6), { startPeriod: 200, limit: 14 }], { id: 1, stackLevel: 0 }))
  await setsProfile(t, 1, profile(t, 'TxDefaultProfile', [flat(10), { startPeriod: 50, limit: 8 }], { id: 2, stackLevel: 1, duration: 150 }))
  // The higher level counts while it lasts.
  expect(await composite(t, 1, 300)).toEqual([flat(10), { startPeriod: 50, limit: 8 }, { startPeriod: 150, limit: 6 }, { startPeriod: 200, limit: 14 }])
  // And so it is charged.
  await t.charges()
  for (const [after, amps] of [
    [0, 10],
    [50, 8],
    [100, 6],
    [50, 14],
  ] as const) {
    await t.passes(seconds(after))
    await applies(t, 1, amps)
  }
})

octt('TC_082_CS TxDefaultProfile with ongoing transaction', async (t) => {
  await t.boots()
  await setsProfile(t, 0, profile(t, 'TxDefaultProfile', [flat(16)], { id: 1 }))
  await t.charges()
  await applies(t, 1, 16)
  await setsProfile(t, 0, profile(t, 'TxDefaultProfile', [flat(10)], { id: 2, duration: hours(1) / 1_000 }))
  expect(await composite(t, 1, 300)).toEqual([flat(10)])
  await applies(t, 1, 10)
})
