import type { Static } from 'typebox'
import * as schema from '../../src/base/schema.ts'
import { stationSchema } from '../../src/config/station-file.ts'
import { errorSpelling16 } from '../../src/ocpp16/messages/call-errors.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { breakable } from '../../src/run/simulated-world.ts'

/** A scenario file: what happens at one charge point, and what its central system is expected to make of it. docs/scenarios.md is for people. */
const closed = { additionalProperties: false } as const
const actions = [...messages16.keys()]
const optional = schema.optional

const text = (description: string) => schema.string({ description, minLength: 1 })
/** Where a variable may stand instead. */
const variable = '\\$[A-Za-z]\\w*'
const connector = (description: string) =>
  schema.unsafe<number | string>({
    type: ['integer', 'string'],
    description: `${description} A number, or $name.`,
    minimum: 0,
    maximum: 100,
    pattern: `^${variable}$`,
  })
const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  schema.unsafe<T[number]>({ type: 'string', enum: [...values], description })
const action = (description: string) => schema.unsafe<string>({ type: 'string', enum: actions, description })
const duration = (description: string) =>
  schema.string({
    description: `${description} A number with its unit: 500ms, 30s, 5m, 2h, 5d; or $name.`,
    pattern: `^(\\d+(\\.\\d+)?(ms|s|m|h|d)|${variable})$`,
  })
const pattern = (description: string) => schema.unsafe<unknown>({ description })
const byAction = <const T extends Parameters<typeof schema.record>[1]>(values: T, description: string) =>
  schema.record(schema.string(), values, { description })

const expected = {
  from: optional(oneOf(['station', 'csms'], 'Who sends the frame: station (when left out) or csms.')),
  with: optional(pattern('Pattern of the payload; of a step "csms": the payload to send.')),
  answer: optional(pattern('Pattern of the answer; the frame counts only once it was answered so.')),
  error: optional(text('The CALL is answered by a CALLERROR with this code; a /pattern/ is possible.')),
  within: optional(duration('How long it may take, 30s when left out.')),
  remember: optional(
    schema.record(
      schema.string(),
      schema.string({ description: 'Where the value is: with.idTag or answer.transactionId.', pattern: '^(with|answer)(\\.|$)' }),
      {
        description: 'Names for values of the frame; later steps write them with a $ before the name.',
      },
    ),
  ),
}

const expectation = schema.object({ expect: action('The action of the frame.'), ...expected }, { ...closed, description: 'One frame that is expected.' })

export const behaviourSchema = schema.object(
  {
    heartbeat: optional(schema.integer({ description: 'Heartbeat interval told at boot, s.', minimum: 1, maximum: 86_400 })),
    boots: optional(
      schema.array(oneOf(['Accepted', 'Pending', 'Rejected'], 'Accepted, Pending or Rejected.'), {
        description: 'Answers to BootNotification, one after the other, the last one for good.',
        minItems: 1,
      }),
    ),
    cards: optional(
      schema.record(schema.string(), oneOf(['Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx'], 'A status of IdTagInfo.'), {
        description: 'What is said of a card. Every other card is Accepted, or what "others" says.',
      }),
    ),
    others: optional(oneOf(['Accepted', 'Blocked', 'Expired', 'Invalid', 'ConcurrentTx'], 'What is said of cards that "cards" does not name.')),
    slow: optional(byAction(duration('How late the answer comes.'), 'Actions whose answer comes late. 0s: at once again.')),
    silent: optional(schema.array(action('An action.'), { description: 'Actions that are taken in and never answered.' })),
    refuses: optional(byAction(oneOf(Object.values(errorSpelling16), 'An error code of OCPP.'), 'Actions that are answered by a CALLERROR.')),
    twice: optional(schema.array(action('An action.'), { description: 'Actions whose answer is sent twice.' })),
  },
  { ...closed, description: 'How the central system of the bench behaves. Needs that one.' },
)

const step = schema.object(
  {
    note: optional(text('What the step is for.')),
    plug: optional(connector('Plugs a car in at this connector.')),
    unplug: optional(connector('Unplugs the car of this connector.')),
    tag: optional(text('Shows a card to the reader; "connector" names one reader of several.')),
    connector: optional(connector('Of the steps tag, fault and await; connector 1 when left out.')),
    run: optional(text('A line of the control door: "current 10", "disconnect"; docs/control.md lists them.')),
    reply: optional(text('What run or tag must answer; a /pattern/ is possible. Any ok when left out.')),
    await: optional(
      oneOf(
        ['Available', 'Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Reserved', 'Unavailable', 'Faulted', 'Online', 'Offline'],
        'Waits until the connector has this status; Online: the central system has accepted the station, and it is connected.',
      ),
    ),
    expect: optional(action('Waits for a frame with this action, after the last one that was found.')),
    ...expected,
    count: optional(schema.integer({ description: 'So many frames, no more and no fewer, "within" is waited for in full.', minimum: 1 })),
    never: optional(schema.boolean({ description: 'true: no such frame comes within that time.' })),
    inAnyOrder: optional(schema.array(expectation, { description: 'Frames that may come in any order.', minItems: 2 })),
    csms: optional(action('The central system of the bench sends this, with the payload "with".')),
    orAwait: optional(duration('With another central system: waits so long until it sends this by itself (somebody presses its button).')),
    behave: optional(behaviourSchema),
    wait: optional(duration('Lets time pass.')),
    network: optional(oneOf(['up', 'down', 'silent'], 'down: connections are cut and refused. silent: nothing passes, and neither end notices.')),
    for: optional(duration('Of the steps network and restart: how long; without it network stays so, and a restart takes 2s.')),
    fault: optional(oneOf(breakable, 'Breaks something; docs/control.md tells what each of them is.')),
    clear: optional(connector('Mends what is broken at this connector.')),
    restart: optional(
      oneOf(['stop', 'crash', 'powerCut'], 'The program ends (stop: in good order; crash: at once; powerCut: with the whole computer) and begins again.'),
    ),
    set: optional(
      schema.record(schema.string(), schema.string({ description: 'In quotes.' }), { description: 'OCPP keys that somebody changes at the station.' }),
    ),
  },
  {
    ...closed,
    description: 'One step: exactly one of plug, unplug, tag, run, await, expect, inAnyOrder, csms, behave, wait, network, fault, clear, restart, set.',
  },
)

const ending = schema.object(
  {
    within: optional(duration('How long it may take until it is so, 60s when left out.')),
    undelivered: optional(schema.integer({ description: 'Reports that the central system was not told; 0 when left out.', minimum: 0 })),
    status: optional(schema.record(schema.string(), schema.string(), { description: 'Status by connector: {"1": Available}.' })),
    transactions: optional(
      schema.array(
        schema.unsafe<unknown>({
          description: 'Pattern: idTag, connectorId, transactionId, meterStart, meterStop, energyWh, reason, started, stopped, samples, isEnded.',
        }),
        { description: 'The transactions that the central system was told of, in the order of their starts: so many, no more and no fewer.' },
      ),
    ),
  },
  { ...closed, description: 'How it ends.' },
)

export const scenarioSchema = schema.object(
  {
    $schema: optional(schema.string({ description: 'For editors; not read.' })),
    title: text('What it is, in a few words.'),
    reason: text('Why somebody who tests a central system wants it, in one line.'),
    needs: optional(oneOf(['bench csms'], 'bench csms: it is skipped with any other central system.')),
    board: optional(text('A simulated board: simulated (when left out), simulated-2, simulated-cable, simulated-dc, simulated-house, or a file.')),
    settings: optional(
      schema.record(schema.string(), schema.string({ description: 'In quotes.' }), { description: 'Values of OCPP keys that the station is delivered with.' }),
    ),
    vendorOptions: optional(stationSchema.properties.vendorOptions),
    variables: optional(
      schema.record(
        schema.string(),
        schema.unsafe<string | number | boolean>({ type: ['string', 'number', 'boolean'], description: 'A text, a number, true or false.' }),
        {
          description: 'Values that --set may replace; steps write them with a $ before the name.',
        },
      ),
    ),
    places: optional(
      schema.array(text('A variable.'), {
        description: 'Variables that name files of the network: in real time --set has to say where these are.',
        minItems: 1,
      }),
    ),
    csms: optional(behaviourSchema),
    steps: schema.array(step, { description: 'What happens, in order.', minItems: 1 }),
    finally: optional(ending),
  },
  { ...closed, title: 'Pilotwire scenario', description: 'What happens at a charge point, and what its central system is expected to make of it.' },
)

export type ScenarioFile = Static<typeof scenarioSchema>
export type Step = ScenarioFile['steps'][number]
export type Expectation = Static<typeof expectation>
export type Behaviour = Static<typeof behaviourSchema>
export type Ending = NonNullable<ScenarioFile['finally']>
export type Value = string | number | boolean

/** What a step does: exactly one of these stands in it. */
export const verbs = [
  ...['plug', 'unplug', 'tag', 'run', 'await', 'expect', 'inAnyOrder', 'csms', 'behave', 'wait', 'network', 'fault', 'clear', 'restart', 'set'],
] as const satisfies readonly (keyof Step)[]
export type Verb = (typeof verbs)[number]

/** A scenario that was read and makes sense. */
export interface Scenario extends ScenarioFile {
  /** Of the file, without its ending. */
  readonly name: string
  readonly path: string
  /** Variables whose value was given from outside. */
  readonly isGiven: ReadonlySet<string>
  /** Line of each step, from 1. */
  readonly lines: readonly (number | undefined)[]
  /** Why it cannot be played with a central system that is not the bench's; undefined: it can. */
  readonly benchOnly: string | undefined
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `5m` in ms. The schema has seen to its shape, but not to that of a variable's value. @throws Error for what is no time */
export function millisOf(words: string): number {
  const [, figures, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(words) ?? []
  if (figures === undefined) throw new Error(`"${words}" is no time: write 500ms, 30s, 5m, 2h or 5d`)
  return Number(figures) * units[unit as keyof typeof units]
}
