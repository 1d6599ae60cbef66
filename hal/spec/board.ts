import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import type { SafetySettings } from '../types.ts'
import { controller, indicator, limitInput } from './controllers.ts'
import { bus, meter, part, reader, sensor } from './wires.ts'
import { fields, input, maybe, output, words } from './words.ts'

/** What a board file of kind `wired` says beside the fields that every board has: wires, and what hangs on them. */

const named = <T extends Parameters<typeof schema.record>[1]>(of: T, description: string) => maybe(schema.record(schema.string(), of, { description }))

/** One outlet's wires. */
export const wiredEvse = {
  controller,
  meter: maybe(meter),
  temperature: maybe(sensor),
  protectiveEarth: maybe(input),
  shuntTrip: maybe(output),
  indicator: maybe(indicator),
} as const

/** The board's own wires. */
export const wiredBoard = {
  gpio: maybe(words(['auto', 'chardev', 'sysfs'], 'How GPIO lines are reached. auto when left out: the character device where koffi loads, else sysfs.')),
  buses: named(bus, 'Serial lines, Modbus and I2C by names of your choice.'),
  parts: named(part, 'Expanders, relay boards and converters on I2C by names of your choice.'),
  grid: maybe(
    fields(
      { meter },
      'The connection to the grid: a meter behind the main fuse that counts the whole house, cars too, wired so that import is positive. Each phase with its current. See docs/load-management.md.',
    ),
  ),
  readers: maybe(schema.array(reader, { description: 'Readers of cards.', maxItems: 8 })),
  emergencyStop: maybe(input),
  tamper: maybe(input),
  failure: maybe(input),
  deadMan: maybe(output),
  limitInputs: maybe(schema.array(limitInput, { description: 'Contacts from outside that limit the current.', maxItems: 8 })),
  market: maybe(words(['eu', 'us'], 'us: a residual current trip recloses after 5 min, at most 3 times. eu when left out.')),
  benchOnly: maybe(
    words(
      ['accepted'],
      'Says that a `native` board without dead-man output and residual current monitor is a bench set-up. Without it systemd does not run it.',
    ),
  ),
} as const

const evseShape = fields(wiredEvse)
const boardShape = fields(wiredBoard)

/** What the outlet has beside its wires; checked by `src/config/board.ts` for every kind of board. */
interface Outlet {
  readonly maxAmps: number
  readonly phases: 1 | 3
  readonly cable: 'socket' | 'fixed'
  readonly nominalVoltageV: number
  readonly hasVentilation: boolean
}

export type WiredEvseSpec = Outlet & Static<typeof evseShape>
export type WiredBoardSpec = Static<typeof boardShape> & {
  readonly name: string
  readonly kind: 'wired'
  /** Where the file stands: meter tables are looked for beside it. */
  readonly directory: string
  readonly evses: readonly WiredEvseSpec[]
  readonly safety: Partial<SafetySettings>
}
