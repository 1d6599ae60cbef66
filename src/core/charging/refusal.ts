import { type ChargingProfile, highestStackLevel, mostPeriods, type Period, type ProfileRefusal, type Schedule } from './profile.ts'

/** What is wrong with a profile in itself, wherever it may go; undefined: nothing (OCPP 1.6 §3.13, §5.16, §7.8 to §7.14). */
export function flawOf({ stackLevel, purpose, kind, recurrence, validFrom, validTo, schedule }: ChargingProfile): string | undefined {
  if (!Number.isInteger(stackLevel) || stackLevel < 0 || stackLevel > highestStackLevel) return `the stack level is not 0 to ${highestStackLevel}`
  if (kind === 'recurring' && recurrence === undefined) return 'it recurs, and does not say whether daily or weekly'
  if (kind === 'recurring' && schedule.start === undefined) return 'it recurs, and does not say since when'
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom) return 'its validity ends before it begins'
  if (purpose !== 'tx' && purpose !== 'txDefault' && purpose !== 'stationMax') return 'its purpose is not known'
  return flawOfSchedule(schedule)
}

function flawOfSchedule({ durationS, periods, minRate }: Schedule): string | undefined {
  if (durationS !== undefined && !(durationS >= 0)) return 'its duration is below 0'
  if (minRate !== undefined && !(minRate >= 0)) return 'its least rate is below 0'
  if (periods.length === 0) return 'it has no periods'
  if (periods.length > mostPeriods) return `it has more than ${mostPeriods} periods`
  if (periods[0]?.from !== 0) return 'its first period does not start at 0'
  if (periods.some(({ from }, at) => from <= (periods[at - 1]?.from ?? -1))) return 'its periods are not in ascending order'
  return periods.map(flawOfPeriod).find((flaw) => flaw !== undefined)
}

function flawOfPeriod({ limit, phases }: Period): string | undefined {
  if (!(limit >= 0)) return 'a limit is below 0'
  if (phases !== undefined && !(Number.isInteger(phases) && phases >= 1 && phases <= 3)) return 'a period has neither 1, 2 nor 3 phases'
  return undefined
}

/** What the state directory gave back is a profile, and not what another version wrote or a person made of it. */
export function isProfile(value: unknown): value is ChargingProfile {
  const { id, evse, kind, validFrom, validTo, schedule } = (value ?? {}) as Partial<ChargingProfile>
  if (!Number.isInteger(id) || !Number.isInteger(evse) || !['absolute', 'recurring', 'relative'].includes(kind ?? '')) return false
  if (!['A', 'W'].includes(schedule?.unit ?? '') || !Array.isArray(schedule?.periods)) return false
  const isOptional = (each: unknown) => each === undefined || typeof each === 'number'
  const periods: readonly (Partial<Period> | null)[] = schedule.periods
  return (
    [validFrom, validTo, schedule.start, schedule.durationS].every(isOptional) &&
    periods.every((each) => typeof each?.from === 'number' && typeof each.limit === 'number') &&
    flawOf(value as ChargingProfile) === undefined
  )
}

/** What is wrong with where it is to go. */
export function misplacementOf(
  { evse, purpose, transaction }: ChargingProfile,
  evses: readonly number[],
  transactionAt: (evse: number) => string | undefined,
): ProfileRefusal | undefined {
  const rejected = (reason: string): ProfileRefusal => ({ outcome: 'rejected', reason })
  if (evse !== 0 && !evses.includes(evse)) return { outcome: 'unknownEvse', reason: `there is no EVSE ${evse}` }
  if (purpose === 'stationMax' && evse !== 0) return rejected('a maximum for the station belongs to EVSE 0')
  if (purpose !== 'tx') return undefined
  if (evse === 0) return rejected('a profile for a transaction needs the EVSE of the transaction')
  const running = transactionAt(evse)
  if (running === undefined) return rejected('no transaction runs there')
  if (transaction !== undefined && transaction !== running) return rejected('another transaction runs there')
  return undefined
}
