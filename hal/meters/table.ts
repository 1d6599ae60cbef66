import type { BlockRead, Field, MeterTable, NumberType, PhaseFields } from '../spec/meter-table.ts'
import { widths } from './decode.ts'

/** One number of a meter: where its first register is, and what the raw number means. */
export interface Place {
  readonly at: number
  readonly type: NumberType
  readonly scale: number
  readonly sentinel: number | undefined
  readonly optional: boolean
}

export type Single = 'importWh' | 'exportWh' | 'totalPowerW' | 'frequencyHz' | 'powerFactor'
export type PerPhase = 'powerW' | 'voltageV' | 'currentA'
const singles: readonly Single[] = ['importWh', 'exportWh', 'totalPowerW', 'frequencyHz', 'powerFactor']
const perPhase: readonly PerPhase[] = ['powerW', 'voltageV', 'currentA']

/** Declares a meter: a table of registers, checked when it is loaded.
 *  @throws Error for a table that cannot be read as it stands: a mistake of ours, since built-in tables are tested */
export function modbusMeter(table: MeterTable): MeterTable {
  const mistake = mistakesOf(table)[0]
  if (mistake !== undefined) throw new Error(`meter table ${table.model}: ${mistake.field}: ${mistake.problem}`)
  return table
}

export function placeOf(table: MeterTable, field: Single): Place | undefined {
  const said: Field | undefined = table[field]
  if (said === undefined) return undefined
  return typeof said === 'number' ? place(table, said) : place(table, said.at, said)
}

/** L1, L2, L3 in order; empty where the meter does not say. */
export function placesOf(table: MeterTable, field: PerPhase): readonly Place[] {
  const said: PhaseFields | undefined = table[field]
  if (said === undefined) return []
  return 'length' in said ? said.map((at) => place(table, at)) : said.at.map((at) => place(table, at, said))
}

function place(table: MeterTable, at: number, { type = table.type, scale = 1, sentinel, optional = false }: Partial<Omit<Place, 'at'>> = {}): Place {
  return { at, type, scale, sentinel, optional }
}

/** Registers that the serial number takes. */
export function serialNumberLength({ text, type = 'u32' }: NonNullable<MeterTable['serialNumber']>): number {
  return text ?? widths[type]
}

export function covers([at, count]: BlockRead, place: Place): boolean {
  return place.at >= at && place.at + widths[place.type] <= at + count
}

/** A block that the meter may refuse: nothing in it is needed. */
export function isOptional(table: MeterTable, block: BlockRead): boolean {
  const inside = allPlaces(table).filter(({ place }) => covers(block, place))
  return inside.length > 0 && inside.every(({ place }) => place.optional)
}

export interface Mistake {
  readonly field: string
  readonly problem: string
  readonly remedy: string
}

/** What is wrong with a table that no schema can see. */
export function mistakesOf(table: MeterTable): readonly Mistake[] {
  return [...wrongBlocks(table), ...wrongFields(table), ...equalLengths(table)]
}

function allPlaces(table: MeterTable): readonly { readonly field: string; readonly place: Place }[] {
  const single = singles.flatMap((field) => {
    const place = placeOf(table, field)
    return place === undefined ? [] : [{ field, place }]
  })
  return [...single, ...perPhase.flatMap((field) => placesOf(table, field).map((place) => ({ field, place })))]
}

function wrongBlocks({ blocks, mostRegisters, evenOnly = false }: MeterTable): readonly Mistake[] {
  return blocks.flatMap(([at, count, most = count], index) => {
    const wrong = (problem: string, remedy: string) => [{ field: `blocks.${index}`, problem, remedy }]
    if (count < 1 || most < count) return wrong('has no length that can be read', 'Write [address, count], or [address, count, most]')
    if (most > mostRegisters) return wrong(`is longer than the ${mostRegisters} registers of mostRegisters`, 'Make two of it')
    if (at + most > 65_536) return wrong('goes beyond register 65535', 'Make it shorter')
    if (evenOnly && (at % 2 !== 0 || count % 2 !== 0 || most % 2 !== 0)) return wrong('is odd, and evenOnly is true', 'Begin and end at an even address')
    return []
  })
}

function wrongFields(table: MeterTable): readonly Mistake[] {
  const counts = perPhase.flatMap((field) => {
    const { length } = placesOf(table, field)
    return length === 0 || length === table.phases
      ? []
      : [{ field, problem: `has ${length} addresses for ${table.phases} phases`, remedy: 'Name one address for each phase' }]
  })
  return [
    ...counts,
    ...allPlaces(table).flatMap(({ field, place }) => {
      const block = table.blocks.find((each) => covers(each, place))
      if (block === undefined) return [{ field, problem: `register ${place.at} is in no block`, remedy: 'Let one of `blocks` reach over all its registers' }]
      if (!place.optional || isOptional(table, block)) return []
      // Else a meter that lacks the register would refuse the others with it.
      return [{ field, problem: 'is optional but shares a block with what is not', remedy: 'Give it a block of its own' }]
    }),
  ]
}

/** Whichever optional blocks a meter lacks: two requests in a row have different lengths, from one poll to the next as well. A reply says neither
 *  which registers it carries nor which request it belongs to. */
function equalLengths(table: MeterTable): readonly Mistake[] {
  const { blocks, serialNumber } = table
  const optional = blocks.filter((block) => isOptional(table, block))
  const wrong = (field: string, problem: string) => [{ field, problem, remedy: 'Change the order of the blocks, or make one longer' }]
  for (let subset = 0; subset < 2 ** optional.length; subset++) {
    const left = blocks.filter((block) => !optional.some((each, at) => each === block && (subset & (2 ** at)) !== 0))
    const equal = left.length === 1 ? undefined : left.find(([, count], index) => count === left[(index + 1) % left.length]?.[1])
    if (equal !== undefined) return wrong('blocks', `two requests in a row have ${equal[1]} registers`)
    // The serial number comes between two polls.
    const around = [left[0]?.[1], left.at(-1)?.[1]]
    if (serialNumber !== undefined && around.includes(serialNumberLength(serialNumber)))
      return wrong('serialNumber', 'is as long as the request before or after it')
  }
  return []
}
