import type { Reading } from '../../hal/types.ts'
import type { WattHours } from '../base/units.ts'
import type { MeterTotal } from './port.ts'

/** A meter is exchanged in the field, or reset: its register is another one, and what was counted before goes on. */

/** What is known between two readings. Only `total` survives the guard. */
export interface MeterCount {
  readonly total: MeterTotal
  /** Of the driver, which counts anew in each life. */
  readonly driverEpoch: number | undefined
  /** Lower registers that have been read in a row: the first, the newest, and how many. */
  readonly lower: { readonly firstWh: WattHours; readonly lastWh: WattHours; readonly times: number } | undefined
}

/** One low reading is a glitch that the next one belies: to begin an epoch with it would count the whole register once more. */
const lowerTimes = 3

export function totalWh({ offsetWh, lastWh }: MeterTotal): WattHours {
  return offsetWh + lastWh
}

/** What is known at the start of the guard. */
export function countOf(total: MeterTotal | undefined): MeterCount | undefined {
  return total === undefined ? undefined : { total, driverEpoch: undefined, lower: undefined }
}

/** The count after a reading. The total never falls; what flowed while no meter was looking is not made up. */
export function follow(before: MeterCount | undefined, reading: Pick<Reading, 'importWh' | 'epoch' | 'serial'>): MeterCount {
  const { importWh, epoch: driverEpoch, serial = before?.total.serial } = reading
  const named = serial === undefined ? {} : { serial }
  if (before === undefined) return { total: { ...named, epoch: 0, offsetWh: 0, lastWh: importWh }, driverEpoch, lower: undefined }
  const { total } = before
  const begin = (fromWh: WattHours): MeterCount => ({
    total: { ...named, epoch: total.epoch + 1, offsetWh: totalWh(total) - fromWh, lastWh: importWh },
    driverEpoch,
    lower: undefined,
  })
  const isOther = total.serial !== undefined && serial !== total.serial
  const hasBegun = before.driverEpoch !== undefined && driverEpoch !== undefined && driverEpoch !== before.driverEpoch
  if (isOther || hasBegun) return begin(importWh)
  if (importWh >= total.lastWh) return { total: { ...total, ...named, lastWh: importWh }, driverEpoch, lower: undefined }
  const { lower } = before
  const isRow = lower !== undefined && importWh >= lower.lastWh
  const next = { firstWh: isRow ? lower.firstWh : importWh, lastWh: importWh, times: isRow ? lower.times + 1 : 1 }
  return next.times >= lowerTimes ? begin(next.firstWh) : { ...before, driverEpoch, lower: next }
}
