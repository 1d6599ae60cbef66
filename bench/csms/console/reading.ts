import { type Message, violationOf } from '../../../src/ocpp/message.ts'
import type { Transaction } from '../books/booking.ts'
import type { Station } from '../central-system.ts'
import type { Impossible, NeutralRequest } from '../ocpp/dialect.ts'
import { dialects } from '../ocpp/dialects.ts'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'

// How a line on the console is read: whom it asks, and what its words mean.

/** What a line on the console comes to. */
export type Effect =
  /** Ask a station; `message.request` fits `payload`. */
  | { readonly kind: 'call'; readonly station: string; readonly message: Message; readonly payload: Readonly<Record<string, unknown>> }
  /** The same where the answer wants to be gathered and read: OCPP 2.0.1 gives it in several messages, or one status for each variable. */
  | { readonly kind: 'ask'; readonly station: string; readonly request: NeutralRequest }
  | { readonly kind: 'show'; readonly what: 'stations' | 'transactions' | 'help' }
  /** The line cannot be carried out; the text says what to write instead. `isOfShape`: there are too few words or too many. */
  | { readonly kind: 'problem'; readonly text: string; readonly isOfShape?: boolean }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quit' }

/** What the console knows of the world when it reads a line. */
export interface Situation {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly stations: readonly (Pick<Station, 'id' | 'isConnected'> & Partial<Pick<Station, 'version'>>)[]
  readonly running: readonly Pick<Transaction, 'id' | 'station' | 'reference'>[]
}

export interface Command {
  /** After the name; `[station]` may be left out where one station is connected. */
  readonly shape: string
  readonly help: string
  readonly read: (words: readonly string[], situation: Situation) => Effect
}

export type Problem = Effect & { readonly kind: 'problem' }
export type Asked = { readonly message: Message; readonly payload: Readonly<Record<string, unknown>> } | { readonly request: NeutralRequest }
/** What words come to at a station that speaks this version. */
export type Ask = (words: readonly string[], situation: Situation, version: OcppVersion) => Asked | Problem

/** A command for one station, with `least` to `most` words after the station's id. */
export function atStation(least: number, most: number, ask: Ask): Command['read'] {
  return (words, situation) => {
    const picked = pickStation(words, situation)
    if ('kind' in picked) return picked
    if (picked.words.length < least) return { ...problem('something is missing'), isOfShape: true }
    if (picked.words.length > most && picked.words.length === words.length && most > 0) return problem(`no station ${words[0]} is here; stations lists them`)
    if (picked.words.length > most) return { ...problem(`${picked.words.slice(most).join(' ')} is too much`), isOfShape: true }
    const asked = ask(picked.words, situation, picked.version)
    if ('kind' in asked) return asked
    if ('request' in asked) return { kind: 'ask', station: picked.station, request: asked.request }
    const violation = violationOf(asked.message.request, asked.payload)
    return violation === undefined ? { kind: 'call', station: picked.station, ...asked } : problem(`${asked.message.action}: ${violation.description}`)
  }
}

/** What both versions say, each in its own way. */
export function inEither(read: (words: readonly string[]) => NeutralRequest | Problem): Ask {
  return (words, situation, version) => {
    const request = read(words)
    return request.kind === 'problem' ? request : inVersion(request, situation, version)
  }
}

export function inVersion(request: NeutralRequest, { now, running }: Situation, version: OcppVersion): Asked | Problem {
  const isRead = request.kind === 'readConfiguration' || request.kind === 'changeConfiguration'
  const reference = (transaction: number) => running.find(({ id }) => id === transaction)?.reference
  const asking = dialects[version].asking(request, { now, number: numberAt(now), reference })
  if (isImpossible(asking)) return problem(asking.description)
  return isRead && version !== '1.6' ? { request } : { message: asking.message, payload: asking.payload }
}

const isImpossible = (asking: object): asking is Impossible => 'kind' in asking

/** What the versions ask so differently that each has its own reading. */
export function byVersion(asks: Readonly<Record<OcppVersion, Ask>>): Ask {
  return (words, situation, version) => asks[version](words, situation, version)
}

/** One that grows: seconds since 1970. */
export const numberAt = (epochMs: number) => Math.floor(epochMs / 1_000)

interface Picked {
  readonly station: string
  readonly version: OcppVersion
  readonly words: readonly string[]
}

/** The station that the first word names; without one, the only one that is connected. */
export function pickStation(words: readonly string[], { stations }: Situation): Picked | Problem {
  const [first] = words
  const named = stations.find(({ id }) => id === first) ?? stations.find(({ id }) => id.toLowerCase() === first?.toLowerCase())
  if (named !== undefined) return { station: named.id, version: named.version ?? '1.6', words: words.slice(1) }
  const here = stations.filter(({ isConnected }) => isConnected)
  const [only] = here
  if (only === undefined) return problem('no station is connected')
  if (here.length > 1) return problem(`which station? ${here.map(({ id }) => id).join(', ')}`)
  return { station: only.id, version: only.version ?? '1.6', words }
}

export function withNumber<T>(what: string, word: string, then: (value: number) => T): T | Problem {
  return /^-?\d{1,10}$/.test(word) ? then(Number(word)) : problem(`${what} ${word} is not a number`)
}

/** The word of the list that is meant: in any case, or its beginning where that is enough. */
export function withWord<T>(command: string, word: string, choices: readonly string[], then: (choice: string) => T): T | Problem {
  const lower = word.toLowerCase()
  const exact = choices.find((choice) => choice.toLowerCase() === lower)
  const begun = choices.filter((choice) => choice.toLowerCase().startsWith(lower))
  const choice = exact ?? (begun.length === 1 ? begun[0] : undefined)
  return choice === undefined ? problem(`${command} ${word}: one of ${choices.join(', ')}`) : then(choice)
}

export function problem(text: string): Problem {
  return { kind: 'problem', text }
}

/** Words between spaces; quotes hold a text with spaces together, braces a JSON object to the end of the line. */
export function wordsIn(line: string): readonly string[] {
  return [...line.matchAll(/(\{.*\})\s*$|"([^"]*)"|(\S+)/g)].map(([, json, quoted, bare]) => json ?? quoted ?? bare ?? '')
}
