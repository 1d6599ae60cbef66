import type { Static } from 'typebox'
import * as words from '../../base/schema.ts'
import { dateTime, decimal, integer, list, oneOf, optional, text } from '../../ocpp/message.ts'
import { object } from './object.ts'

// Types of charging profiles, which smart charging and the remote start share.

/** §3.13. */
export const chargingProfilePurposes = ['ChargingStationExternalConstraints', 'ChargingStationMaxProfile', 'TxDefaultProfile', 'TxProfile'] as const
export type ChargingProfilePurpose = (typeof chargingProfilePurposes)[number]
/** §3.15. */
export const chargingRateUnits = ['W', 'A'] as const
export type ChargingRateUnit = (typeof chargingRateUnits)[number]

/** §2.11. `startPeriod` in seconds from the start of the schedule; `limit` with one decimal at most. Three phases in the absence of `numberPhases`. */
export const chargingSchedulePeriod = object({ startPeriod: integer, limit: decimal, numberPhases: optional(integer), phaseToUse: optional(integer) })

/** §2.19, §2.20. What begins at a consumption of `startValue`. */
const consumptionCost = object({
  startValue: decimal,
  cost: list(
    object({
      costKind: oneOf('CarbonDioxideEmission', 'RelativePricePercentage', 'RenewableGenerationPercentage'),
      amount: integer,
      amountMultiplier: optional(integer),
    }),
    { minItems: 1, maxItems: 3 },
  ),
})

/** §2.40. The prices that an ISO 15118 car is told; seconds. */
const salesTariff = object({
  id: integer,
  salesTariffDescription: optional(text(32)),
  numEPriceLevels: optional(integer),
  salesTariffEntry: list(
    object({
      relativeTimeInterval: object({ start: integer, duration: optional(integer) }),
      ePriceLevel: optional(words.integer({ minimum: 0 })),
      consumptionCost: optional(list(consumptionCost, { minItems: 1, maxItems: 3 })),
    }),
    { minItems: 1, maxItems: 1024 },
  ),
})

/** §2.12. Seconds; limits in `chargingRateUnit`, amperes per phase or watts in total. */
export const chargingSchedule = object({
  id: integer,
  startSchedule: optional(dateTime),
  duration: optional(integer),
  chargingRateUnit: oneOf(...chargingRateUnits),
  chargingSchedulePeriod: list(chargingSchedulePeriod, { minItems: 1, maxItems: 1024 }),
  minChargingRate: optional(decimal),
  salesTariff: optional(salesTariff),
})
export type ChargingSchedule = Static<typeof chargingSchedule>

/** §2.10. More than one schedule only for a car that speaks ISO 15118. */
export const chargingProfile = object({
  id: integer,
  stackLevel: integer,
  chargingProfilePurpose: oneOf(...chargingProfilePurposes),
  chargingProfileKind: oneOf('Absolute', 'Recurring', 'Relative'),
  recurrencyKind: optional(oneOf('Daily', 'Weekly')),
  validFrom: optional(dateTime),
  validTo: optional(dateTime),
  chargingSchedule: list(chargingSchedule, { minItems: 1, maxItems: 3 }),
  transactionId: optional(text(36)),
})
export type ChargingProfile = Static<typeof chargingProfile>
