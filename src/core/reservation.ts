/** A place that is kept for somebody. */
export interface Reservation {
  /** The central system's number for it. */
  readonly id: number
  /** 0: any place. */
  readonly evse: number
  readonly token: string
  readonly group?: string
  /** Milliseconds since 1970. */
  readonly until: number
}

export type ReserveOutcome = 'accepted' | 'faulted' | 'occupied' | 'rejected' | 'unavailable'

/** Reservations, kept over restarts. One ends when it is used, cancelled, replaced, when its time is over, or when its place is
 *  faulted or unavailable (OCPP 1.6 §3.12, §5.13). */
export interface Reservations {
  reserve(reservation: Reservation): ReserveOutcome
  /** False: there is no such reservation. */
  cancel(id: number): boolean
  readonly all: readonly Reservation[]
}
