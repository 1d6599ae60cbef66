import { expect, test } from 'vitest'
import { type CataloguedMeter, meterCatalogue } from '../../../hal/meters/models.ts'
import { readingOf } from '../../../hal/meters/reading.ts'
import { isOptional, mistakesOf, modbusMeter } from '../../../hal/meters/table.ts'
import type { MeterTable } from '../../../hal/spec/meter-table.ts'
import { type Kind, type Order, RegisterImage } from './image.ts'

/** The register maps once more, cell by cell, as the public lists have them: address, type, and steps of the register per SI unit.
 *  Nothing here is taken from the tables under test. */
type Cell = readonly [at: number, kind: Kind, stepsPerUnit: number]
interface Map {
  readonly order: Order
  readonly fn: 3 | 4
  readonly phases: 1 | 3
  /** The longest read that is known to be answered. */
  readonly limit: number
  readonly u?: readonly Cell[]
  readonly i?: readonly Cell[]
  readonly p?: readonly Cell[]
  readonly total?: Cell
  readonly f?: Cell
  readonly pf?: Cell
  readonly import: Cell
  readonly export?: Cell
}

const cells = (kind: Kind, steps: number, ...addresses: number[]): readonly Cell[] => addresses.map((at) => [at, kind, steps])

const sdm1: Map = {
  ...{ order: 'high', fn: 4, phases: 1, limit: 60 },
  ...{ u: cells('f32', 1, 0x0000), i: cells('f32', 1, 0x0006), p: cells('f32', 1, 0x000c) },
  ...{ pf: [0x001e, 'f32', 1], f: [0x0046, 'f32', 1], import: [0x0048, 'f32', 0.001], export: [0x004a, 'f32', 0.001] },
}
const sdm3: Map = {
  ...{ order: 'high', fn: 4, phases: 3, limit: 80 },
  ...{ u: cells('f32', 1, 0, 2, 4), i: cells('f32', 1, 6, 8, 0x0a), p: cells('f32', 1, 0x0c, 0x0e, 0x10), total: [0x34, 'f32', 1] },
  ...{ pf: [0x3e, 'f32', 1], f: [0x46, 'f32', 1], import: [0x48, 'f32', 0.001], export: [0x4a, 'f32', 0.001] },
}
const abb3: Map = {
  ...{ order: 'high', fn: 3, phases: 3, limit: 125 },
  ...{ u: cells('u32', 10, 0x5b00, 0x5b02, 0x5b04), i: cells('u32', 100, 0x5b0c, 0x5b0e, 0x5b10), p: cells('s32', 100, 0x5b16, 0x5b18, 0x5b1a) },
  ...{ total: [0x5b14, 's32', 100], pf: [0x5b3a, 's16', 1000], f: [0x5b2c, 'u16', 100], import: [0x5000, 'u64', 0.1], export: [0x5004, 'u64', 0.1] },
}
const em340: Map = {
  ...{ order: 'low', fn: 4, phases: 3, limit: 50 },
  ...{ u: cells('s32', 10, 0, 2, 4), i: cells('s32', 1000, 0x0c, 0x0e, 0x10), p: cells('s32', 10, 0x12, 0x14, 0x16), total: [0x28, 's32', 10] },
  ...{ pf: [0x31, 's16', 1000], f: [0x33, 's16', 10], import: [0x34, 's32', 0.01], export: [0x4e, 's32', 0.01] },
}
const orno1: Map = {
  ...{ order: 'high', fn: 3, phases: 1, limit: 125 },
  ...{ u: cells('u16', 100, 0x131), i: cells('u32', 1000, 0x139), p: cells('u32', 1, 0x140), pf: [0x158, 'u16', 1000], f: [0x130, 'u16', 100] },
  import: [0xa000, 'u32', 0.1],
}
const orno3: Map = {
  ...{ order: 'high', fn: 3, phases: 3, limit: 125 },
  ...{ u: cells('f32', 1, 0x0e, 0x10, 0x12), i: cells('f32', 1, 0x16, 0x18, 0x1a), p: cells('f32', 0.001, 0x1e, 0x20, 0x22), total: [0x1c, 'f32', 0.001] },
  ...{ pf: [0x34, 'f32', 1], f: [0x14, 'f32', 1], import: [0x108, 'f32', 0.001], export: [0x110, 'f32', 0.001] },
}
const finder3: Map = {
  ...{ order: 'high', fn: 4, phases: 3, limit: 125 },
  ...{ u: cells('f32', 1, 2500, 2502, 2504), i: cells('f32', 1, 2516, 2518, 2520), p: cells('f32', 1, 2530, 2532, 2534), total: [2536, 'f32', 1] },
  ...{ pf: [2560, 'f32', 1], f: [2498, 'f32', 1], import: [2752, 'f32', 1] },
}

const maps: Readonly<Record<string, Map>> = {
  'eastron-sdm120': sdm1,
  'eastron-sdm220': sdm1,
  'eastron-sdm230': sdm1,
  'eastron-sdm630': sdm3,
  'eastron-sdm72d-v2': { ...sdm3, limit: 60 },
  'eastron-sdm72d': { order: 'high', fn: 4, phases: 3, limit: 60, total: [0x34, 'f32', 1], import: [0x48, 'f32', 0.001], export: [0x4a, 'f32', 0.001] },
  'abb-b21': { ...abb3, phases: 1, u: cells('u32', 10, 0x5b00), i: cells('u32', 100, 0x5b0c), p: cells('s32', 100, 0x5b14) },
  'abb-b23': abb3,
  'abb-b24': abb3,
  'carlo-gavazzi-em330': em340,
  'carlo-gavazzi-em340': em340,
  'carlo-gavazzi-et340': em340,
  'carlo-gavazzi-em530': em340,
  'carlo-gavazzi-em540': em340,
  'carlo-gavazzi-em24': {
    ...{ order: 'low', fn: 4, phases: 3, limit: 11 },
    ...{ u: cells('s32', 10, 0, 2, 4), i: cells('s32', 1000, 0x0c, 0x0e, 0x10), p: cells('s32', 10, 0x12, 0x14, 0x16) },
    ...{ pf: [0x35, 's16', 1000], f: [0x37, 's16', 10], import: [0x3e, 's32', 0.01], export: [0x5c, 's32', 0.01] },
  },
  'carlo-gavazzi-em111': {
    ...{ order: 'low', fn: 4, phases: 1, limit: 50 },
    ...{ u: cells('s32', 10, 0), i: cells('s32', 1000, 2), p: cells('s32', 10, 4) },
    ...{ pf: [0x0e, 's16', 1000], f: [0x0f, 's16', 10], import: [0x10, 's32', 0.01], export: [0x20, 's32', 0.01] },
  },
  'schneider-iem3155': {
    ...{ order: 'high', fn: 3, phases: 3, limit: 125 },
    ...{ u: cells('f32', 1, 0x0bd3, 0x0bd5, 0x0bd7), i: cells('f32', 1, 0x0bb7, 0x0bb9, 0x0bbb), p: cells('f32', 0.001, 0x0bed, 0x0bef, 0x0bf1) },
    ...{ total: [0x0bf3, 'f32', 0.001], f: [0x0c25, 'f32', 1], import: [0x0c83, 's64', 1], export: [0x0c87, 's64', 1] },
  },
  'orno-we-514': orno1,
  'orno-we-515': orno1,
  'orno-we-516': orno3,
  'orno-we-517': orno3,
  'chint-dtsu666': {
    ...{ order: 'high', fn: 3, phases: 3, limit: 125 },
    ...{ u: cells('f32', 10, 0x2006, 0x2008, 0x200a), i: cells('f32', 1000, 0x200c, 0x200e, 0x2010), p: cells('f32', 10, 0x2014, 0x2016, 0x2018) },
    ...{ total: [0x2012, 'f32', 10], pf: [0x202a, 'f32', 1000], f: [0x2044, 'f32', 100], import: [0x101e, 'f32', 0.001], export: [0x1028, 'f32', 0.001] },
  },
  'pzem-004t': {
    ...{ order: 'low', fn: 4, phases: 1, limit: 10 },
    ...{ u: cells('u16', 10, 0), i: cells('u32', 1000, 1), p: cells('u32', 10, 3), pf: [8, 'u16', 100], f: [7, 'u16', 10], import: [5, 'u32', 1] },
  },
  'finder-7m24': { ...finder3, phases: 1, u: cells('f32', 1, 2500), i: cells('f32', 1, 2516), p: cells('f32', 1, 2536) },
  'finder-7m38': finder3,
}

/** A charging car, in numbers that every resolution can say and no two cells share. */
const truth = { u: [228.5, 231.5, 234], i: [10, 12, 14.5], p: [2_280, 2_770, 3_390], total: 8_440, f: 50.5, pf: 0.98, import: 1_234_500, export: 6_700 }

function imageOf(map: Map, values: typeof truth = truth): RegisterImage {
  const image = new RegisterImage()
  const put = (cell: Cell | undefined, value: number | undefined) => {
    if (cell === undefined || value === undefined) return
    const [at, kind, steps] = cell
    const raw = value * steps
    if (kind === 'f32') image.set(at, kind, raw, map.order)
    else image.set(at, kind, Math.round(raw), map.order)
  }
  for (const field of ['u', 'i', 'p'] as const) for (const [phase, cell] of (map[field] ?? []).entries()) put(cell, values[field][phase])
  put(map.total, map.phases === 1 ? values.p[0] : values.total)
  for (const field of ['f', 'pf', 'import', 'export'] as const) put(map[field], values[field])
  return image
}

function readAll(table: MeterTable, image: RegisterImage, options: { invert?: boolean; without?: (at: number) => boolean } = {}) {
  const answers = table.blocks.filter(([at]) => options.without?.(at) !== true).map(([at, count]) => ({ at, registers: image.read(at, count) }))
  return readingOf(table, answers, 1_000, options.invert)
}

const catalogue = await meterCatalogue()
const each = test.each(catalogue.map((meter) => [meter.name, meter] as const))
const mapOf = ({ name }: CataloguedMeter): Map => maps[name] as Map

test('every meter of the catalogue has its map here, and the other way round', () => {
  expect(catalogue.map(({ name }) => name).sort()).toEqual(Object.keys(maps).sort())
})

each('%s: every cell is read back in SI units', (_, meter) => {
  const map = mapOf(meter)
  const reading = readAll(meter.table, imageOf(map))
  expect(reading).toBeDefined()
  const phases = map.u ?? map.i ?? map.p
  expect(reading?.phases).toHaveLength(phases === undefined ? 0 : map.phases)
  for (const [phase, found] of (reading?.phases ?? []).entries()) {
    expect(found.voltageV).toBeCloseTo(truth.u[phase] as number, 4)
    expect(found.currentA).toBeCloseTo(truth.i[phase] as number, 4)
    expect(found.powerW).toBeCloseTo(truth.p[phase] as number, 2)
  }
  expect(reading?.powerW).toBeCloseTo(map.phases === 1 ? (truth.p[0] as number) : truth.total, 2)
  // A kWh in f32 has steps of 0.125 Wh here.
  expect(Math.abs((reading?.importWh ?? 0) - truth.import)).toBeLessThan(0.1)
  if (map.export === undefined) expect(reading?.exportWh).toBe(undefined)
  else expect(Math.abs((reading?.exportWh ?? 0) - truth.export)).toBeLessThan(0.1)
  expect(reading?.frequencyHz).toEqual(map.f === undefined ? undefined : expect.closeTo(truth.f, 4))
  expect(reading?.powerFactor).toEqual(map.pf === undefined ? undefined : expect.closeTo(truth.pf, 4))
  expect(reading?.at).toBe(1_000)
})

each('%s: no read is longer than the meter allows, by function 3 or 4 as it wants', (_, { name, table }) => {
  const map = maps[name] as Map
  expect(table.read).toBe(map.fn === 4 ? 'input' : 'holding')
  for (const [at, count, most = count] of table.blocks) {
    expect(count).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(map.limit)
    if (name.startsWith('eastron')) expect([at % 2, count % 2, most % 2]).toEqual([0, 0, 0])
  }
  expect(mistakesOf(table)).toEqual([])
})

each('%s: wired the other way round, import is export and power changes sign', (_, meter) => {
  const map = mapOf(meter)
  if (map.export === undefined) return expect(readAll(meter.table, imageOf(map), { invert: true })).toBe(undefined)
  const back = { ...truth, p: truth.p.map((watts) => -watts), total: -truth.total, import: truth.export, export: truth.import }
  const reading = readAll(meter.table, imageOf(map, back), { invert: true })
  expect(reading?.powerW).toBeCloseTo(map.phases === 1 ? (truth.p[0] as number) : truth.total, 2)
  expect(Math.abs((reading?.importWh ?? 0) - truth.import)).toBeLessThan(0.1)
  for (const { currentA = 0 } of reading?.phases ?? []) expect(currentA).toBeGreaterThanOrEqual(0)
})

each('%s: without its energy there is no reading; without what is optional there is one', (_, { name, table }) => {
  const map = maps[name] as Map
  const image = imageOf(map)
  const holds = (at: number) => table.blocks.some(([from, count]) => from === at && map.import[0] >= from && map.import[0] < from + count)
  expect(readAll(table, image, { without: holds })).toBe(undefined)
  const optional = table.blocks.filter((block) => isOptional(table, block)).map(([at]) => at)
  expect(readAll(table, image, { without: (at) => optional.includes(at) })?.importWh).toBeDefined()
})

test('what ABB does not have is absent: a steel variant has no export', () => {
  const { table } = catalogue.find(({ name }) => name === 'abb-b23') as CataloguedMeter
  const image = imageOf(abb3).set(0x5004, 'u64', 0xffff_ffff_ffff_ffffn).set(0x5b04, 'u32', 0xffff_ffff).set(0x5b3a, 's16', 0x7fff)
  const reading = readAll(table, image)
  expect(reading).not.toHaveProperty('exportWh')
  expect(reading).not.toHaveProperty('powerFactor')
  expect(reading?.phases[2]).not.toHaveProperty('voltageV')
  expect(reading?.phases[1]?.voltageV).toBe(231.5)
  expect(readAll(table, imageOf(abb3).set(0x5000, 'u64', 0xffff_ffff_ffff_ffffn))).toBe(undefined)
})

test('all 64 bits of a register of energy count', () => {
  const { table } = catalogue.find(({ name }) => name === 'abb-b23') as CataloguedMeter
  expect(readAll(table, imageOf(abb3).set(0x5000, 'u64', 0x1_0000_0001n))?.importWh).toBe(42_949_672_970)
})

test('a current is positive whichever way it flows; its sign is that of the power', () => {
  const { table } = catalogue.find(({ name }) => name === 'eastron-sdm230') as CataloguedMeter
  const reading = readAll(table, imageOf(sdm1).set(0x06, 'f32', -10).set(0x0c, 'f32', -2_280))
  expect(reading?.phases).toEqual([{ voltageV: 228.5, currentA: 10, powerW: -2_280 }])
})

test('a total that the meter does not give is the sum of its phases, or absent', () => {
  const { table } = catalogue.find(({ name }) => name === 'carlo-gavazzi-em24') as CataloguedMeter
  const map = maps['carlo-gavazzi-em24'] as Map
  expect(readAll(table, imageOf(map))?.powerW).toBe(8_440)
  expect(readAll(table, imageOf(map).set(0x14, 's32', 0x7fff_ffff, 'low'))).not.toHaveProperty('powerW')
})

test("the example of Eastron's manual: 43 66 33 34 is 230.2 V", () => {
  const { table } = catalogue.find(({ name }) => name === 'eastron-sdm630') as CataloguedMeter
  const frame = Buffer.from('01 04 04 43 66 33 34 1b 38'.replaceAll(' ', ''), 'hex')
  const image = imageOf(sdm3).set(0, 'u16', frame.readUInt16BE(3)).set(1, 'u16', frame.readUInt16BE(5))
  expect(readAll(table, image)?.phases[0]?.voltageV).toBeCloseTo(230.2, 4)
})

test('a frequency of 0 and a power factor that codes a quadrant are absent, and the reading stands', () => {
  const { table } = catalogue.find(({ name }) => name === 'eastron-sdm230') as CataloguedMeter
  const reading = readAll(table, imageOf(sdm1).set(0x46, 'f32', 0).set(0x1e, 'f32', 1.7))
  expect(reading).not.toHaveProperty('frequencyHz')
  expect(reading).not.toHaveProperty('powerFactor')
  expect(reading?.phases[0]?.voltageV).toBe(228.5)
})

const small: MeterTable = {
  ...{ maker: 'Nobody', model: 'M', phases: 1, read: 'input', type: 'u16', wordOrder: 'high-first', mostRegisters: 10 },
  blocks: [
    [0, 4],
    [10, 2],
  ],
  importWh: { at: 0, type: 'u32' },
  frequencyHz: 10,
}

test.each<[string, Partial<MeterTable>, string, RegExp]>([
  ['a field outside all blocks', { exportWh: 4 }, 'exportWh', /register 4 is in no block/],
  ['a field that reaches beyond its block', { exportWh: { at: 3, type: 'u32' } }, 'exportWh', /in no block/],
  [
    'a block that is too long',
    {
      blocks: [
        [0, 11],
        [10, 2],
      ],
    },
    'blocks.0',
    /longer than the 10/,
  ],
  [
    'a block that may become too long',
    {
      blocks: [
        [0, 4, 11],
        [10, 2],
      ],
    },
    'blocks.0',
    /longer than the 10/,
  ],
  [
    'a block without length',
    {
      blocks: [
        [0, 4],
        [10, 0],
      ],
    },
    'blocks.1',
    /no length/,
  ],
  [
    'a block beyond the end',
    {
      blocks: [
        [0, 4],
        [10, 2],
        [65_535, 3],
      ],
    },
    'blocks.2',
    /beyond/,
  ],
  [
    'an odd block of a meter that wants even ones',
    {
      evenOnly: true,
      blocks: [
        [0, 4],
        [9, 3],
      ],
    },
    'blocks.1',
    /odd/,
  ],
  ['addresses for other phases than it has', { voltageV: [0, 1] }, 'voltageV', /2 addresses for 1 phases/],
  [
    'two requests in a row of equal length',
    {
      blocks: [
        [0, 2],
        [10, 2],
      ],
    },
    'blocks',
    /two requests in a row have 2/,
  ],
  [
    'equal lengths from one poll to the next',
    {
      blocks: [
        [0, 4],
        [10, 2],
        [20, 4],
      ],
    },
    'blocks',
    /two requests in a row have 4/,
  ],
  [
    'equal lengths when an optional block is left out',
    {
      blocks: [
        [0, 4],
        [10, 2],
        [20, 4],
        [30, 1],
      ],
      frequencyHz: { at: 10, optional: true },
    },
    'blocks',
    /have 4/,
  ],
  ['a serial number as long as its neighbour', { serialNumber: { at: 100 } }, 'serialNumber', /as long as/],
  ['an optional register among others', { exportWh: { at: 2, optional: true } }, 'exportWh', /shares a block/],
])('%s is a mistake', (_, change, field, problem) => {
  expect(mistakesOf(small)).toEqual([])
  const [mistake] = mistakesOf({ ...small, ...change })
  expect(mistake).toMatchObject({ field, problem: expect.stringMatching(problem) })
  expect(mistake?.remedy).not.toBe('')
  expect(() => modbusMeter({ ...small, ...change })).toThrow(`meter table M: ${field}`)
})
