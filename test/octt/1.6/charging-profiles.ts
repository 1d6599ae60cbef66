import { expect } from 'vitest'
import { seconds } from '../../../src/base/units.ts'
import type { Payload } from './frame-rules.ts'
import type { Rig } from './rig.ts'

export interface Period {
  /** s */
  readonly startPeriod: number
  /** A per phase. */
  readonly limit: number
}

/** Schedules count in seconds, and so do the moments that they begin at. */
const wholeSecond = (t: Rig) => `${t.time().slice(0, 19)}.000Z`

/** A profile in A that begins now. `duration` (s), `id` and everything of a ChargingProfile may be given. */
export function profile(
  t: Rig,
  chargingProfilePurpose: 'TxProfile' | 'TxDefaultProfile' | 'ChargePointMaxProfile',
  chargingSchedulePeriod: readonly Period[],
  { id = 1, duration = 86_400, ...more }: { readonly id?: number; readonly duration?: number } & Payload = {},
): Payload {
  const isRelative = more['chargingProfileKind'] === 'Relative'
  return {
    chargingProfileId: id,
    stackLevel: 0,
    chargingProfilePurpose,
    chargingProfileKind: 'Absolute',
    chargingSchedule: { duration, ...(isRelative ? {} : { startSchedule: wholeSecond(t) }), chargingRateUnit: 'A', chargingSchedulePeriod },
    ...more,
  }
}

export async function setsProfile(t: Rig, connectorId: number, csChargingProfiles: Payload): Promise<void> {
  expect(await t.asks('SetChargingProfile', { connectorId, csChargingProfiles })).toEqual({ status: 'Accepted' })
}

/** The periods of the schedule that the station expects, without what it says of phases. */
export async function composite(t: Rig, connectorId: number, duration: number): Promise<readonly Period[]> {
  const answer = await t.asks('GetCompositeSchedule', { connectorId, duration, chargingRateUnit: 'A' })
  expect(answer).toMatchObject({ status: 'Accepted', connectorId, scheduleStart: wholeSecond(t), chargingSchedule: { duration, chargingRateUnit: 'A' } })
  const { chargingSchedulePeriod } = answer['chargingSchedule'] as { readonly chargingSchedulePeriod: readonly Period[] }
  return chargingSchedulePeriod.map(({ startPeriod, limit }) => ({ startPeriod, limit }))
}

/** A car that wants 32 A draws so much, within the time that an EV may take to follow. */
export async function applies(t: Rig, connector: number, amps: number): Promise<void> {
  const isDrawn = () => Math.abs((t.plant(connector).amps[0] ?? 0) - amps) < 0.2
  await t.until(`${amps} A at connector ${connector}`, isDrawn, seconds(12))
}
