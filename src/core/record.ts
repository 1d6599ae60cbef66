import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { seconds } from '../base/units.ts'
import type { Documents, Ledger, Store } from '../store/store.ts'
import { attempted, withRoom } from '../store/store-error.ts'
import type { Availability } from './availability.ts'
import type { Fact, OpenTransaction, TransactionEnded } from './facts.ts'
import type { Reservation } from './reservation.ts'

/** Between two tries to write the end of a transaction on a disk that is full. */
const writeAgain = seconds(10)

export interface RecordParts {
  readonly store: Store
  readonly ledger: Ledger<Fact>
  /** The transactions that are open, by EVSE: what `recovery` ends after a crash. */
  readonly open: Documents<OpenTransaction>
  readonly availability: Availability
  /** The reservations, by id: a start takes the one that it uses along. */
  readonly reserved: Documents<Reservation>
  readonly clock: Clock
  readonly log: Log
  /** What starts now is never told to a central system. */
  readonly isSilent: () => boolean
  /** On a full disk: deletes what can be done without, and says whether there was any. */
  readonly makeRoom: () => boolean
}

/** Writes the two ends of a transaction, each in one durable step. A disk that is full is said, and is no reason to
 *  crash: the start is then refused, and the end is tried again until it is written. */
export interface TransactionRecord {
  /** False: not written, so nothing may be charged. Nor is anything while an end is still to be written there. */
  start(transaction: OpenTransaction, source: 'local' | 'remote', reservation: number | undefined): boolean
  /** Keeps what changed of a transaction that is open, for a core that may have to take it over. */
  note(transaction: OpenTransaction): void
  /** `samplesFirst` runs before each try: samples that the disk would not take belong before the end. Runs `written` when it is, at once as a rule. After a crash in between, recovery writes the end. */
  end(fact: TransactionEnded, at: Moment, samplesFirst: () => void, written: () => void): void
  /** The EVSE is free: what waited for that takes effect. */
  freed(evse: number): void
  /** Tries no more: recovery writes the ends that are left. */
  close(): void
}

export function transactionRecord({ store, ledger, open, availability, reserved, clock, log, isSilent, makeRoom }: RecordParts): TransactionRecord {
  const retries = new Map<number, Timer>()
  const isWritten = (evse: number, write: () => void): boolean =>
    attempted(
      () => withRoom(() => store.atomically(write), makeRoom),
      (error) => log.error({ evse, error: error.message }, 'a transaction cannot be written to the state directory'),
    )
  const freed = (evse: number) => void isWritten(evse, () => availability.freed(evse))
  const end: TransactionRecord['end'] = (fact, at, samplesFirst, written) => {
    retries.delete(fact.evse)
    samplesFirst()
    const done = isWritten(fact.evse, () => {
      ledger.append(at, fact, { subject: fact.transaction, durability: 'durable' })
      open.delete(String(fact.evse))
    })
    if (done) {
      // A step of its own: a start applies what a power cut left undone.
      freed(fact.evse)
      written()
    } else
      retries.set(
        fact.evse,
        clock.after(`write end ${fact.evse}`, writeAgain, () => end(fact, at, samplesFirst, written)),
      )
  }
  return {
    end,
    freed,
    close() {
      for (const timer of retries.values()) timer.stop()
    },
    note(transaction) {
      const { evse } = transaction
      attempted(
        () => open.put(String(evse), transaction),
        (error) => log.warn({ evse, error: error.message }, 'a core that takes over would not know everything: the state directory takes nothing'),
      )
    },
    start: (transaction, source, reservation) =>
      !retries.has(transaction.evse) &&
      isWritten(transaction.evse, () => {
        const { id, evse, token, meterStartWh, startedAt } = transaction
        ledger.append(
          startedAt,
          {
            ...{ kind: 'transactionStarted', transaction: id, evse, token, source, meterWh: meterStartWh },
            ...(reservation === undefined ? {} : { reservation }),
            ...(isSilent() ? { isSilent: true } : {}),
          },
          { subject: id, durability: 'durable' },
        )
        open.put(String(evse), transaction)
        if (reservation !== undefined) reserved.delete(String(reservation))
      }),
  }
}
