import { expect, test } from 'vitest'
import { modbusRtu } from '../../../hal/bus/modbus-rtu.ts'
import { meterCatalogue } from '../../../hal/meters/models.ts'
import { openModbusMeter } from '../../../hal/meters/poll.ts'
import { readingOf } from '../../../hal/meters/reading.ts'
import { type PerPhase, type Place, placeOf, placesOf, type Single } from '../../../hal/meters/table.ts'
import type { MeterTable } from '../../../hal/spec/meter-table.ts'
import type { Reading } from '../../../hal/types.ts'
import { silentLog } from '../../../src/base/log.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seeded } from '../../seeded.ts'
import { fakeWiring } from '../fakes.ts'
import { RegisterImage } from '../meters/image.ts'
import { anyFault } from './campaign.ts'
import { memoryLine } from './lines.ts'
import { type Fault, type Heard, modbusSlave, type Unit } from './slave.ts'

/** What meters mean by their registers: each quantity of each unit has a value of its own. */
const singles = { importWh: 1_234_000, exportWh: 765_000, totalPowerW: 6_543, frequencyHz: 50.1, powerFactor: 0.95 } as const
const perPhase = { powerW: [2_100, 2_200, 2_243], voltageV: [231.5, 232.5, 233.5], currentA: [9.1, 9.5, 9.6] } as const

function imageOf(table: MeterTable, unit: number): RegisterImage {
  const image = new RegisterImage()
  const order = table.wordOrder === 'high-first' ? 'high' : 'low'
  const put = ({ at, type, scale }: Place, value: number) => {
    const own = value * (1 + unit / 1_000)
    image.set(at, type, type === 'f32' ? own / scale : type.endsWith('64') ? BigInt(Math.round(own / scale)) : Math.round(own / scale), order)
  }
  for (const field of Object.keys(singles) as Single[]) {
    const place = placeOf(table, field)
    if (place !== undefined) put(place, singles[field])
  }
  for (const field of Object.keys(perPhase) as PerPhase[])
    for (const [phase, place] of placesOf(table, field).entries()) put(place, perPhase[field][phase] ?? 0)
  return image
}

/** Every number of a reading by its name. */
function numbersOf({ importWh, exportWh, powerW, frequencyHz, powerFactor, phases }: Reading): ReadonlyMap<string, number> {
  const named = { importWh, exportWh, powerW, frequencyHz, powerFactor }
  const ofPhases = phases.flatMap((phase, at) => Object.entries(phase).map(([name, value]) => [`${name} L${at + 1}`, value] as const))
  return new Map([...Object.entries(named), ...ofPhases].filter((each): each is [string, number] => each[1] !== undefined))
}

/** The meter says well framed what it does not hold: no master can know. NaN means something in tables of floats only. */
function isLie(fault: Fault, table: MeterTable): boolean {
  return fault.kind === 'swapped words' || (fault.kind === 'nan' && table.type !== 'f32')
}

type Trouble = 'none' | 'on the bus' | 'in the meter'

/** Two meters of one kind on a bus, and what is seen of them. */
async function bench({ name, table, seed }: { readonly name: string; readonly table: MeterTable; readonly seed: number }) {
  const clock = simulatedClock()
  const chance = seeded(seed)
  const { line, wire } = memoryLine()
  const images = [1, 2].map((unit) => imageOf(table, unit))
  const units = new Map<number, Unit>(
    images.map((image, at) => [at + 1, { ...limitsOf(table), read: (_from: string, register: number) => image.read(register, 1)[0] }]),
  )
  const right = images.map((image) => {
    const answers = table.blocks.map(([at, count]) => ({ at, registers: image.read(at, count) }))
    return numbersOf(readingOf(table, answers, 0) as Reading)
  })
  const state: { trouble: Trouble; faults: number } = { trouble: 'none', faults: 0 }
  const fault = (heard: Heard) => {
    if (state.trouble === 'none' || !chance.happens(0.5)) return undefined
    const any = anyFault(chance, heard, 5_000)
    if (state.trouble === 'on the bus' && isLie(any, table)) return undefined
    state.faults++
    return any
  }
  modbusSlave(wire, { clock, units, fault })
  const bus = modbusRtu('meters', line, { baud: 9_600 }, { clock, log: silentLog })
  const wiring = { ...fakeWiring(clock), modbus: async () => bus }
  const meters = await Promise.all([1, 2].map((unit) => openModbusMeter({ kind: 'modbus', bus: 'meters', unit, model: name }, wiring, '.')))
  return { clock, state, right, meters }
}

const limitsOf = ({ mostRegisters, evenOnly = false }: MeterTable) => ({ mostRegisters, isEvenOnly: evenOnly })

const catalogue = (await meterCatalogue()).map((each, at) => ({ ...each, seed: 100 + at }))

test.each(catalogue)('$name: what it measures is right or absent, whatever happens on the bus', async (meter) => {
  const { clock, state, right, meters } = await bench(meter)
  const wrong: string[] = []
  const seen = new Set<number>()
  const isAnothers = (value: number) => right.some((each) => [...each.values()].includes(value))
  clock.every('look', 500, () => {
    for (const [index, { newest }] of meters.entries()) {
      if (newest !== undefined) seen.add(newest.at)
      for (const [field, value] of newest === undefined ? [] : numbersOf(newest)) {
        const own = right[index]?.get(field)
        if (value !== own && (state.trouble !== 'in the meter' || isAnothers(value))) wrong.push(`unit ${index + 1}: ${field} is ${value}, not ${own}`)
      }
    }
  })
  await clock.advance(5_000)
  expect(meters.map((each) => each.newest !== undefined)).toEqual([true, true])
  state.trouble = 'on the bus'
  await clock.advance(300_000)
  expect(wrong.slice(0, 5)).toEqual([])
  expect(state.faults).toBeGreaterThan(150)
  expect(seen.size).toBeGreaterThan(30)
  state.trouble = 'in the meter'
  await clock.advance(100_000)
  expect(wrong.slice(0, 5)).toEqual([])
  // Then all is well again: nothing hangs, and what the meters said wrong is forgotten.
  state.trouble = 'none'
  await clock.advance(30_000)
  wrong.length = 0
  await clock.advance(5_000)
  expect(wrong).toEqual([])
  for (const { newest } of meters) expect(clock.monotonic() - (newest?.at ?? 0)).toBeLessThan(4_000)
})
