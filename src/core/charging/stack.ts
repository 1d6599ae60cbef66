import { type Stretch, stretchAt } from './course.ts'
import type { ChargingProfile, ProfilePurpose, Schedule } from './profile.ts'

/** A transaction as profiles see it. */
export interface Charging {
  readonly id: string
  /** ms since 1970. */
  readonly start: number
}

/** What a stack of profiles says from a moment on, and in which unit. */
export interface Ruling extends Stretch {
  readonly unit: Schedule['unit']
}

/** Asked about moments that only rise. */
export type Stack = (at: number) => Ruling

/** At each moment the profile with the highest level that has a value then (OCPP 1.6 §3.13.2, reference §1.4): where its duration or its
 *  validity is over, the next lower one speaks. Each profile is looked at anew only when what it said has run out. */
function stackOf(profiles: readonly ChargingProfile[], origin: number): Stack {
  const layers = profiles
    .toSorted((a, b) => b.stackLevel - a.stackLevel)
    .map((profile) => ({ profile, stretch: { period: undefined, until: Number.NEGATIVE_INFINITY } as Stretch }))
  return (at) => {
    let until = Number.POSITIVE_INFINITY
    for (const layer of layers) {
      if (at >= layer.stretch.until) layer.stretch = stretchAt(layer.profile, origin, at)
      const { period } = layer.stretch
      if (layer.stretch.until < until) until = layer.stretch.until
      if (period !== undefined) return { period, unit: layer.profile.schedule.unit, until }
    }
    return { period: undefined, unit: 'A', until }
  }
}

/** The profiles of one purpose that count at an EVSE. An EVSE's own `txDefault` profile replaces the one of EVSE 0 at the same level, and only
 *  that one, for this EVSE alone (§3.13.1: replacing goes by level); it does so even while it has no value itself (§3.13.2). */
function profilesFor(all: readonly ChargingProfile[], purpose: ProfilePurpose, evse: number, transaction: string | undefined): readonly ChargingProfile[] {
  const those = all.filter((each) => each.purpose === purpose)
  if (purpose === 'stationMax') return those
  if (purpose === 'tx') return those.filter((each) => each.evse === evse && transaction !== undefined && each.transaction === transaction)
  const own = those.filter((each) => each.evse === evse)
  return [...own, ...those.filter((each) => each.evse === 0 && !own.some(({ stackLevel }) => stackLevel === each.stackLevel))]
}

/** What is allowed to a transaction: its own profiles where they have a value, else the default ones (§3.13.1).
 *  @param at where an EVSE without a transaction counts from */
export function transactionStack(all: readonly ChargingProfile[], evse: number, charging: Charging | undefined, at: number): Stack {
  const origin = charging?.start ?? at
  const own = stackOf(profilesFor(all, 'tx', evse, charging?.id), origin)
  const usual = stackOf(profilesFor(all, 'txDefault', evse, undefined), origin)
  return (moment) => {
    const first = own(moment)
    if (first.period !== undefined) return first
    const second = usual(moment)
    return { ...second, until: Math.min(first.until, second.until) }
  }
}

/** What is allowed to all together. */
export const stationStack = (all: readonly ChargingProfile[], at: number): Stack => stackOf(profilesFor(all, 'stationMax', 0, undefined), at)
