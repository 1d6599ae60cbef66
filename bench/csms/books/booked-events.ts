import { lastRegister, learnt, meterValueOf, startOf, stopOf } from './booked.ts'
import type { Transaction, TransactionEvent } from './booking.ts'
import type { BookedEvent } from './event-book.ts'

/** What a book in memory lends to take in an event of OCPP 2.0.1. */
export interface EventShelf {
  readonly known: Transaction | undefined
  isBooked(id: number, seqNo: number): boolean
  nextId(): number
  record(event: TransactionEvent): void
}

/** Books an event. One that came before changes nothing; one of a transaction whose start was never heard begins it; one that comes late
 *  (E04: a queue goes out beside what happens now) is taken in where it belongs. */
export function bookEvent({ known, isBooked, nextId, record }: EventShelf, station: string, event: BookedEvent): void {
  const { reference, seqNo, kind, measured } = event
  const transactionId = known?.id ?? nextId()
  const about = { station, transactionId, reference, seqNo }
  // Stations are in the field that number every event 0: the first end is an end all the same.
  const isFirstEnd = kind === 'ended' && known?.stop === undefined
  if (known !== undefined && isBooked(known.id, seqNo) && !isFirstEnd) {
    if (kind === 'started') record({ event: 'started', ...about, resent: true, request: known.start })
    if (kind === 'ended' && known.stop !== undefined) record({ event: 'ended', ...about, resent: true, request: known.stop })
    return
  }
  const before = known?.samples ?? []
  if (known === undefined) record({ event: 'started', ...about, resent: false, request: startOf(event) })
  else {
    const better = learnt(known.start, event, lastRegister(before) !== undefined)
    if (better !== undefined) record({ event: 'learnt', ...about, request: better })
  }
  const start = known?.start ?? startOf(event)
  const connectorId = start.connectorId === 0 ? (event.evse ?? 0) : start.connectorId
  if (measured.length > 0) record({ event: 'sampled', ...about, request: { connectorId, transactionId, meterValue: measured.map(meterValueOf) } })
  if (kind !== 'ended') return
  const stop = stopOf(event, transactionId, lastRegister(before) ?? start.meterStart)
  if (known?.stop === undefined) record({ event: 'ended', ...about, resent: false, request: stop })
  else record({ event: 'odd', station, what: 'second stop, different from the first', transactionId, request: stop })
}
