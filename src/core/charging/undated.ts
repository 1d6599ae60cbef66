import { capOf, type Outlet } from './cap.ts'
import type { ChargingProfile, Period, Schedule } from './profile.ts'

/** Profiles for a station whose clock was never set (after a power cut, without a network and without a clock that runs on): nobody knows
 *  where in its dates a profile stands, and whether it or one below it speaks. So each one that goes by dates is, all the time, as strict as
 *  the strictest period of itself and of those below it, at any EVSE that it counts for. One that counts from the start of a transaction
 *  needs no date but its validity.
 *  @param whole all outlets as one, to hold A against W */
export function undated(profiles: readonly ChargingProfile[], whole: Outlet): readonly ChargingProfile[] {
  const all = profiles.map((profile) => [profile, leastOf(profile, whole)] as const)
  return all.map(([profile, own]) => {
    if (!isDated(profile)) return profile
    const { validFrom: _from, validTo: _to, recurrence: _recurrence, ...rest } = profile
    const least = strictest([own, ...all.filter(([other]) => isBelow(other, profile)).map(([, each]) => each)])
    const schedule: Schedule = least === undefined ? { ...profile.schedule, durationS: 0 } : { unit: least.unit, periods: [{ ...least.period, from: 0 }] }
    return { ...rest, kind: 'relative', schedule }
  })
}

export function isDated({ purpose, kind, validFrom, validTo, schedule }: ChargingProfile): boolean {
  const hasStart = schedule.start !== undefined && (kind !== 'relative' || purpose === 'stationMax')
  return validFrom !== undefined || validTo !== undefined || hasStart
}

/** It speaks where the other one does not. */
function isBelow(one: ChargingProfile, other: ChargingProfile): boolean {
  if (one.evse !== other.evse && one.evse !== 0 && other.evse !== 0) return false
  return one.purpose === other.purpose ? one.stackLevel < other.stackLevel : one.purpose === 'txDefault' && other.purpose === 'tx'
}

interface Least {
  readonly period: Period
  readonly unit: Schedule['unit']
  readonly amps: number
}

const strictest = (those: readonly (Least | undefined)[]) =>
  those.reduce((least, each) => (each !== undefined && !(least !== undefined && least.amps <= each.amps) ? each : least), undefined)

/** The strictest period that begins before its duration is over. */
function leastOf({ purpose, schedule: { unit, durationS = Number.POSITIVE_INFINITY, periods } }: ChargingProfile, whole: Outlet): Least | undefined {
  const counted = purpose === 'stationMax' ? 'stationMax' : 'tx'
  return strictest(periods.filter(({ from }) => from < durationS).map((period) => ({ period, unit, amps: capOf(period, unit, counted, whole).amps })))
}
