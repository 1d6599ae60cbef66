import type { Static } from 'typebox'
import { ConfigError } from '../base/errors.ts'
import * as schema from '../base/schema.ts'
import type { BoardSpec } from './board.ts'

/** Load management in the station file (docs/load-management.md). */
const closed = { additionalProperties: false } as const
const bounded = (description: string, minimum: number, maximum: number, usual: number) =>
  schema.optional(schema.number({ description: `${description} ${minimum} to ${maximum}; ${usual} when left out.`, minimum, maximum, default: usual }))
const watts = (description: string) => schema.optional(schema.number({ description: `${description} W, 0 to 100000.`, minimum: 0, maximum: 100_000 }))

const modes = ['fast', 'min+solar', 'solar'] as const

const solar = schema.object(
  {
    mode: schema.optional(
      schema.unsafe<(typeof modes)[number]>({
        type: 'string',
        enum: [...modes],
        description:
          'Until somebody chooses another one by the command "mode", which is kept. fast: as much as the fuse allows. min+solar: 6 A at least, more with a surplus. solar: with a surplus only. solar when left out.',
        default: 'solar',
      }),
    ),
    reserveW: bounded('What stays exported, W.', 0, 10_000, 100),
    startW: watts('A car begins with a surplus of so much. What 6.5 A of its phases take when left out.'),
    stopW: watts('A car pauses with a surplus of less. What 6 A of its phases take when left out.'),
    startAfterS: bounded('The surplus must have been enough for so long, s.', 0, 3_600, 60),
    stopAfterS: bounded('It must have been too little for so long, s.', 0, 3_600, 180),
    minOnS: bounded('A car charges for at least so long, s.', 0, 3_600, 300),
    minOffS: bounded('A pause lasts at least so long, s.', 0, 3_600, 300),
  },
  { ...closed, description: 'Cars follow what the roof gives more than the house takes. Needs a grid meter. Off when left out.' },
)

export const site = schema.object(
  {
    fuseA: schema.optional(
      schema.number({ description: 'The main fuse, A per phase, 6 to 160: all loads together stay below it. Needs a grid meter.', minimum: 6, maximum: 160 }),
    ),
    limitA: schema.optional(
      schema.number({
        description: 'What all outlets may take together, A per phase, 6 to 1000, whatever the house does. Needs no meter.',
        minimum: 6,
        maximum: 1_000,
      }),
    ),
    staleAfterS: bounded('A grid meter that has said nothing for so long is silent, s.', 3, 9, 5),
    safeA: schema.optional(
      schema.number({
        description:
          'What each outlet may take while the grid meter is silent, A per phase, 0 to 80; below 6: pause. No car takes more than before. 6 when left out, and 0 where that would be more than half of the fuse for all outlets together.',
        minimum: 0,
        maximum: 80,
      }),
    ),
    raiseAfterS: bounded('More is given to the cars when it has been there for so long, s.', 1, 300, 10),
    solar: schema.optional(solar),
  },
  { ...closed, description: 'Load management: the main fuse, fair shares between the outlets, solar surplus. None when left out.' },
)

type SiteFile = Static<typeof site>
type SolarFile = NonNullable<SiteFile['solar']>
/** With nothing left out that has a usual value. */
export type SiteConfig = Readonly<
  Pick<SiteFile, 'fuseA' | 'limitA'> &
    Required<Pick<SiteFile, 'staleAfterS' | 'safeA' | 'raiseAfterS'>> & {
      solar?: Readonly<Pick<SolarFile, 'startW' | 'stopW'> & Required<Omit<SolarFile, 'startW' | 'stopW'>>>
    }
>

const usual = { staleAfterS: 5, raiseAfterS: 10 } as const
const usualSafeA = 6
const usualSolar = { mode: 'solar', reserveW: 100, startAfterS: 60, stopAfterS: 180, minOnS: 300, minOffS: 300 } as const

/** @param source the station file. @throws ConfigError for what needs a grid meter on a board without one, and for numbers that do not fit together */
export function siteFrom(file: SiteFile, board: BoardSpec, source: string): SiteConfig {
  const wrong = (field: string, problem: string, remedy: string) => new ConfigError(source, `site.${field}`, problem, remedy)
  const { fuseA, limitA, solar: sun, safeA } = file
  if (fuseA === undefined && limitA === undefined && sun === undefined)
    throw wrong('fuseA', 'is missing, and limitA and solar too: nothing would be managed', 'Write fuseA (with a grid meter), limitA or solar')
  for (const [field, value] of [
    ['fuseA', fuseA],
    ['solar', sun],
  ] as const) {
    if (value !== undefined && board.grid === undefined)
      throw wrong(field, `needs a grid meter, and board ${board.name} has none`, 'Name one under grid in the board file, or use limitA, which needs none')
  }
  const outlets = board.evses.length
  const most = fuseA ?? Number.POSITIVE_INFINITY
  if (safeA !== undefined && safeA * outlets > most)
    throw wrong(
      'safeA',
      `of ${safeA} A at ${outlets === 1 ? '1 outlet' : `each of ${outlets} outlets`} is more than the ${most} A of the fuse`,
      'Write what is left with the largest load of the house, divided by the outlets',
    )
  if (sun?.startW !== undefined && sun.stopW !== undefined && sun.stopW > sun.startW)
    throw wrong('solar.stopW', 'is above startW: a car would begin and pause by turns', 'Write less than startW')
  const { solar: _solar, ...rest } = file
  const usualSafe = { safeA: usualSafeA * outlets > most / 2 ? 0 : usualSafeA }
  return { ...usual, ...usualSafe, ...rest, ...(sun === undefined ? {} : { solar: { ...usualSolar, ...sun } }) }
}
