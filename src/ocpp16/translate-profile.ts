import { epochOf } from '../base/moment.ts'
import type { ChargingProfile, CompositeSchedule, ProfilePurpose } from '../core/charging/profile.ts'
import { CallError } from '../ocpp/call-error.ts'
import type { ChargingProfilePurpose, ChargingSchedule, ChargingProfile as WireProfile } from './messages/types.ts'

const purposes = { ChargePointMaxProfile: 'stationMax', TxDefaultProfile: 'txDefault', TxProfile: 'tx' } as const satisfies Record<
  ChargingProfilePurpose,
  ProfilePurpose
>
const kinds = { Absolute: 'absolute', Recurring: 'recurring', Relative: 'relative' } as const
const recurrences = { Daily: 'daily', Weekly: 'weekly' } as const

export const purposeOf = (purpose: ChargingProfilePurpose): ProfilePurpose => purposes[purpose]

/** A profile of the wire, without the number of its transaction: who knows the number adds ours. What belongs to another kind or purpose is
 *  left out, as if it were not there.
 *  @throws CallError for a time that is none */
export function profileOf(evse: number, wire: WireProfile, transaction?: string): ChargingProfile {
  const purpose = purposes[wire.chargingProfilePurpose]
  const kind = kinds[wire.chargingProfileKind]
  return {
    id: wire.chargingProfileId,
    evse,
    stackLevel: wire.stackLevel,
    purpose,
    kind,
    ...(kind === 'recurring' && wire.recurrencyKind !== undefined ? { recurrence: recurrences[wire.recurrencyKind] } : {}),
    ...known('validFrom', momentOf(wire.validFrom)),
    ...known('validTo', momentOf(wire.validTo)),
    ...(purpose === 'tx' ? known('transaction', transaction) : {}),
    schedule: scheduleOf(wire.chargingSchedule),
  }
}

function scheduleOf(wire: ChargingSchedule): ChargingProfile['schedule'] {
  return {
    unit: wire.chargingRateUnit,
    periods: wire.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({ from: startPeriod, limit, ...known('phases', numberPhases) })),
    ...known('durationS', wire.duration),
    ...known('start', momentOf(wire.startSchedule)),
    ...known('minRate', wire.minChargingRate),
  }
}

/** Without a start inside: `scheduleStart` of the message says it (OCPP 1.6 errata 3.57). */
export function wireSchedule({ durationS, unit, periods }: CompositeSchedule): ChargingSchedule {
  return {
    duration: durationS,
    chargingRateUnit: unit,
    chargingSchedulePeriod: periods.map(({ from, limit, phases }) => ({ startPeriod: from, limit, ...known('numberPhases', phases) })),
  }
}

function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const epochMs = epochOf(text)
  if (epochMs === undefined) throw new CallError('propertyConstraintViolation', `${text} is no time`)
  return epochMs
}

const known = <Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } =>
  (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value }
