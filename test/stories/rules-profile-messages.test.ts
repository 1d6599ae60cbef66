import { describe, expect, test } from 'vitest'
import { type Log, silentLog } from '../../src/base/log.ts'
import { highestStackLevel, mostPeriods, mostProfiles } from '../../src/core/charging/profile.ts'
import { GetCompositeSchedule } from '../../src/ocpp16/messages/smart-charging.ts'
import { ask, charging } from './asking.ts'
import { clear, composite, isoIn, profile, set, stepsOf } from './charging-profiles.ts'
import { withEvses, world } from './world.ts'

const max = { chargingProfilePurpose: 'ChargePointMaxProfile' } as const
const tx = { chargingProfilePurpose: 'TxProfile' } as const

describe('GetCompositeSchedule', () => {
  test('merges the purposes, counts from now, and leaves the start out of the schedule (errata 3.57)', async () => {
    const w = await charging()
    await set(w, 0, profile(16, max))
    await set(w, 0, profile(14))
    await set(w, 1, profile(12, { ...tx, chargingProfileKind: 'Absolute', startSchedule: isoIn(w, 0), duration: 100 }))
    const answer = await composite(w, { connectorId: 1, duration: 600, chargingRateUnit: 'A' })
    const past = (w.clock.now().epochMs - Date.parse(answer.scheduleStart ?? '')) / 1_000
    expect(past).toBeLessThan(3)
    expect(answer).toMatchObject({ status: 'Accepted', connectorId: 1, chargingSchedule: { duration: 600, chargingRateUnit: 'A' } })
    expect(answer.chargingSchedule).not.toHaveProperty('startSchedule')
    const [first, second] = stepsOf(answer) ?? []
    expect([first, second?.[1]]).toEqual([[0, 12], 14])
    expect(second?.[0]).toBeGreaterThan(95)
  })
  test('says what the outlet can do where no profile does, and is rejected for a connector that is not there', async () => {
    const w = await world()
    expect(stepsOf(await composite(w, { connectorId: 1, duration: 0 }))).toEqual([[0, 32]])
    expect(await composite(w, { connectorId: 2, duration: 60 })).toEqual({ status: 'Rejected' })
    expect(await composite(w, { connectorId: 1, duration: -1 })).toEqual({ status: 'Rejected' })
    // Errata 3.24.
    const unit = w.csms.call('CP-1', GetCompositeSchedule, { connectorId: 1, duration: 60, chargingRateUnit: 'kW' as 'W' })
    expect(await ask(w, unit)).toMatchObject({ kind: 'error', code: 'PropertyConstraintViolation' })
  })
})

describe('ClearChargingProfile', () => {
  test('goes by the id alone where there is one, else by all that is given; nothing found is Unknown', async () => {
    const w = await world({ board: withEvses(2) })
    for (const [id, connector, stackLevel] of [
      [1, 1, 0],
      [2, 1, 1],
      [3, 2, 1],
      [4, 0, 2],
    ] as const)
      await set(w, connector, profile(10, { chargingProfileId: id, stackLevel }))
    const left = () => w.core.profiles.all.map(({ id }) => id).toSorted()
    expect(await clear(w, { id: 9 })).toBe('Unknown')
    expect(await clear(w, { id: 1, connectorId: 2, stackLevel: 7 })).toBe('Accepted')
    expect(left()).toEqual([2, 3, 4])
    expect(await clear(w, { connectorId: 1, stackLevel: 0 })).toBe('Unknown')
    expect(await clear(w, { chargingProfilePurpose: 'TxProfile' })).toBe('Unknown')
    expect(await clear(w, { stackLevel: 1, connectorId: 2, chargingProfilePurpose: 'TxDefaultProfile' })).toBe('Accepted')
    expect(left()).toEqual([2, 4])
    expect(await clear(w, { connectorId: 0 })).toBe('Accepted')
    expect(await clear(w, {})).toBe('Accepted')
    expect(await clear(w, {})).toBe('Unknown')
  })
})

describe('SetChargingProfile', () => {
  test('replaces the same id, or the same purpose, level and connector', async () => {
    const w = await world()
    await set(w, 1, profile(10, { chargingProfileId: 1 }))
    await set(w, 1, profile(11, { chargingProfileId: 2 }))
    await set(w, 0, profile(12, { chargingProfileId: 3 }))
    expect(w.core.profiles.all.map(({ id }) => id)).toEqual([2, 3])
    await set(w, 0, profile(13, { chargingProfileId: 2, stackLevel: 4 }))
    expect(w.core.profiles.all.map(({ id, evse }) => [id, evse])).toEqual([
      [3, 0],
      [2, 0],
    ])
  })
  test('for a connector that is not there breaks the protocol', async () => {
    const w = await world()
    for (const connector of [2, -1]) expect(await set(w, connector, profile(10))).toBe('PropertyConstraintViolation')
  })
  const daily = { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' } as const
  test.each([
    ['the stack level', profile(10, { stackLevel: highestStackLevel + 1 })],
    ['the stack level', profile(10, { stackLevel: -1 })],
    ['does not say whether daily', profile(10, { chargingProfileKind: 'Recurring', startSchedule: '2026-01-01T00:00:00Z' })],
    ['does not say since when', profile(10, daily)],
    ['its validity ends', profile(10, { validFrom: '2026-01-02T00:00:00Z', validTo: '2026-01-02T00:00:00Z' })],
    ['does not start at 0', profile([[1, 10]])],
    ['not in ascending order', profile([[0, 10] as const, [60, 11] as const, [60, 12] as const])],
    ['a limit is below 0', profile(-1)],
    ['1, 2 nor 3 phases', profile([[0, 10, 4]])],
    ['duration is below 0', profile(10, { duration: -1 })],
    ['least rate is below 0', profile(10, { minChargingRate: -1 })],
    ['has no periods', profile([])],
    ['more than', profile(Array.from({ length: mostPeriods + 1 }, (_, at) => [at, 10] as const))],
    ['belongs to EVSE 0', profile(10, max)],
    ['no transaction runs', profile(10, tx)],
  ])('is rejected, and the log says why: %s', async (reason, given) => {
    const said: unknown[] = []
    const log: Log = { ...silentLog, warn: (fields) => void said.push(fields['reason']), with: () => log }
    const w = await world({ parts: { log } })
    expect(await set(w, 1, given)).toBe('Rejected')
    expect(said.filter((each) => each !== undefined)).toEqual([expect.stringContaining(reason)])
  })
  test('takes so many and no more', async () => {
    const w = await world({ board: withEvses(5) })
    const answers: string[] = []
    for (let at = 0; at <= mostProfiles; at++) answers.push(await set(w, 1 + (at % 5), profile(10, { stackLevel: Math.floor(at / 5), chargingProfileId: at })))
    expect([answers.indexOf('Rejected'), w.core.profiles.all.length]).toEqual([mostProfiles, mostProfiles])
    expect(await set(w, 1, profile(11, { chargingProfileId: 3 }))).toBe('Accepted')
  })
  test('with a word that is none breaks the protocol (errata 3.38)', async () => {
    const w = await world()
    expect(await set(w, 1, profile(10, { chargingRateUnit: 'kW' as 'W' }))).toBe('PropertyConstraintViolation')
    expect(await set(w, 1, profile(10, { chargingProfileKind: 'Daily' as 'Relative' }))).toBe('PropertyConstraintViolation')
  })
})
