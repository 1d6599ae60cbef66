import type { RequestOf } from '../../../src/ocpp/message.ts'
import type { MeterValues, StartTransaction, StopTransaction } from '../../../src/ocpp16/messages/core.ts'
import type { MeterValue } from '../../../src/ocpp16/messages/types.ts'

// What a book of transactions says, in the words of OCPP 1.6.

export type StartRequest = RequestOf<typeof StartTransaction>
export type StopRequest = RequestOf<typeof StopTransaction>
export type MeterRequest = RequestOf<typeof MeterValues>
/** OCPP 2.0.1 knows more reasons. */
export type BookedStop = Omit<StopRequest, 'reason'> & { readonly reason?: string }

/** What the central system knows of one transaction. */
export interface Transaction {
  readonly id: number
  readonly station: string
  /** The station's own id, in OCPP 2.0.1. The rest is in the words of 1.6: the connector is the EVSE, 0 until it is known. */
  readonly reference?: string
  readonly start: StartRequest
  /** How often the same StartTransaction came again: its answer was lost on the way. */
  readonly startsResent: number
  /** Undefined while it runs. */
  readonly stop: BookedStop | undefined
  /** How often the same StopTransaction came again. */
  readonly stopsResent: number
  /** From MeterValues, in the order of arrival. */
  readonly samples: readonly MeterValue[]
}

/** A message about a transaction that does not fit what is known: accepted, because a charge point must never be made
 *  to send it forever, and noted, because it is a mistake of one of the two. */
export interface Oddity {
  readonly station: string
  readonly what: 'stop of an unknown transaction' | 'second stop, different from the first' | 'sample of an unknown transaction'
  readonly transactionId: number
  readonly request: BookedStop | MeterRequest
}

/** One line of the journal. `at` is the central system's time, ISO 8601. */
export type TransactionEvent =
  | (Booking & { readonly event: 'started'; readonly resent: boolean; readonly request: StartRequest })
  /** OCPP 2.0.1: the card, the EVSE or the first register came later. */
  | (Booking & { readonly event: 'learnt'; readonly request: StartRequest })
  | (Booking & { readonly event: 'sampled'; readonly request: MeterRequest })
  | (Booking & { readonly event: 'ended'; readonly resent: boolean; readonly request: BookedStop })
  | ({ readonly event: 'odd' } & Oddity)

interface Booking {
  readonly station: string
  readonly transactionId: number
  /** Of OCPP 2.0.1. */
  readonly reference?: string
  readonly seqNo?: number
}
