import { enlisted } from './chargers.ts'
import { advanced, type Counted, type Register } from './energy.ts'
import { amount, whole } from './rows.ts'
import { ask, type Steps } from './steps.ts'
import type { Measured } from './store.ts'

export interface Sampled {
  readonly station: string
  readonly evse: number
  readonly transaction: number | undefined
  readonly samples: readonly Measured[]
  readonly now: number
}

interface Session {
  readonly evse: number | null
  readonly connector: number | null
  readonly stopped_at: number | null
  readonly meter_start_wh: number | null
  readonly register_wh: number | null
  readonly register_at: number
  readonly known: string | null
  readonly site_id: string | null
}

/** A newest figure of so much later was of a clock that was wrong, ms. */
const toleranceMs = 300_000
const longestOthers = 4_000

/** Keeps what is new of them, moves the register of the transaction on, and notes the newest figures at the outlet. */
export function* sampled({ station, evse, transaction, samples, now }: Sampled, counted: Counted): Steps<'kept' | 'unknown'> {
  const session = transaction === undefined ? undefined : yield* sessionOf(station, transaction)
  if (transaction !== undefined && session === undefined) return 'unknown'
  const place = { evse: whole(session?.evse ?? evse) ?? 0, connector: session?.connector ?? 1 }
  let register: Register = { wh: session?.register_wh ?? undefined, at: session?.register_at ?? 0, startWh: session?.meter_start_wh ?? undefined }
  let isMoved = false
  let newest: { readonly sample: Measured; readonly powerW: number | undefined } | undefined
  for (const sample of [...samples].sort((a, b) => a.atMs - b.atMs)) {
    if (!(yield* isNew(station, transaction ?? 0, place.evse, sample))) continue
    const step = session?.stopped_at === null ? advanced(register, sample) : undefined
    if (step !== undefined) {
      counted.add(station, session?.site_id ?? '', register.at, step.register.at, step.energyWh)
      register = step.register
      isMoved = true
    }
    newest = { sample, powerW: sample.power_w ?? step?.powerW }
  }
  if (isMoved && transaction !== undefined) yield* moved(transaction, register)
  if (newest !== undefined && place.evse > 0 && (session === undefined || session.stopped_at === null)) {
    if (session?.known === null || session === undefined) yield* enlisted(station)
    yield* noted(station, place, transaction, newest.sample, newest.powerW, now)
  }
  return 'kept'
}

function* sessionOf(station: string, transaction: number): Steps<Session | undefined> {
  if (!Number.isSafeInteger(transaction)) return undefined
  const [row] = yield* ask<Session & Record<string, unknown>>(
    `SELECT t.evse, t.connector, t.stopped_at, t.meter_start_wh, t.register_wh, t.register_at, s.id AS known, s.site_id
     FROM transactions t LEFT JOIN stations s ON s.id = t.station_id WHERE t.id = $1 AND t.station_id = $2`,
    ...[transaction, station],
  )
  return row
}

function* isNew(station: string, transaction: number, evse: number, sample: Measured): Steps<boolean> {
  const { atMs, context = '', power_w, energy_wh, current_a, voltage_v, soc_percent, others } = sample
  const rows = yield* ask(
    `INSERT INTO samples (station_id, transaction_id, outlet, evse, at, context, power_w, energy_wh, current_a, voltage_v, soc_percent, others)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (station_id, transaction_id, outlet, at, context) DO NOTHING RETURNING at`,
    ...[
      station,
      transaction,
      transaction === 0 ? evse : 0,
      evse,
      atMs,
      context,
      ...[power_w, energy_wh, current_a, voltage_v, soc_percent].map(amount),
      othersText(others),
    ],
  )
  return rows.length > 0
}

function* moved(transaction: number, { wh, at, startWh }: Register): Steps<void> {
  yield* ask(
    'UPDATE transactions SET register_wh = $2, register_at = $3, meter_start_wh = COALESCE(meter_start_wh, $4) WHERE id = $1',
    ...[transaction, amount(wh), at, amount(startWh)],
  )
}

function* noted(
  station: string,
  { evse, connector }: { readonly evse: number; readonly connector: number },
  transaction: number | undefined,
  { atMs, energy_wh, current_a, voltage_v, soc_percent }: Measured,
  powerW: number | undefined,
  now: number,
): Steps<void> {
  yield* ask(
    `INSERT INTO connectors (station_id, evse, connector, status, power_w, energy_wh, current_a, voltage_v, soc_percent, sampled_at, transaction_id)
     VALUES ($1, $2, $3, 'Unknown', $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (station_id, evse, connector) DO UPDATE SET
       power_w = COALESCE(excluded.power_w, connectors.power_w), energy_wh = COALESCE(excluded.energy_wh, connectors.energy_wh),
       current_a = COALESCE(excluded.current_a, connectors.current_a), voltage_v = COALESCE(excluded.voltage_v, connectors.voltage_v),
       soc_percent = COALESCE(excluded.soc_percent, connectors.soc_percent), sampled_at = excluded.sampled_at,
       transaction_id = COALESCE(excluded.transaction_id, connectors.transaction_id)
     WHERE connectors.sampled_at IS NULL OR connectors.sampled_at <= excluded.sampled_at OR connectors.sampled_at > $11`,
    ...[station, evse, connector, ...[powerW, energy_wh, current_a, voltage_v, soc_percent].map(amount), atMs, transaction, now + toleranceMs],
  )
}

/** As many of them as there is room for. */
function othersText(others: Readonly<Record<string, string>> | undefined): string | null {
  if (others === undefined) return null
  let length = 0
  const kept = Object.entries(others).filter(([name, value]) => {
    length += name.length + value.length + 6
    return length <= longestOthers
  })
  return JSON.stringify(Object.fromEntries(kept))
}
