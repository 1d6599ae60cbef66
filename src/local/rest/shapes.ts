import type { Static } from 'typebox'
import * as schema from '../../base/schema.ts'
import { evseStatuses } from '../../core/charge-point.ts'

/** What the REST door tells, as JSON. Each declaration is type, check and OpenAPI at once; the page of the charger imports the types.
 *  Units stand in the names; moments are ISO 8601 in UTC; null: there is none. */

export const closed = { additionalProperties: false } as const
export const text = (description: string) => schema.string({ description })
export const count = (description: string) => schema.integer({ description, minimum: 0 })
export const figure = (description: string) => schema.number({ description })
export const truth = (description: string) => schema.boolean({ description })
export const oneOf = <const T extends readonly string[]>(values: T, description: string) =>
  schema.unsafe<T[number]>({ type: 'string', enum: [...values], description })
const orNull = (type: 'string' | 'number' | 'integer', description: string) => ({ type: [type, 'null'], description })
export const textOrNull = (description: string) => schema.unsafe<string | null>(orNull('string', description))
export const figureOrNull = (description: string) => schema.unsafe<number | null>(orNull('number', description))
export const wholeOrNull = (description: string) => schema.unsafe<number | null>(orNull('integer', description))

export const Fault = schema.object(
  {
    fault: text("The guard's name of it, for instance residualCurrent."),
    words: text('What is wrong, for people.'),
    remedy: text('What to do about it.'),
  },
  { ...closed, description: 'A fault with its remedy.' },
)

const Phase = schema.object({ voltageV: figureOrNull('Voltage, V.'), currentA: figureOrNull('Current, A.'), powerW: figureOrNull('Active power, W.') }, closed)

export const Evse = schema.object(
  {
    evse: count('Number of the outlet, from 1.'),
    status: oneOf(evseStatuses, 'Derived state of the outlet.'),
    words: text('The same for people, with the reason: "Paused by the charging profile".'),
    info: textOrNull('What StatusNotification adds.'),
    isPlugged: truth('A car hangs on the cable.'),
    pilot: oneOf(['A', 'B', 'C', 'D', 'E', 'F'], 'State of the control pilot, debounced.'),
    contactor: oneOf(['open', 'closed'], 'What the contacts do.'),
    lock: oneOf(['locked', 'unlocked', 'unknown', 'none'], 'The plug lock.'),
    isOperative: truth('As ChangeAvailability left it.'),
    isEnabled: truth("The owner's switch; false: charging pauses."),
    maxAmps: figure('What the board allows, A per phase.'),
    phases: count('Phases of the outlet, 1 or 3.'),
    isDc: truth('A DC outlet: offeredW counts.'),
    localLimitA: figureOrNull("The owner's limit, A per phase."),
    offeredA: figure('Offered to the car, A per phase; below 6 A a pause.'),
    offeredW: figureOrNull('At a DC outlet: offered, W.'),
    heldBy: text('Which limit or missing permit decides the offer.'),
    heldByWords: text('The same for people: "the local limit".'),
    offerWords: textOrNull('The offer for people: "Offered 10 A, limited by a charging profile", or "Up to 32 A, ..." for the next car; null: words says all.'),
    limits: schema.array(
      schema.object({ name: text('Who limits.'), words: text('The same for people.'), size: figure('A per phase, or W at a DC outlet.') }, closed),
      { description: 'Every limit in force, the least first.' },
    ),
    powerW: figureOrNull('Power now, W.'),
    currentA: figureOrNull('Largest phase current, A.'),
    voltageV: figureOrNull('Voltage of the first phase, V.'),
    byPhase: schema.array(Phase, { description: 'L1, L2, L3.' }),
    meterWh: figure('The register, Wh.'),
    chargePercent: figureOrNull('Charge of the battery, where the car says so.'),
    session: schema.unsafe<{
      readonly id: string
      readonly transaction: number | null
      readonly token: string
      readonly startedAt: string
      readonly durationS: number
      readonly energyWh: number
      readonly peakW: number
    } | null>({
      anyOf: [
        schema.object(
          {
            id: text('Our identifier, a UUID.'),
            transaction: wholeOrNull("The central system's number."),
            token: text('The card.'),
            startedAt: text('ISO 8601.'),
            durationS: count('Since it began, s.'),
            energyWh: figure('Since it began, Wh.'),
            peakW: figure('Most power so far, W.'),
          },
          closed,
        ),
        { type: 'null' },
      ],
      description: 'The session that runs.',
    }),
    waitingToken: textOrNull('A card that waits for the cable.'),
    reservation: schema.unsafe<{ readonly id: number; readonly token: string; readonly until: string } | null>({
      anyOf: [schema.object({ id: schema.integer(), token: text('The card.'), until: text('ISO 8601.') }, closed), { type: 'null' }],
      description: 'Whom the place is kept for.',
    }),
    faults: schema.array(Fault, { description: "The guard's faults." }),
    raised: textOrNull('A fault that somebody reported by command.'),
  },
  { ...closed, title: 'Evse', description: 'One outlet, as one consistent picture.' },
)

const Site = schema.object(
  {
    words: text('In one line, for people.'),
    mode: textOrNull('How the cars follow the sun: fast, min+solar or solar; null: nothing does. POST /commands with "mode solar" chooses.'),
    fuseA: figureOrNull('Main fuse, A per phase; null: it is not watched.'),
    limitA: figureOrNull('Of all outlets together without a meter, A per phase.'),
    meter: oneOf(['fresh', 'stale', 'none'], 'The grid meter; stale: the safe current holds.'),
    gridA: schema.array(figure('A.'), { description: 'L1, L2, L3; negative: exported. Empty before the first reading.' }),
    gridW: figureOrNull('All phases, W; negative: exported.'),
    ageS: figureOrNull('Of the newest reading, s.'),
    surplusW: figureOrNull('What would be exported were no car there, W.'),
    isRelieved: truth('Less did not help the fuse: every car is paused for a minute.'),
    outlets: schema.array(
      schema.object(
        {
          evse: count('The outlet.'),
          site: figureOrNull('Its share of the fuse or of limitA, A per phase or W at a DC outlet; null: no limit.'),
          solar: figureOrNull('Its share of the surplus, the same way.'),
        },
        closed,
      ),
      { description: 'Shares.' },
    ),
  },
  { ...closed, description: 'Load management.' },
)

export const Station = schema.object(
  {
    id: text('Charge point identity.'),
    vendor: text('Of the type plate.'),
    model: text('Of the type plate.'),
    firmware: text('Version of the firmware.'),
    board: text('Name of the board.'),
    isSimulated: truth('The hardware is software: the bench controls are there.'),
    link: oneOf(['connected', 'connecting', 'waiting', 'disconnected'], 'Connection to the central system.'),
    linkWords: text('The same for people.'),
    url: text('Of the central system, without the identity.'),
    ocpp: text('Version, for instance 1.6.'),
    isOperative: truth('The station as a whole.'),
    waiting: count('Facts that the central system has not been told yet.'),
    undeliverable: count('Facts that it would not take.'),
    now: text('The clock of the station, ISO 8601.'),
    isTimeTrusted: truth('The clock was set since the start.'),
    uptimeS: count('Since the program started, s.'),
    automaticEv: schema.unsafe<boolean | null>({ type: ['boolean', 'null'], description: 'The automatic EV; null on a real board.' }),
    site: schema.unsafe<Static<typeof Site> | null>({ anyOf: [Site, { type: 'null' }], description: 'Load management, where it is set up.' }),
    evses: schema.array(Evse, { description: 'Every outlet.' }),
  },
  { ...closed, title: 'Station', description: 'The station and its outlets, as one consistent picture.' },
)

export const Point = schema.object(
  {
    at: text('ISO 8601.'),
    powerW: figure('W.'),
    currentA: figure('Largest phase current, A.'),
    offeredA: figure('A per phase.'),
    offeredW: figureOrNull('At a DC outlet, W.'),
    energyWh: figure('Since the session began, Wh.'),
  },
  { ...closed, title: 'Point' },
)

const session = {
  id: text('A UUID.'),
  evse: count('The outlet.'),
  token: text('The card.'),
  startedAt: text('ISO 8601.'),
  endedAt: textOrNull('ISO 8601; null: it runs.'),
  reason: textOrNull('Why it ended, for instance local or evDisconnected.'),
  durationS: count('s.'),
  meterStartWh: figure('The register at the start, Wh.'),
  meterWh: figure('The register at the end, or now, Wh.'),
  energyWh: figure('Wh.'),
  peakW: figure('Most power that was seen, W.'),
}
export const Session = schema.object(session, { ...closed, title: 'Session', description: 'A charging session.' })
export const SessionWithTrace = schema.object(
  { ...session, trace: schema.array(Point, { description: 'At most 240 points, the oldest first.' }) },
  { ...closed, title: 'SessionWithTrace' },
)
export const SessionPage = schema.object(
  { total: count('All sessions that are kept.'), offset: count('Skipped before these.'), sessions: schema.array(Session) },
  { ...closed, title: 'SessionPage', description: 'The newest first.' },
)

export const Setting = schema.object(
  {
    key: text('The OCPP key.'),
    access: oneOf(['rw', 'r', 'w'], 'w: a secret, never told.'),
    value: textOrNull('null: never told.'),
    effect: text('What it does.'),
    values: textOrNull('What it may be.'),
    profile: text('Feature profile.'),
  },
  { ...closed, title: 'Setting' },
)

export const Frame = schema.object(
  {
    number: count('In the order in which they passed.'),
    at: text('ISO 8601.'),
    direction: oneOf(['in', 'out'], 'out: from the station.'),
    kind: oneOf(['call', 'result', 'error', 'malformed', 'unknown'], 'OCPP-J message type.'),
    action: textOrNull('Of the CALL, also for its answer.'),
    id: textOrNull('Unique id of the message.'),
    payload: schema.unsafe<unknown>({ description: 'Secrets are taken out.' }),
    latencyMs: figureOrNull('Of an answer: since its CALL.'),
  },
  { ...closed, title: 'Frame', description: 'An OCPP frame as it passed.' },
)

export const Connection = schema.object(
  {
    url: text('Of the central system, without the identity.'),
    identity: text('The last part of the URL.'),
    version: text('OCPP version.'),
    versions: schema.array(schema.string(), { description: 'Those that are spoken.' }),
    isChanged: truth('Set here, and not in the station file.'),
    hasPassword: truth('The station shows the central system a password.'),
    isPasswordWithheld: truth('There is a password, but for another host: this one is not shown it. Give its own with PUT /connection.'),
    link: oneOf(['connected', 'connecting', 'waiting', 'disconnected'], 'State.'),
    waiting: count('Facts to deliver.'),
    undeliverable: count('Facts that were not taken.'),
  },
  { ...closed, title: 'Connection' },
)

export const Token = schema.object(
  {
    token: text('The card.'),
    source: oneOf(['list', 'cache'], 'The local list of the central system, or learnt by asking.'),
    status: text('accepted, blocked, expired, invalid or concurrent.'),
    expiresAt: textOrNull('ISO 8601.'),
    group: textOrNull('Parent idTag.'),
    learntAt: textOrNull('ISO 8601.'),
  },
  { ...closed, title: 'Token' },
)

const finding = schema.object(
  {
    subject: text('What was looked at.'),
    level: oneOf(['ok', 'warning', 'error'], 'How bad.'),
    words: text('What was found.'),
    remedy: textOrNull('What to do.'),
  },
  closed,
)
export const Finding = finding

export const Health = schema.object(
  {
    isHealthy: truth('Guard and core are alive.'),
    checks: schema.array(finding, { description: 'guard, core, clock, disk, loop lag, heat, link, faults: each with its remedy.' }),
    uptimeS: count('s.'),
    freeBytes: wholeOrNull('Of the state directory.'),
    rssBytes: count('Memory of the process.'),
    loopLagMs: figure('Worst of the last minute, ms.'),
    cpuCelsius: figureOrNull('degrees C.'),
  },
  { ...closed, title: 'Health' },
)

/** RFC 9457. */
export const Problem = schema.object(
  {
    type: text('about:blank, or a URI of the kind of problem.'),
    title: text('The kind of problem.'),
    status: schema.integer({ description: 'The HTTP status.' }),
    detail: text('What is wrong here, and the remedy.'),
    field: schema.optional(text('The field at fault: body.amps, query.limit, path.evse.')),
  },
  { ...closed, title: 'Problem', description: 'A problem document (RFC 9457).' },
)

/** What a command said. */
export const Done = schema.object({ reply: text('What the charger says, for people: "waiting for the cable".') }, { ...closed, title: 'Done' })

export type Evse = Static<typeof Evse>
export type Station = Static<typeof Station>
export type Point = Static<typeof Point>
export type Session = Static<typeof Session>
export type SessionWithTrace = Static<typeof SessionWithTrace>
export type SessionPage = Static<typeof SessionPage>
export type Setting = Static<typeof Setting>
export type Frame = Static<typeof Frame>
export type Connection = Static<typeof Connection>
export type Token = Static<typeof Token>
export type Finding = Static<typeof Finding>
export type Health = Static<typeof Health>
export type Problem = Static<typeof Problem>
export type Done = Static<typeof Done>
