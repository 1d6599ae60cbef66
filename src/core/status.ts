import type { EvseStatus } from './charge-point.ts'

/** Everything a status depends on. */
export interface StatusInputs {
  /** A fault of the guard's or a reported one. */
  readonly isFaulted: boolean
  readonly isOperative: boolean
  readonly isReserved: boolean
  /** A token was accepted and waits for the cable. */
  readonly isWaiting: boolean
  /** An EV, or at least a cable, is in place. */
  readonly hasCable: boolean
  /** What this plug-in was for is over: its transaction ended, or its time to identify ran out. */
  readonly isDone: boolean
  readonly transaction:
    | undefined
    | {
        /** It ends; `measuring` until its last register is read, at most a second and a half after the contacts opened. */
        readonly stopping: 'no' | 'measuring' | 'measured'
        /** The contacts are closed. */
        readonly isClosed: boolean
        /** Current is offered to the EV: permits given, at least 6 A. */
        readonly isOffered: boolean
        /** The EV was given its time to ask for energy for the first time, or has asked. */
        readonly isSettled: boolean
      }
}

/** The status of an EVSE: the first matching line wins (OCPP 1.6 §7.7 has the words).
 *  SuspendedEVSE precedes SuspendedEV; Charging means that the contacts are closed. */
export function statusOf(now: StatusInputs): EvseStatus {
  const { transaction } = now
  if (now.isFaulted) return 'faulted'
  if (transaction?.isClosed) return 'charging'
  // StopTransaction goes before Finishing, and it waits for the register of what has just flowed.
  if (transaction?.stopping === 'measuring') return 'charging'
  if (transaction?.stopping === 'measured') return 'finishing'
  if (transaction !== undefined && !transaction.isOffered) return 'suspendedEvse'
  if (transaction !== undefined) return transaction.isSettled ? 'suspendedEv' : 'preparing'
  if (!now.isOperative) return 'unavailable'
  if (now.isWaiting) return 'preparing'
  if (now.isReserved) return 'reserved'
  if (now.hasCable) return now.isDone ? 'finishing' : 'preparing'
  return 'available'
}
