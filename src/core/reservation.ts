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
 *  faulted or unavailable (OCPP 1.6 §3.11, §5.13). Used is when a transaction starts: a card that waited for its cable in vain gives
 *  nothing back, its reservation still stands. */
export interface Reservations {
  /** One with the id of another replaces it. `rejected`: not offered, over already, no such place, or the disk takes nothing. */
  reserve(reservation: Reservation): ReserveOutcome
  /** False: there is no such reservation. */
  cancel(id: number): boolean
  readonly all: readonly Reservation[]
}
