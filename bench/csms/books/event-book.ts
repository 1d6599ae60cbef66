import type { Measured } from '../store/store.ts'
import type { Awaitable } from './awaitable.ts'

/** A TransactionEvent of OCPP 2.0.1 in words of the bench. */
export interface BookedEvent {
  /** The station's transactionId. */
  readonly reference: string
  readonly kind: 'started' | 'updated' | 'ended'
  /** Grows within the transaction; a smaller one may come later (E04). */
  readonly seqNo: number
  readonly atMs: number
  /** From 1; unknown until the cable is in. */
  readonly evse: number | undefined
  readonly connector: number | undefined
  /** The idToken, only in the first event after it was shown. */
  readonly tag: string | undefined
  readonly measured: readonly Measured[]
  /** Of `ended`: stoppedReason, `Local` when it was left out. */
  readonly reason: string | undefined
}

/** Where the transactions of OCPP 2.0.1 are remembered. The same event that comes again changes nothing; an event of a transaction whose
 *  start was never heard begins it. */
export interface EventBook {
  event(station: string, event: BookedEvent): Awaitable<void>
}
