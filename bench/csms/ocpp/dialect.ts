import type { ErrorSpelling } from '../../../src/ocpp/call-error.ts'
import type { Message } from '../../../src/ocpp/message.ts'
import type { Route } from '../../../src/ocpp/peer.ts'
import type { AnswerSource } from './answers.ts'
import type { OcppVersion } from './ocpp-version.ts'
import type { ConfigurationEntry, StationRequest } from './station-request.ts'

type Payload = Readonly<Record<string, unknown>>

/** What one version of OCPP is to a central system; a further version is one more of these. */
export interface Dialect {
  readonly version: OcppVersion
  /** Of the WebSocket: `ocpp1.6`. */
  readonly subprotocol: string
  /** Every action that it defines. */
  readonly messages: ReadonlyMap<string, DialectMessage>
  /** Their names. */
  readonly actions: ReadonlySet<string>
  readonly spelling: ErrorSpelling
  /** A payload without secrets. */
  redact(action: string, payload: unknown): unknown
  /** The answers to what a station sends. */
  routes(source: AnswerSource): ReadonlyMap<string, Route>
  /** How a station is asked. Words of `station-request.ts` that this version has no counterpart for are `Impossible`. */
  asking(request: NeutralRequest, situation: AskingSituation): Asking | Impossible
}

/** All that is worded for both versions; a `message` is of one already. */
export type NeutralRequest = Exclude<StationRequest, { kind: 'message' }>

export interface DialectMessage {
  readonly message: Message
  readonly sender: 'chargePoint' | 'centralSystem' | 'both'
}

export interface AskingSituation {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Grows from request to request, below 2^31. */
  readonly number: number
  /** The station's own id of a transaction, where it has one. */
  reference(transaction: number): string | undefined
}

/** A CALL that carries a request out. */
export interface Asking {
  readonly message: Message
  readonly payload: Payload
  /** Fields of the payload under the names of the request, for what does not fit: `{ 'idToken.idToken': 'tag' }`. */
  readonly fields?: Readonly<Record<string, string>>
  /** What the answer means; by default its `status`, and whether that is a good word. */
  readonly reads?: (payload: Payload) => Reading
  /** The answer proper comes in messages of its own afterwards. */
  readonly gathers?: () => Gathering
}

export interface Reading {
  readonly isAccepted?: boolean
  readonly status?: string | undefined
  readonly configuration?: readonly ConfigurationEntry[]
}

/** Parts of an answer, as they come. */
export interface Gathering {
  readonly action: string
  /** `done` with the last part, `more` before it; undefined: it belongs to something else. */
  take(request: unknown): 'more' | 'done' | undefined
  readonly configuration: readonly ConfigurationEntry[]
}

export interface Impossible {
  readonly kind: 'impossible'
  readonly field: string | undefined
  readonly description: string
}

export function impossible(field: string | undefined, description: string): Impossible {
  return { kind: 'impossible', field, description }
}

/** A limit as it goes on the wire: one decimal at most (OCPP 1.6 §7.14, OCPP 2.0.1 §2.14). */
export function limitOf(limit: { readonly watts: number } | { readonly amps: number }): { readonly unit: 'A' | 'W'; readonly limit: number } | Impossible {
  const [unit, size] = 'watts' in limit ? (['W', limit.watts] as const) : (['A', limit.amps] as const)
  if (!Number.isFinite(size) || size < 0) return impossible('limit', 'a limit is 0 or more')
  return { unit, limit: Math.round(size * 10) / 10 }
}
