import { enlisted } from './chargers.ts'
import type { Counted } from './energy.ts'
import type { BookParts } from './parts.ts'
import { amount, whole } from './rows.ts'
import { sampled } from './samples.ts'
import { ask, type Steps } from './steps.ts'
import type { Begun, Ended, TransactionRows } from './store.ts'
import type { TransactionTable } from './tables.ts'
import { transactionReading } from './transaction-rows.ts'

export function transactionBook(parts: BookParts): TransactionRows {
  const { writer, chargerChanged, transactionChanged } = parts
  const tell = (transaction: number, charger: string) => {
    transactionChanged.emit({ transaction, charger })
    chargerChanged.emit(charger)
  }
  return {
    ...transactionReading(parts),
    async begin(begun) {
      const found = await writer.write(begun.station, () => begin(begun))
      tell(found.id, begun.station)
      return found
    },
    async update(station, reference, more) {
      const id = await writer.write(station, () => update(station, reference, more))
      if (id !== undefined) tell(id, station)
      return id !== undefined
    },
    async end(station, id, ended) {
      const outcome = await writer.write(station, (counted) => end({ station, id, ended, tariffPerKwh: parts.tariffPerKwh }, counted))
      if (outcome !== 'unknown') tell(id, station)
      return outcome
    },
    async sampled(station, evse, transaction, samples) {
      if (samples.length === 0 && transaction === undefined) return 'kept'
      const now = parts.clock.now().epochMs
      const outcome = await writer.write(station, (counted) => sampled({ station, evse, transaction, samples, now }, counted))
      if (outcome === 'kept') chargerChanged.emit(station)
      return outcome
    },
  }
}

type Found = Pick<
  TransactionTable,
  'evse' | 'connector' | 'started_at' | 'stopped_at' | 'meter_start_wh' | 'meter_stop_wh' | 'reason' | 'register_wh' | 'register_at'
> & {
  readonly id: number
  readonly site_id: string | null
}

/** The unique index decides which of two processes begins it; numbers are given in the order of beginning. */
function* begin(begun: Begun): Steps<{ readonly id: number; readonly isRepeated: boolean }> {
  const { station, tag, startedAt, meterStartWh, key, reference } = begun
  const again = yield* begunBefore(begun)
  if (again !== undefined) return { id: again, isRepeated: true }
  const [evse, connector, meter] = [whole(begun.evse), whole(begun.connector), amount(meterStartWh)]
  const [fresh] = yield* ask<{ id: number }>(
    `INSERT INTO transactions (station_id, evse, connector, tag, started_at, meter_start_wh, start_key, reference, register_wh, register_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (station_id, start_key) DO NOTHING RETURNING id`,
    ...[station, evse, connector, tag, startedAt, meter, key, reference, meter, startedAt],
  )
  if (fresh === undefined) return { id: (yield* begunBefore(begun)) ?? 0, isRepeated: true }
  yield* occupied(station, fresh.id, evse, connector)
  return { id: fresh.id, isRepeated: false }
}

function* begunBefore({ station, key, startedAt, meterStartWh, reference }: Begun): Steps<number | undefined> {
  const [row] = yield* ask<{ id: number; started_at: number }>('SELECT id, started_at FROM transactions WHERE station_id = $1 AND start_key = $2', station, key)
  if (row === undefined) return undefined
  // OCPP 2.0.1 E04: an event of the middle may come before the start, which knows better.
  if (reference !== undefined && startedAt < row.started_at) {
    yield* ask('UPDATE transactions SET started_at = $2 WHERE id = $1', row.id, startedAt)
    yield* startedWith(row.id, amount(meterStartWh))
  } else yield* repeated(row.id)
  return row.id
}

/** What the power came to until now goes on from this register. */
function* startedWith(id: number, meterWh: number | null): Steps<void> {
  if (meterWh === null) return
  yield* ask(
    `UPDATE transactions SET register_wh = CASE WHEN meter_start_wh IS NULL THEN COALESCE(register_wh, 0) + $2 ELSE register_wh END, meter_start_wh = $3
     WHERE id = $1`,
    ...[id, meterWh, meterWh],
  )
}

function* repeated(id: number): Steps<void> {
  yield* ask('UPDATE transactions SET repeated = repeated + 1 WHERE id = $1', id)
}

/** The outlet serves this transaction; what was measured for another one says nothing any more. */
function* occupied(station: string, id: number, evse: number | null, connector: number | null): Steps<void> {
  if (evse === null || evse < 1) return
  yield* enlisted(station)
  yield* ask(
    `INSERT INTO connectors (station_id, evse, connector, status, transaction_id) VALUES ($1, $2, $3, 'Unknown', $4)
     ON CONFLICT (station_id, evse, connector) DO UPDATE SET transaction_id = excluded.transaction_id, power_w = NULL, current_a = NULL, voltage_v = NULL,
       soc_percent = NULL`,
    ...[station, evse, connector ?? 1, id],
  )
}

function* update(station: string, reference: string, more: Parameters<TransactionRows['update']>[2]): Steps<number | undefined> {
  const [row] = yield* ask<Pick<TransactionTable, 'evse' | 'connector' | 'stopped_at'> & { id: number }>(
    'SELECT id, evse, connector, stopped_at FROM transactions WHERE station_id = $1 AND reference = $2',
    ...[station, reference],
  )
  if (row === undefined) return undefined
  const [evse, connector] = [whole(more.evse), whole(more.connector)]
  yield* ask(
    'UPDATE transactions SET evse = COALESCE($2, evse), connector = COALESCE($3, connector), tag = COALESCE($4, tag) WHERE id = $1',
    ...[row.id, evse, connector, more.tag],
  )
  yield* startedWith(row.id, amount(more.meterStartWh))
  const place = { evse: evse ?? row.evse, connector: connector ?? row.connector }
  if (row.stopped_at === null && (place.evse !== row.evse || place.connector !== row.connector)) {
    yield* released(station, row.id)
    yield* occupied(station, row.id, place.evse, place.connector)
  }
  return row.id
}

/** What flowed and what the car said is over with its transaction; only the register stands. */
function* released(station: string, id: number): Steps<void> {
  yield* ask(
    'UPDATE connectors SET transaction_id = NULL, power_w = NULL, current_a = NULL, voltage_v = NULL, soc_percent = NULL WHERE station_id = $1 AND transaction_id = $2',
    station,
    id,
  )
}

/** One transaction of this station, with what its energy is counted by. */
export function* transactionOf(station: string, id: number): Steps<Found | undefined> {
  if (!Number.isSafeInteger(id)) return undefined
  const [row] = yield* ask<Found>(
    `SELECT t.id, t.evse, t.connector, t.started_at, t.stopped_at, t.meter_start_wh, t.meter_stop_wh, t.reason, t.register_wh, t.register_at, s.site_id
     FROM transactions t LEFT JOIN stations s ON s.id = t.station_id WHERE t.id = $1 AND t.station_id = $2`,
    ...[id, station],
  )
  return row
}

interface Ending {
  readonly station: string
  readonly id: number
  readonly ended: Ended
  /** Where its site has none. */
  readonly tariffPerKwh: number
}

/** What it costs is told by the price of this moment from now on. */
function* end({ station, id, ended, tariffPerKwh }: Ending, counted: Counted): Steps<'ended' | 'repeated' | 'other' | 'unknown'> {
  const found = yield* transactionOf(station, id)
  if (found === undefined) return 'unknown'
  const { stoppedAt, reason, tag } = ended
  const meter = amount(ended.meterStopWh)
  const changed = yield* ask(
    `UPDATE transactions SET stopped_at = $2, meter_stop_wh = $3, reason = $4, stop_tag = $5, register_wh = $6, register_at = $7,
       meter_start_wh = COALESCE(meter_start_wh, $8),
       price_per_kwh = COALESCE((SELECT tariff_per_kwh FROM sites WHERE id = $9), $10)
     WHERE id = $1 AND stopped_at IS NULL RETURNING id`,
    ...[id, stoppedAt, meter, reason, tag, meter, stoppedAt, meter === null ? null : meter - (found.register_wh ?? 0), found.site_id, tariffPerKwh],
  )
  if (changed.length > 0) {
    yield* released(station, id)
    if (found.register_wh !== null && found.meter_start_wh !== null && meter !== null) {
      counted.add(station, found.site_id ?? '', found.register_at, stoppedAt, meter - found.register_wh)
    }
    return 'ended'
  }
  const before = yield* transactionOf(station, id)
  const isSame = before?.stopped_at === stoppedAt && before.meter_stop_wh === meter && before.reason === (reason ?? null)
  if (!isSame) return 'other'
  yield* repeated(id)
  return 'repeated'
}
