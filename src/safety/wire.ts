import type { PhaseReading, Reading } from '../../hal/types.ts'
import { service } from './latch.ts'
import { type EvseDescription, faults, type GuardPort, type Offer, type PresentedToken, type Report, signs } from './port.ts'
import { fields, flag, list, Malformed, maybe, number, oneOf, type Shape, text, tuple, whole } from './shape.ts'

/** The seam between guard and core as lines of JSON. The guard speaks first; every line of the core has a number, and the guard
 *  acknowledges the newest one that it has taken. */

/** Both programs come from one package: another version at the other end is a mistake of the installation. */
export const wireVersion = 1
/** Bytes of a line from the core, and of one from the guard. */
export const longestCall = 4_096
export const longestNews = 65_536

/** The core is taken for hung when it has said nothing for so long, and so is a guard that acknowledges nothing (rule 5). */
export const patienceMs = 3_000
/** The core speaks each second, with or without an offer. */
export const beatMs = 1_000
/** A card that is shown while no core is there waits so long for one. */
export const tokenPatienceMs = 5_000

const mostEvses = 64
const evse = whole(1, mostEvses)
const count = whole(0, Number.MAX_SAFE_INTEGER)
const name = text(100)
const amps = number(0, 1_000)
/** 10 MW. */
const watts = number(0, 1e7)
/** Milliseconds since boot: 30 years. */
const moment = number(0, 1e12)
/** Any quantity of a meter. */
const quantity = number(-1e12, 1e12)
const phases = oneOf(1, 3)

const offer: Shape<Offer> = fields<Offer>({
  evse,
  plugIn: count,
  transaction: name,
  close: flag,
  amps,
  watts: maybe(watts),
  phases,
  sequence: count,
  issuedAt: moment,
  expiresAt: moment,
})

const phase = fields<PhaseReading>({ voltageV: maybe(quantity), currentA: maybe(quantity), powerW: maybe(quantity) })
export const reading: Shape<Reading> = fields<Reading>({
  at: moment,
  importWh: quantity,
  exportWh: maybe(quantity),
  powerW: maybe(quantity),
  phases: list(phase, 3),
  frequencyHz: maybe(quantity),
  powerFactor: maybe(quantity),
  epoch: maybe(count),
  serial: maybe(name),
  evChargePercent: maybe(number(0, 100)),
})

const report: Shape<Report> = fields<Report>({
  evse,
  at: moment,
  plugIn: count,
  pilot: oneOf('A', 'B', 'C', 'D', 'E', 'F'),
  isPlugged: flag,
  hasCable: flag,
  wantsEnergy: flag,
  isOffering: flag,
  contactor: oneOf('open', 'closed'),
  lock: oneOf('locked', 'unlocked', 'unknown', 'none'),
  offered: amps,
  limit: amps,
  offeredWatts: maybe(watts),
  limitWatts: maybe(watts),
  phases,
  faults: list(oneOf(...faults), faults.length),
  transaction: maybe(name),
  isVoid: flag,
  reading: maybe(reading),
})

const description = fields<EvseDescription>({
  evse,
  maxAmps: amps,
  phases,
  cable: oneOf('socket', 'fixed'),
  nominalVoltageV: quantity,
  hasMirror: flag,
  switchesPhases: flag,
  dc: maybe(fields<NonNullable<EvseDescription['dc']>>({ maxWatts: watts, leastWatts: watts, nominalVoltageV: quantity })),
})

/** What the guard says of itself when a core comes. */
export interface Hello {
  readonly version: number
  readonly board: string
  readonly isSimulated: boolean
  readonly evses: readonly EvseDescription[]
}

/** Lines of the guard. */
export type News =
  | { readonly hello: Hello }
  | { readonly report: Report }
  | { readonly token: PresentedToken }
  /** Of the grid meter. */
  | { readonly grid: Reading }
  /** The number of the newest line that was taken. */
  | { readonly ack: number }
  | { readonly answer: { readonly to: number; readonly is: unknown } }
  /** Nothing follows. */
  | { readonly refused: string }

const newsShapes: { readonly [Kind in KeysOf<News>]: Shape<unknown> } = {
  hello: fields<Hello>({ version: whole(1, 1_000), board: text(200), isSimulated: flag, evses: list(description, mostEvses) }),
  report,
  token: fields<PresentedToken>({ id: text(200), evse: maybe(evse) }),
  grid: reading,
  ack: count,
  answer: fields<{ to: number; is: unknown }>({ to: count, is: (value) => value }),
  refused: text(500),
}
type KeysOf<T> = T extends unknown ? keyof T : never

/** What the core may ask. One row per call of the port. */
export interface Call<Takes extends readonly unknown[]> {
  readonly takes: Shape<Takes>
  /** Where the guard answers: the answer's shape, and what stands for it when the connection ends first; without that the call rejects. */
  readonly gives?: { readonly shape: Shape<unknown>; readonly lost?: unknown }
}

type Callable = { [Name in keyof GuardPort]-?: GuardPort[Name] extends (...values: never[]) => unknown ? Name : never }[keyof GuardPort]
export type PortCall = Exclude<Callable, 'report'>

/** A new call of the port does not compile until it has its row. */
export const portCalls: { readonly [Name in PortCall]: Call<Required<Parameters<GuardPort[Name]>>> } = {
  offer: { takes: tuple(offer) },
  withdraw: { takes: tuple(evse, (value, at) => maybe(flag)(value, at) ?? false) },
  adopt: { takes: tuple(evse, count, name) },
  unlock: { takes: tuple(evse), gives: { shape: oneOf('unlocked', 'failed', 'none'), lost: 'failed' } },
  clear: { takes: tuple(evse) },
  show: { takes: tuple(maybe(evse), oneOf(...signs)) },
  serviceData: { takes: tuple(evse), gives: { shape: service } },
  resetService: { takes: tuple(evse) },
}

/** Calls beside the port's. */
export const furtherCalls = {
  /** Says that the core lives. */
  beat: { takes: tuple<[]>() },
  /** A Reset of the whole charger: the guard ends too, once the contactors are open. */
  restart: { takes: tuple<[]>() },
  /** Hands in the simulated world, where the board is software: a line of words. True: something came of it. */
  world: { takes: tuple<[string]>(text(200)), gives: { shape: flag, lost: false } },
} as const

export const calls: Readonly<Record<PortCall | keyof typeof furtherCalls, Call<readonly unknown[]>>> = { ...portCalls, ...furtherCalls }
export type CallName = keyof typeof calls

/** A line of the core. */
export interface Spoken {
  readonly call: CallName
  /** Counts up from 1 in each connection. */
  readonly n: number
  readonly with: readonly unknown[]
}

/** @throws Malformed */
export function readCall(line: string): Spoken {
  const { call, n, with: values } = parsed(line)
  const row = typeof call === 'string' && Object.hasOwn(calls, call) ? calls[call as CallName] : undefined
  if (row === undefined) throw new Malformed('call', `one of ${Object.keys(calls).join(', ')}`)
  return { call: call as CallName, n: count(n, 'n'), with: row.takes(values ?? [], call as string) }
}

/** Undefined: a kind that this version does not know. @throws Malformed */
export function readNews(line: string): News | undefined {
  const message = parsed(line)
  const kind = Object.keys(message).find((each) => Object.hasOwn(newsShapes, each)) as KeysOf<News> | undefined
  return kind === undefined ? undefined : ({ [kind]: newsShapes[kind](message[kind], kind) } as unknown as News)
}

export function lineOf(message: News | Spoken): string {
  return `${JSON.stringify(message)}\n`
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new Malformed('line', 'JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed('line', 'an object')
  return value as Readonly<Record<string, unknown>>
}
