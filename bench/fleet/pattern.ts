import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'

/** A pattern file: who comes to the stations of a fleet, with what car and card, and what their network is like. docs/fleet.md is for people. */
const closed = { additionalProperties: false } as const
const optional = schema.optional
const share = (description: string) => schema.number({ description: `${description} 0 to 1.`, minimum: 0, maximum: 1 })
const span = (description: string, maximum: number) =>
  schema.array(schema.number({ minimum: 0, maximum }), { description: `${description} [least, most], 0 to ${maximum}.`, minItems: 2, maxItems: 2 })
const timeOfDay = '^([01]\\d|2[0-3]):[0-5]\\d$'

const ev = schema.object(
  {
    name: optional(schema.string({ description: 'For whoever reads the file.' })),
    share: optional(schema.number({ description: 'How often it comes, beside the others; 1 when left out.', minimum: 0, maximum: 1_000_000 })),
    batteryKwh: schema.number({ description: 'What its battery holds, kWh. 1 to 1000.', minimum: 1, maximum: 1_000 }),
    maxAmps: optional(schema.number({ description: 'What it takes at an AC outlet, A per phase. 6 to 80; 16 when left out.', minimum: 6, maximum: 80 })),
    phases: optional(schema.unsafe<1 | 3>({ type: 'integer', enum: [1, 3], description: 'Phases that it uses: 1 or 3; 3 when left out.' })),
    dcKw: optional(schema.number({ description: 'What it takes at a DC outlet, kW. 1 to 400; 100 when left out.', minimum: 1, maximum: 400 })),
    arrivesWith: optional(span('Charge of its battery when it comes, percent; [20, 60] when left out.', 100)),
    wantsKwh: optional(span('It has enough after so much, kWh; a full battery when left out.', 1_000)),
  },
  { ...closed, description: 'A kind of car.' },
)

export const patternSchema = schema.object(
  {
    about: schema.string({ description: 'What it is, in one sentence.', minLength: 1 }),
    arrivals: schema.object(
      {
        steady: optional(schema.unsafe<true>({ type: 'boolean', enum: [true], description: 'true: a car at every outlet as soon as there is a connection.' })),
        perDay: optional(
          schema.number({
            description: 'Cars that want to come to an outlet each day; who finds it taken drives on. 0 to 1000.',
            minimum: 0,
            maximum: 1_000,
          }),
        ),
        byHour: optional(
          schema.array(schema.number({ minimum: 0, maximum: 1_000_000 }), {
            description: 'How many of them come in each hour of the day, one beside the other, 24 numbers from 0 h on; alike when left out.',
            minItems: 24,
            maxItems: 24,
          }),
        ),
      },
      { ...closed, description: 'When cars come: steady, or perDay.' },
    ),
    stay: optional(
      schema.object(
        {
          minutes: optional(span('How long a car stands there, minutes.', 10_080)),
          until: optional(
            schema.array(schema.string({ pattern: timeOfDay }), {
              description: 'It leaves between these times of the day: [HH:MM, HH:MM].',
              minItems: 2,
              maxItems: 2,
            }),
          ),
          whenFull: optional(schema.boolean({ description: 'true: it leaves five minutes after it has enough, if that is earlier. false when left out.' })),
        },
        { ...closed, description: 'When cars leave: minutes, or until. Left out: never.' },
      ),
    ),
    evs: schema.array(ev, { description: 'The kinds of cars.', minItems: 1, maxItems: 100 }),
    cards: optional(
      schema.object(
        {
          list: optional(
            schema.array(schema.string({ minLength: 1, maxLength: 20 }), { description: 'Cards by their number.', minItems: 1, maxItems: 100_000 }),
          ),
          template: optional(schema.string({ description: 'Cards by their place, CARD-{n:5}; FLEET-{n} when left out.', minLength: 1, maxLength: 40 })),
          count: optional(schema.integer({ description: 'So many of them; 1000 when left out.', minimum: 1, maximum: 10_000_000 })),
          unknownShare: optional(share('How many drivers show a card that nobody knows; 0 when left out.')),
        },
        { ...closed, description: 'What drivers show to the readers: list, or template and count.' },
      ),
    ),
    network: optional(
      schema.object(
        {
          cutEachMinute: optional(share('How many of the stations lose their connection each minute; 0 when left out.')),
          outageSeconds: optional(span('For how long, seconds; [5, 60] when left out.', 86_400)),
          latencyMs: optional(span('How long a frame takes more than the real network, one way, ms; each station has its own.', 60_000)),
        },
        { ...closed, description: 'What the network of the stations is like. Nothing ails it when left out.' },
      ),
    ),
  },
  { ...closed, title: 'Pilotwire fleet pattern', description: 'Who comes to the stations of a fleet.' },
)

export type Pattern = Static<typeof patternSchema>
export type Ev = Pattern['evs'][number]
