/** A charging profile, in words that OCPP 1.6 and 2.0.1 share. Times in ms since 1970, durations in s. */
export interface ChargingProfile {
  readonly id: number
  /** 0: the whole station, or all EVSEs for `txDefault`. */
  readonly evse: number
  readonly stackLevel: number
  readonly purpose: ProfilePurpose
  readonly kind: 'absolute' | 'recurring' | 'relative'
  /** Of a recurring one: each 24 h or 7 d in UTC, whatever the summer time does. */
  readonly recurrence?: 'daily' | 'weekly'
  readonly validFrom?: number
  readonly validTo?: number
  /** Ours, not the central system's number; only with purpose `tx`. Absent: the transaction that it is given with. */
  readonly transaction?: string
  readonly schedule: Schedule
}

export type ProfilePurpose = 'stationMax' | 'txDefault' | 'tx'

export interface Schedule {
  /** s; absent: without end. */
  readonly durationS?: number
  /** Absent, or of a relative profile: the start of the transaction. Of a relative maximum for the station, which has none: when it was set. */
  readonly start?: number
  readonly unit: 'A' | 'W'
  /** Ascending, the first at 0. */
  readonly periods: readonly Period[]
  /** Advice for the EV's sake; in `unit`. */
  readonly minRate?: number
}

export interface Period {
  /** s since the start of the schedule. */
  readonly from: number
  /** A per phase, or W in total; one decimal. */
  readonly limit: number
  /** 3 when absent. */
  readonly phases?: number
}

/** Why a profile is refused, in words for the log. */
export interface ProfileRefusal {
  readonly outcome: 'rejected' | 'unknownEvse'
  readonly reason: string
}

/** Which profiles to remove: with an `id` that alone counts, else all that is given must match. */
export interface ProfileFilter {
  readonly id?: number
  readonly evse?: number
  readonly purpose?: ProfilePurpose
  readonly stackLevel?: number
}

export interface CompositeSchedule {
  /** ms since 1970. */
  readonly start: number
  readonly durationS: number
  readonly unit: 'A' | 'W'
  /** Never empty; neighbours differ. */
  readonly periods: readonly Period[]
}

/** The profiles that the central system set, kept over restarts, and the limits that follow from them. */
export interface ChargingProfiles {
  /** Undefined: taken. Replaces one with the same id, or the same purpose, level and EVSE. */
  set(profile: ChargingProfile): ProfileRefusal | undefined
  /** How many were removed. */
  clear(filter: ProfileFilter): number
  readonly all: readonly ChargingProfile[]
  /** From now on. EVSE 0: what the station may take from the grid. Undefined: no such EVSE. At most `mostPeriods` periods: a schedule
   *  with more is cut, and its duration says where. */
  composite(evse: number, durationS: number, unit?: 'A' | 'W'): CompositeSchedule | undefined
  /** Checks a `tx` profile that comes with a remote start, before there is a transaction (whatever its `evse` says). */
  check(profile: ChargingProfile): ProfileRefusal | undefined
}

/** What this program takes (ChargeProfileMaxStackLevel, ChargingScheduleMaxPeriods, MaxChargingProfilesInstalled of 1.6). */
export const highestStackLevel = 20
export const mostPeriods = 1_024
export const mostProfiles = 100
