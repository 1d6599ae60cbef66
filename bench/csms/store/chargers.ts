import type { Clock } from '../../../src/base/clock.ts'
import type { Charger, Page } from '../rest/shapes.ts'
import { chargersOf, stationRows } from './charger-rows.ts'
import type { BookParts } from './parts.ts'
import { hashed, passwordJudge } from './passwords.ts'
import { contains, whole } from './rows.ts'
import { ask, putAll, type Steps, type Value } from './steps.ts'
import type { Boot, ChargerBook, ChargerChange, ChargerFilter, ConnectorStatus } from './store.ts'

/** No station has more outlets; a hostile one may say so. */
const mostEvses = 999
const mostConnectors = 99

export function chargerBook(parts: BookParts): ChargerBook {
  const { writer, clock, chargerChanged } = parts
  const { db } = parts.engine
  const seen = signsOfLife(parts)
  const isGood = passwordJudge()
  const changed = async (id: string, steps: () => Steps<unknown>) => {
    await writer.write(id, steps)
    chargerChanged.emit(id)
  }
  const some = async (ids: readonly string[]) => (ids.length === 0 ? [] : chargersOf(db, await stationRows(db).where('stations.id', 'in', ids).execute()))
  return {
    page: (filter) => page(parts, filter),
    one: async (id) => (await some([id]))[0],
    some,
    put: (facts) => changed(facts.id, () => putFacts(facts)),
    async remove(id) {
      const gone = await writer.write(id, () => removed(id))
      if (gone) chargerChanged.emit(id)
      return gone
    },
    async setPassword(id, password) {
      const hash = password === undefined ? null : await hashed(password)
      await changed(id, () =>
        ask('INSERT INTO stations (id, password_hash) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash', id, hash),
      )
    },
    async isPassword(id, password) {
      const row = await db.selectFrom('stations').select('password_hash').where('id', '=', id).executeTakeFirst()
      const hash = row?.password_hash ?? undefined
      return hash === undefined || (password !== undefined && (await isGood(hash, password)))
    },
    isKnown: async (id) => (await db.selectFrom('stations').select('id').where('id', '=', id).executeTakeFirst()) !== undefined,
    connected: (id, process, version) =>
      changed(id, () =>
        ask(
          `INSERT INTO stations (id, process, ocpp_version, seen_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (id) DO UPDATE SET process = excluded.process, ocpp_version = excluded.ocpp_version, seen_at = excluded.seen_at`,
          ...[id, process, version, clock.now().epochMs],
        ),
      ),
    disconnected: (id, process) =>
      changed(id, () => ask('UPDATE stations SET process = NULL, seen_at = $3 WHERE id = $1 AND process = $2', id, process, clock.now().epochMs)),
    async allGone(process) {
      const rows = await writer.write('', () => ask<{ id: string }>('UPDATE stations SET process = NULL WHERE process = $1 RETURNING id', process))
      for (const { id } of rows) chargerChanged.emit(id)
      return rows.map(({ id }) => id)
    },
    at: async (process) => (await db.selectFrom('stations').select('id').where('process', '=', process).execute()).map(({ id }) => id),
    async processes() {
      const rows = await db.selectFrom('stations').select('process').distinct().where('process', 'is not', null).execute()
      return rows.flatMap(({ process }) => process ?? [])
    },
    booted: (id, boot) => changed(id, () => bootedSteps(id, boot)),
    async statusChanged(id, status) {
      if (status.evse > mostEvses || status.connector > mostConnectors) return
      await changed(id, () => statusSteps(id, status))
      seen(id)
    },
    seen,
    limited: (id, evse, limit, at) => changed(id, () => limitSteps(id, evse, limit, at)),
  }
}

async function page({ engine: { db } }: BookParts, { site, state, text, offset, limit }: ChargerFilter): Promise<Page<Charger>> {
  let found = stationRows(db)
  if (site !== undefined) found = found.where('stations.site_id', '=', site)
  if (text !== undefined) {
    const columns = ['stations.id', 'stations.name', 'stations.vendor', 'stations.model'] as const
    found = found.where((eb) => eb.or(columns.map((column) => contains(column, text))))
  }
  const sorted = found.orderBy('stations.id')
  // The state is no column: it follows from the others.
  if (state !== undefined) {
    const all = (await chargersOf(db, await sorted.execute())).filter((each) => each.state === state)
    return { items: all.slice(offset, offset + limit), total: all.length, offset, limit }
  }
  const { total } = await found
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  return { items: await chargersOf(db, await sorted.limit(limit).offset(offset).execute()), total, offset, limit }
}

function* putFacts(facts: ChargerChange): Steps<void> {
  const columns = ['site_id', 'name', 'latitude', 'longitude', 'kind', 'max_kw'] as const
  const said = columns.filter((column) => facts[column] !== undefined)
  yield* enlisted(facts.id)
  if (said.length === 0) return
  const set = said.map((column, index) => `${column} = $${index + 2}`).join(', ')
  yield* ask(`UPDATE stations SET ${set} WHERE id = $1`, facts.id, ...said.map((column) => facts[column]))
}

/** Any station may come, and is in the list from then on. */
export function* enlisted(id: string): Steps<void> {
  yield* ask('INSERT INTO stations (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', id)
}

function* removed(id: string): Steps<boolean> {
  yield* ask('DELETE FROM connectors WHERE station_id = $1', id)
  yield* ask('DELETE FROM limits WHERE station_id = $1', id)
  return (yield* ask('DELETE FROM stations WHERE id = $1 RETURNING id', id)).length > 0
}

function* bootedSteps(id: string, { vendor, model, serialNumber, firmwareVersion, at }: Boot): Steps<void> {
  yield* ask(
    `INSERT INTO stations (id, vendor, model, serial_number, firmware_version, booted_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET vendor = excluded.vendor, model = excluded.model, serial_number = excluded.serial_number,
       firmware_version = excluded.firmware_version, booted_at = excluded.booted_at, seen_at = excluded.seen_at`,
    ...[id, vendor, model, serialNumber, firmwareVersion, at, at],
  )
}

function* statusSteps(id: string, { evse, connector, status, errorCode, info, at }: ConnectorStatus): Steps<void> {
  yield* enlisted(id)
  yield* ask(
    `INSERT INTO connectors (station_id, evse, connector, status, error_code, info, since) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (station_id, evse, connector) DO UPDATE SET status = excluded.status, error_code = excluded.error_code, info = excluded.info,
       since = excluded.since`,
    ...[id, evse, connector, status, errorCode, info, at],
  )
}

function* limitSteps(id: string, evse: number, limit: Parameters<ChargerBook['limited']>[2], at: number): Steps<void> {
  if (limit === undefined) return void (yield* ask('DELETE FROM limits WHERE station_id = $1 AND evse = $2', id, whole(evse)))
  const [watts, amps] = 'watts' in limit ? [limit.watts, null] : [null, limit.amps]
  yield* ask(
    `INSERT INTO limits (station_id, evse, watts, amps, set_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (station_id, evse) DO UPDATE SET watts = excluded.watts, amps = excluded.amps, set_at = excluded.set_at`,
    ...[id, evse, watts, amps, at],
  )
}

/** Once a minute of each station. */
const seenEachMs = 60_000
const mostSeen = 20_000

/** Signs of life go with a later group. */
function signsOfLife({ writer, clock }: Pick<BookParts, 'writer'> & { readonly clock: Clock }): (id: string) => void {
  const last = new Map<string, number>()
  const waiting = new Map<string, number>()
  writer.rider(() => {
    if (waiting.size === 0) return undefined
    const some: readonly (readonly Value[])[] = [...waiting].slice(0, 100).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [id] of some) waiting.delete(String(id))
    return () => putAll('INSERT INTO stations (id, seen_at)', some, 'ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at')
  })
  return (id) => {
    const now = clock.now().epochMs
    if (Math.abs(now - (last.get(id) ?? Number.NEGATIVE_INFINITY)) < seenEachMs || waiting.size >= mostSeen) return
    if (last.size >= mostSeen) last.clear()
    last.set(id, now)
    waiting.set(id, now)
  }
}
