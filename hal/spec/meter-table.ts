import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import { fields, flag, maybe, name, numeric, whole, words } from './words.ts'

/** A Modbus energy meter as data: which registers hold what. The tables that are built in and a YAML file beside the board file have this one shape. */

const numberTypes = ['u16', 's16', 'u32', 's32', 'u64', 's64', 'f32'] as const
export type NumberType = (typeof numberTypes)[number]

/** What may be said of a register beside its address. */
interface Refinement {
  /** The table's `type` when left out. */
  readonly type?: NumberType
  /** Quantity in SI units per step of the register: 0.1 for tenths of a volt, 1000 for kWh. 1 when left out. */
  readonly scale?: number
  /** A raw number that means "not available". The largest of an integer type (and the smallest of a signed one) always means it. */
  readonly sentinel?: number
  /** The meter may answer "illegal address": it is then not asked again. */
  readonly optional?: boolean
}
/** Where a quantity is: an address, 0-based as on the wire, or an address with what is special about it. */
export type Field = number | (Refinement & { readonly at: number })
/** The same for L1, L2, L3 (L1 alone in a single-phase meter). */
export type PhaseFields = readonly number[] | (Refinement & { readonly at: readonly number[] })
/** First register, how many, and how many from there on the meter has: a read is made longer where its reply could be taken for another's. */
export type BlockRead = readonly [at: number, count: number, most?: number]

const address = { type: 'integer', minimum: 0, maximum: 65_535 } as const
const addresses = { type: 'array', items: address, minItems: 1, maxItems: 3 } as const
const type = words(numberTypes, 'How registers make a number.')
const refined = (at: object) =>
  fields({
    at: schema.unsafe({ ...at, description: 'Address, 0-based as on the wire: 0 to 65535.' }),
    type: maybe(type),
    scale: maybe(numeric('Quantity in SI units per step of the register: 0.1 for tenths of a volt, 1000 for kWh.', 1e-6, 1e6)),
    sentinel: maybe(schema.number({ description: 'A raw number that means "not available".' })),
    optional: flag('True: the meter may lack it.'),
  })
const field = (description: string) =>
  schema.unsafe<Field>({ description: `${description} An address, or {at, type, scale, sentinel, optional}.`, anyOf: [address, refined(address)] })
const perPhase = (description: string) =>
  maybe(
    schema.unsafe<PhaseFields>({
      description: `${description} L1, L2, L3: addresses, or {at: addresses, type, scale, sentinel, optional}.`,
      anyOf: [addresses, refined(addresses)],
    }),
  )

const serialNumber = fields(
  {
    at: schema.unsafe<number>({ ...address, description: 'Address, 0-based as on the wire: 0 to 65535.' }),
    read: maybe(words(['input', 'holding'], 'As the other registers when left out.')),
    type: maybe(words(['u16', 'u32', 'u64'], 'u32 when left out.')),
    text: maybe(whole('It is text in so many registers.', 1, 20)),
  },
  'The serial number: tells an exchanged meter. A meter that does not have it is not asked again.',
)

export const meterTable = fields({
  maker: name('Who makes it.'),
  model: name('What it is called.'),
  phases: schema.unsafe<1 | 3>({ type: 'integer', enum: [1, 3], description: '1 or 3.' }),
  read: words(['input', 'holding'], 'input: function 4. holding: function 3.'),
  type,
  wordOrder: words(['high-first', 'low-first'], 'Which register of a longer number comes first.'),
  mostRegisters: whole('The longest read that the meter answers.', 1, 125),
  evenOnly: flag('True: the meter refuses odd addresses and odd counts.'),
  gapMs: maybe(whole('Silence that the meter needs between two requests, ms. That of the bus when left out.', 0, 2_000)),
  factory: maybe(
    fields(
      {
        baud: whole('Bits per second.', 300, 921_600),
        parity: words(['none', 'even', 'odd'], 'Parity.'),
        stopBits: schema.unsafe<1 | 2>({ type: 'integer', enum: [1, 2], description: '1 or 2.' }),
        unit: whole('Modbus address.', 1, 247),
      },
      'The serial line as the factory sets it; for people and for `pilotwire probe`.',
    ),
  ),
  blocks: schema.unsafe<readonly BlockRead[]>({
    type: 'array',
    items: { type: 'array', items: address, minItems: 2, maxItems: 3, description: '[address, count], or [address, count, most].' },
    minItems: 1,
    maxItems: 12,
    description:
      'What is read in one request each: [address, count], or [address, count, most], where the meter answers for up to `most` registers from the address on. Two in a row differ in length.',
  }),
  importWh: field('Active energy to the EV, Wh.'),
  exportWh: maybe(field('Active energy from the EV, Wh.')),
  totalPowerW: maybe(field('Active power of all phases, W, positive to the EV.')),
  powerW: perPhase('Active power per phase, W, positive to the EV.'),
  voltageV: perPhase('Voltage to neutral per phase, V.'),
  currentA: perPhase('Current per phase, A. Its sign is not used.'),
  frequencyHz: maybe(field('Frequency, Hz.')),
  powerFactor: maybe(field('Power factor of all phases, -1 to 1.')),
  serialNumber: maybe(serialNumber),
  notes: maybe(schema.string({ description: 'Where the addresses come from, and what was chosen where sources disagree.', maxLength: 2_000 })),
})
export type MeterTable = Readonly<Static<typeof meterTable>>
