import type { Millis, Watts } from '../../src/base/units.ts'
import type { MeterTable } from '../spec/meter-table.ts'
import type { PhaseReading, Reading } from '../types.ts'
import { numberAt, scaled, widths } from './decode.ts'
import { type PerPhase, type Place, placeOf, placesOf, type Single } from './table.ts'

/** The registers of one answered request. */
export interface Answer {
  readonly at: number
  readonly registers: Uint16Array
}

/** One reading out of the blocks of one poll, in SI units; undefined without an energy register. What is "not available" or not a number is absent.
 *  `invert`: the meter is wired the other way round, so what it imports is exported and its powers change sign. */
export function readingOf(table: MeterTable, answers: readonly Answer[], at: Millis, invert = false): Reading | undefined {
  const value = (place: Place | undefined) => (place === undefined ? undefined : valueAt(table, answers, place))
  const single = (field: Single) => value(placeOf(table, field))
  const [inWh, outWh] = [single('importWh'), single('exportWh')]
  const [importWh, exportWh] = invert ? [outWh, inWh] : [inWh, outWh]
  if (importWh === undefined) return undefined
  const toEv = (watts: number | undefined) => (watts === undefined || !invert || watts === 0 ? watts : -watts)
  const total = toEv(single('totalPowerW'))
  const phases = phasesOf(table, (field, phase) => {
    const found = value(placesOf(table, field)[phase])
    // The sign of a current is that of its power, and on several meters not there at all.
    if (field === 'currentA') return found === undefined ? undefined : Math.abs(found)
    return field === 'powerW' ? toEv(found ?? (table.phases === 1 ? single('totalPowerW') : undefined)) : found
  })
  const [frequencyHz, powerFactor] = [single('frequencyHz'), single('powerFactor')]
  return {
    at,
    importWh,
    phases,
    ...present({
      exportWh,
      powerW: total ?? sum(phases),
      // A meter that does not measure it says 0.
      frequencyHz: frequencyHz === 0 ? undefined : frequencyHz,
      // Some code the quadrant into it: nothing is decided by it, so the rest of the reading stands.
      powerFactor: powerFactor !== undefined && Math.abs(powerFactor) > 1.01 ? undefined : powerFactor,
    }),
  }
}

function valueAt({ wordOrder }: MeterTable, answers: readonly Answer[], { at, type, scale, sentinel }: Place): number | undefined {
  const answer = answers.find((each) => at >= each.at && at + widths[type] <= each.at + each.registers.length)
  if (answer === undefined) return undefined
  const raw = numberAt(answer.registers, at - answer.at, type, wordOrder)
  return raw === undefined || raw === sentinel ? undefined : scaled(raw, scale)
}

/** Empty where the meter says nothing of single phases. */
function phasesOf(table: MeterTable, value: (field: PerPhase, phase: number) => number | undefined): readonly PhaseReading[] {
  const phases = Array.from({ length: table.phases }, (_, phase) =>
    present({ voltageV: value('voltageV', phase), currentA: value('currentA', phase), powerW: value('powerW', phase) }),
  )
  return phases.some((each) => Object.keys(each).length > 0) ? phases : []
}

/** The total of the phases, where each is known. */
function sum(phases: readonly PhaseReading[]): Watts | undefined {
  if (phases.length === 0) return undefined
  let total = 0
  for (const { powerW } of phases) {
    if (powerW === undefined) return undefined
    total += powerW
  }
  return total
}

/** Without the fields that are undefined. */
function present<T extends Readonly<Record<string, number | undefined>>>(fields: T): { readonly [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { readonly [K in keyof T]?: number }
}
