import type { Static } from 'typebox'
import type { WiredBoardSpec } from '../../hal/spec/board.ts'
import type { SafetySettings } from '../../hal/types.ts'
import { ConfigError } from '../base/errors.ts'
import * as schema from '../base/schema.ts'

/** More outlets than this nobody hangs on one computer. */
export const mostConnectors = 64

/** What a board file says. One file per board in `board-configs/`; `hal/build.ts` makes the board of it. */
/** What every outlet says, whatever it is made of. */
export const outlet = {
  maxAmps: schema.integer({
    description: 'Largest current of the installation behind this outlet, A per phase. IEC 61851-1: 6 to 80.',
    minimum: 6,
    maximum: 80,
  }),
  phases: schema.unsafe<1 | 3>({ type: 'integer', enum: [1, 3], description: 'Phases of the supply behind this outlet: 1 or 3.' }),
  cable: schema.unsafe<'socket' | 'fixed'>({
    type: 'string',
    enum: ['socket', 'fixed'],
    description: 'socket: the driver brings the cable, the plug is locked. fixed: the cable hangs on the charger.',
  }),
  nominalVoltageV: schema.optional(
    schema.integer({ description: 'Voltage between a phase and neutral, V. 230 when left out.', minimum: 100, maximum: 277, default: 230 }),
  ),
  hasVentilation: schema.optional(
    schema.boolean({ description: 'True where the room is ventilated: a car in pilot state D may charge. False when left out.', default: false }),
  ),
} as const

const bounded = (description: string, minimum: number, maximum: number, usual: number) =>
  schema.optional(schema.number({ description: `${description} ${minimum} to ${maximum}; ${usual} when left out.`, minimum, maximum, default: usual }))
const choice = <const T extends readonly string[]>(description: string, words: T, usual: T[number]) =>
  schema.optional(schema.unsafe<T[number]>({ type: 'string', enum: [...words], description: `${description} ${usual} when left out.`, default: usual }))

/** The bounds are the guard's own (`bounds` in `src/safety/limits.ts`; a test compares them): a file cannot go beyond them. */
export const safety = schema.object(
  {
    lowestV: bounded('Supply voltage below which charging stops after 10 s, V, for a nominal 230 V.', 180, 220, 196),
    highestV: bounded('Supply voltage above which charging stops after 10 s, V, for a nominal 230 V.', 240, 276, 264),
    derateFromC: bounded('Temperature at which the current begins to go down, degrees C.', 30, 65, 65),
    derateToC: bounded('Temperature at which the current has come down to 6 A, degrees C.', 35, 70, 70),
    stopAtC: bounded('Temperature at which charging stops, degrees C.', 40, 75, 75),
    resumeBelowC: bounded('Temperature below which a stopped outlet charges again, degrees C.', 20, 65, 60),
    onSensorLost: choice('A temperature sensor that is open or shorted: go on with 16 A, or stop.', ['derate', 'stop'], 'derate'),
    onMeterLost: choice('A meter that does not answer.', ['continue', 'stop'], 'stop'),
    onPhaseLoss: choice('One or two of three phases are gone.', ['continue', 'stop'], 'stop'),
    openPen: schema.optional(
      schema.boolean({
        description:
          'True: 207 to 253 V (for a nominal 230 V) and nothing else for 5 s opens at once, as a lost PEN conductor shows. Requires protective-earth switching hardware. False when left out.',
        default: false,
      }),
    ),
    phaseSwitching: choice('Whether the phase switch of a board that has one is used. It can destroy cars that were not made for it.', ['off', 'on'], 'off'),
    wakeUp: choice(
      "A car that sleeps through 30 s of PWM is woken once: by pilot state F for 4 s, by opening the pilot's wire where the board can, or not at all.",
      ['none', 'fault', 'disconnect'],
      'fault',
    ),
    resumeAmps: bounded('A pause below 6 A ends at this current, A per phase.', 6, 16, 6.5),
    resumeAfter: bounded('A pause below 6 A lasts at least this long, ms.', 5_000, 600_000, 30_000),
  } satisfies Record<keyof SafetySettings, unknown>,
  { additionalProperties: false, description: "The guard's numbers." },
)

/** What every board file says, whatever its kind. */
export const about = {
  $schema: schema.optional(schema.string({ description: 'For editors; not read.' })),
  name: schema.string({ description: 'The name that --board and the log use.', minLength: 1, maxLength: 50 }),
  safety: schema.optional(safety),
} as const

export const evsesOf = <const T extends Parameters<typeof schema.array>[0]>(evse: T) =>
  schema.array(evse, { description: 'The outlets in order: the first is connector 1.', minItems: 1, maxItems: mostConnectors })

/** Of a simulated outlet only: real DC power stages are out of scope. */
const dc = schema.object(
  {
    maxWatts: schema.integer({ description: 'Largest power at the output, W. 1000 to 400000.', minimum: 1_000, maximum: 400_000 }),
    maxAmps: schema.optional(
      schema.integer({ description: 'What the cable carries, A. 10 to 600; 200 when left out.', minimum: 10, maximum: 600, default: 200 }),
    ),
    voltageV: schema.optional(
      schema.integer({ description: "Class of the cars' batteries, V. 200 to 1000; 400 when left out.", minimum: 200, maximum: 1_000, default: 400 }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'A DC outlet with a fixed cable. maxWatts bounds it, and not the maxAmps beside it; a limit in A per phase counts as A x phases x nominalVoltageV of its supply. AC when left out.',
  },
)

const rotations = ['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR'] as const

/** Of a simulated board only; a wired one names its meter. */
const house = schema.object(
  {
    loadA: schema.array(schema.number({ description: 'A, 0 to 200.', minimum: 0, maximum: 200 }), {
      description: 'What the house draws beside its cars at first: L1, L2, L3, or one figure for a house with one phase.',
      minItems: 1,
      maxItems: 3,
    }),
    solarW: schema.optional(schema.number({ description: 'What its roof gives at first, W. 0 when left out.', minimum: 0, maximum: 100_000, default: 0 })),
    rotations: schema.optional(
      schema.array(schema.unsafe<(typeof rotations)[number]>({ type: 'string', enum: [...rotations], description: `One of ${rotations.join(', ')}.` }), {
        description: "How each outlet's conductors lie on L1 (R), L2 (S) and L3 (T). RST when left out.",
        maxItems: mostConnectors,
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'A house around the charger with a meter at its connection to the grid, for load management. None when left out.',
  },
)

export const simulatedSchema = schema.object(
  {
    ...about,
    kind: schema.unsafe<'simulated'>({
      type: 'string',
      enum: ['simulated', 'wired'],
      description: 'simulated: mains, cable, car and meter in software. wired: real devices, by the wires that the file names.',
    }),
    grid: schema.optional(house),
    evses: evsesOf(schema.object({ ...outlet, dc: schema.optional(dc) }, { additionalProperties: false })),
  },
  { additionalProperties: false, title: 'Pilotwire board file', description: 'A world in software.' },
)

type BoardFile = Static<typeof simulatedSchema>
type EvseFile = BoardFile['evses'][number]

/** One outlet, with nothing left out; without `dc` it is an AC one. */
export type EvseSpec = Readonly<Required<Omit<EvseFile, 'dc'>> & Pick<EvseFile, 'dc'>>
/** A simulated board as a file describes it, defaults filled in. */
export interface SimulatedBoard {
  readonly name: string
  readonly kind: 'simulated'
  readonly evses: readonly EvseSpec[]
  readonly grid?: { readonly loadA: readonly number[]; readonly solarW?: number; readonly rotations?: readonly string[] }
  /** What the file says about the guard's numbers; what it leaves out has the guard's default. */
  readonly safety: Partial<SafetySettings>
}

export type BoardSpec = SimulatedBoard | WiredBoardSpec

/** What is left out of an outlet. */
export const usualOutlet = { nominalVoltageV: 230, hasVentilation: false } as const

/** @param source the file, for errors. @throws ConfigError for a DC outlet with a socket */
export function simulatedOf(file: BoardFile, source: string): SimulatedBoard {
  for (const [at, each] of file.evses.entries()) {
    if (each.dc === undefined || each.cable === 'fixed') continue
    throw new ConfigError(source, `evses.${at}.cable`, 'is socket, and a DC outlet has none', 'Write cable: fixed, or leave dc out')
  }
  const grid = file.grid === undefined ? {} : { grid: file.grid }
  return { name: file.name, kind: file.kind, evses: file.evses.map((each) => ({ ...usualOutlet, ...each })), ...grid, safety: file.safety ?? {} }
}

/** The same board with `count` outlets: the last simulated one repeats, or the list is cut.
 *  @throws ConfigError for more outlets than are wired */
export function withConnectors(board: BoardSpec, count: number): BoardSpec {
  if (board.kind === 'simulated')
    return { ...board, evses: Array.from({ length: count }, (_, at) => board.evses[Math.min(at, board.evses.length - 1)] as EvseSpec) }
  if (count <= board.evses.length) return { ...board, evses: board.evses.slice(0, count) }
  throw new ConfigError(
    `board ${board.name}`,
    'evses',
    `has ${board.evses.length} outlets, not ${count}`,
    'Wire them up and name their wires in the board file',
  )
}
