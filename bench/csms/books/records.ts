import type { IdTagInfo } from '../../../src/ocpp16/messages/types.ts'
import type { Boot, ConnectorStatus, Measured } from '../store/store.ts'
import type { Awaitable } from './awaitable.ts'

/** What a central system writes down before it answers, beside transactions (those are the `TransactionBook`'s), in the words of neither
 *  version. The answer waits for what is returned; a rejection is answered with InternalError, and the station will send it again. */
export interface Records {
  booted(station: string, boot: Boot): Awaitable<void>
  statusChanged(station: string, status: ConnectorStatus): Awaitable<void>
  /** Samples outside of transactions; evse 0: the whole station. */
  metered(station: string, evse: number, samples: readonly Measured[]): Awaitable<void>
  /** What is known of a card; undefined leaves it to the list of good cards. */
  judge(station: string, card: string): Awaitable<IdTagInfo | undefined>
  /** Any other sign of life. */
  seen(station: string): void
}
