import type { Signal } from '../../../src/base/signal.ts'
import type { BenchStore } from '../store/store.ts'
import type { TransactionEvent } from './booking.ts'
import type { BookedEvent, EventBook } from './event-book.ts'
import type { Remembered } from './remembered.ts'

interface Watching {
  readonly remembered: Remembered
  readonly happened: Signal<TransactionEvent>
}

/** Numbers of running transactions that are known without a question. */
const mostNumbers = 20_000

/** TransactionEvents of OCPP 2.0.1 in a database. Each write of it may come again, so that an event may. */
export function eventBookOn(store: BenchStore, { remembered, happened }: Watching): EventBook['event'] {
  const { transactions } = store
  const numbers = new Map<string, number>()
  const numberOf = async (station: string, reference: string) => numbers.get(keyOf(station, reference)) ?? (await transactions.byReference(station, reference))
  const begin = async (station: string, event: BookedEvent): Promise<number> => {
    const { id, isRepeated } = await transactions.begin({
      station,
      ...{ evse: event.evse, connector: event.connector, tag: event.tag, reference: event.reference, key: event.reference },
      startedAt: event.atMs,
      meterStartWh: registerOf(event, 'first'),
    })
    const request = { connectorId: event.evse ?? 0, idTag: event.tag ?? '', meterStart: registerOf(event, 'first') ?? 0, timestamp: isoOf(event) }
    remembered.started(id, station, request, isRepeated, event.reference)
    happened.emit({ event: 'started', station, transactionId: id, reference: event.reference, seqNo: event.seqNo, resent: isRepeated, request })
    return id
  }
  const end = async (station: string, id: number, event: BookedEvent): Promise<void> => {
    const register = registerOf(event, 'last')
    // Without a register the last one that was heard counts: the same again when the event comes again.
    const row = register === undefined ? await transactions.one(id) : undefined
    const meterStopWh = register ?? row?.meter_stop_wh ?? (row === undefined ? 0 : row.meter_start_wh + row.energy_wh)
    const outcome = await transactions.end(station, id, { stoppedAt: event.atMs, meterStopWh, reason: event.reason, tag: event.tag })
    numbers.delete(keyOf(station, event.reference))
    const request = {
      transactionId: id,
      meterStop: meterStopWh,
      timestamp: isoOf(event),
      ...(event.reason === undefined ? {} : { reason: event.reason as never }),
    }
    if (outcome === 'unknown') return
    if (outcome === 'other') {
      happened.emit({ event: 'odd', station, what: 'second stop, different from the first', transactionId: id, request })
      return
    }
    await remembered.ended(id, request, outcome === 'repeated')
    happened.emit({ event: 'ended', station, transactionId: id, resent: outcome === 'repeated', request })
  }
  return async (station, event) => {
    const known = event.kind === 'started' ? undefined : await numberOf(station, event.reference)
    const id = known ?? (await begin(station, event))
    if (event.kind !== 'ended') {
      if (numbers.size >= mostNumbers) numbers.clear()
      numbers.set(keyOf(station, event.reference), id)
    }
    // All of it goes with one commit.
    const writes: Promise<unknown>[] = []
    if (event.evse !== undefined || event.tag !== undefined) writes.push(transactions.update(station, event.reference, placeOf(event)))
    if (event.measured.length > 0) writes.push(transactions.sampled(station, event.evse ?? 0, id, event.measured))
    if (event.kind === 'ended') {
      // Where no register is told, what was measured says first where it stands.
      if (registerOf(event, 'last') === undefined) await Promise.all(writes.splice(0))
      writes.push(end(station, id, event))
    }
    await Promise.all(writes)
    const better = remembered.learnt(id, placeOf(event))
    if (better !== undefined)
      happened.emit({ event: 'learnt', station, transactionId: id, reference: event.reference, seqNo: event.seqNo, request: better.start })
  }
}

const keyOf = (station: string, reference: string) => JSON.stringify([station, reference])
const isoOf = ({ atMs }: BookedEvent) => new Date(atMs).toISOString()

/** The card that ends a transaction is not the one that it belongs to. */
function placeOf({ kind, evse, connector, tag }: BookedEvent) {
  return { evse, connector, tag: kind === 'ended' ? undefined : tag }
}

function registerOf({ measured }: BookedEvent, which: 'first' | 'last'): number | undefined {
  const registers = [...measured].sort((a, b) => a.atMs - b.atMs).flatMap(({ energy_wh }) => energy_wh ?? [])
  return registers.at(which === 'first' ? 0 : -1)
}
