import { type ColumnDefinitionBuilder, type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Tables } from './tables.ts'

type EngineName = 'sqlite' | 'postgres'

/** Brings the tables up to date. Several processes may do so at once; the first one does it, the others wait. @throws what the database says */
export async function migrate(db: Kysely<Tables>, engine: EngineName): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrationsFor(engine) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

/** In the order of their names. What was released is never changed; each may be begun again where it was cut off, because SQLite runs them
 *  outside of a transaction. */
function migrationsFor(engine: EngineName): Record<string, Migration> {
  return { '0001-tables': { up: (db) => firstTables(db, engine) } }
}

const number = 'double precision'
const required = (column: ColumnDefinitionBuilder) => column.notNull()

/** The words in which tables are made. */
interface Making {
  table(name: string): CreateTableBuilder<string, never>
  /** With an `id` that grows. */
  numbered(name: string): CreateTableBuilder<string, never>
  /** Rows lie in the order of their key. */
  readonly clustered: RawBuilder<unknown>
}

async function firstTables(db: Kysely<unknown>, engine: EngineName): Promise<void> {
  const table = (name: string) => db.schema.createTable(name).ifNotExists()
  const making: Making = {
    table,
    // AUTOINCREMENT: the id of a row that was taken away is not given again.
    numbered: (name) =>
      engine === 'sqlite'
        ? table(name).addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        : table(name).addColumn('id', 'bigint', (column) => column.primaryKey().generatedByDefaultAsIdentity()),
    clustered: engine === 'sqlite' ? sql`without rowid` : sql``,
  }
  await stationTables(making)
  await transactionTables(making)
  await otherTables(making)
  await indexes(db)
}

async function stationTables({ table, clustered }: Making): Promise<void> {
  await table('sites')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('name', 'text', required)
    .addColumn('address', 'text')
    .addColumn('latitude', number, required)
    .addColumn('longitude', number, required)
    .addColumn('max_kw', number)
    .addColumn('tariff_per_kwh', number)
    .execute()
  await table('stations')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('site_id', 'text', (column) => column.references('sites.id').onDelete('set null'))
    .addColumn('name', 'text')
    .addColumn('latitude', number)
    .addColumn('longitude', number)
    .addColumn('kind', 'text')
    .addColumn('max_kw', number)
    .addColumn('process', 'text')
    .addColumn('ocpp_version', 'text')
    .addColumn('vendor', 'text')
    .addColumn('model', 'text')
    .addColumn('serial_number', 'text')
    .addColumn('firmware_version', 'text')
    .addColumn('booted_at', 'bigint')
    .addColumn('seen_at', 'bigint')
    .addColumn('password_hash', 'text')
    .execute()
  await table('connectors')
    .addColumn('station_id', 'text', required)
    .addColumn('evse', 'bigint', required)
    .addColumn('connector', 'bigint', required)
    .addColumn('status', 'text', required)
    .addColumn('error_code', 'text')
    .addColumn('info', 'text')
    .addColumn('since', 'bigint')
    .addColumn('power_w', number)
    .addColumn('energy_wh', number)
    .addColumn('current_a', number)
    .addColumn('voltage_v', number)
    .addColumn('soc_percent', number)
    .addColumn('sampled_at', 'bigint')
    .addColumn('transaction_id', 'bigint')
    .addPrimaryKeyConstraint('connectors_key', ['station_id', 'evse', 'connector'] as never)
    .modifyEnd(clustered)
    .execute()
  await table('limits')
    .addColumn('station_id', 'text', required)
    .addColumn('evse', 'bigint', required)
    .addColumn('watts', number)
    .addColumn('amps', number)
    .addColumn('set_at', 'bigint', required)
    .addPrimaryKeyConstraint('limits_key', ['station_id', 'evse'] as never)
    .execute()
}

async function transactionTables({ table, numbered, clustered }: Making): Promise<void> {
  await numbered('transactions')
    .addColumn('station_id', 'text', required)
    .addColumn('evse', 'bigint')
    .addColumn('connector', 'bigint')
    .addColumn('tag', 'text')
    .addColumn('started_at', 'bigint', required)
    .addColumn('meter_start_wh', number)
    .addColumn('start_key', 'text', required)
    .addColumn('reference', 'text')
    .addColumn('stopped_at', 'bigint')
    .addColumn('meter_stop_wh', number)
    .addColumn('reason', 'text')
    .addColumn('stop_tag', 'text')
    .addColumn('price_per_kwh', number)
    .addColumn('register_wh', number)
    .addColumn('register_at', 'bigint', required)
    .addColumn('repeated', 'bigint', (column) => column.notNull().defaultTo(0))
    .addUniqueConstraint('transactions_once', ['station_id', 'start_key'] as never)
    .execute()
  await table('samples')
    .addColumn('station_id', 'text', required)
    .addColumn('transaction_id', 'bigint', required)
    .addColumn('outlet', 'bigint', required)
    .addColumn('evse', 'bigint', required)
    .addColumn('at', 'bigint', required)
    .addColumn('context', 'text', required)
    .addColumn('power_w', number)
    .addColumn('energy_wh', number)
    .addColumn('current_a', number)
    .addColumn('voltage_v', number)
    .addColumn('soc_percent', number)
    .addColumn('others', 'text')
    .addPrimaryKeyConstraint('samples_once', ['station_id', 'transaction_id', 'outlet', 'at', 'context'] as never)
    .modifyEnd(clustered)
    .execute()
  await table('statistics')
    .addColumn('kind', 'text', required)
    .addColumn('scope', 'text', required)
    .addColumn('at', 'bigint', required)
    .addColumn('slot', 'bigint', required)
    .addColumn('energy_wh', number, required)
    .addPrimaryKeyConstraint('statistics_key', ['kind', 'scope', 'at', 'slot'] as never)
    .modifyEnd(clustered)
    .execute()
}

async function otherTables({ table, numbered }: Making): Promise<void> {
  await table('tokens')
    .addColumn('tag_key', 'text', (column) => column.notNull().primaryKey())
    .addColumn('tag', 'text', required)
    .addColumn('status', 'text', required)
    .addColumn('parent_tag', 'text')
    .addColumn('expires_at', 'bigint')
    .addColumn('name', 'text')
    .execute()
  await numbered('frames')
    .addColumn('station_id', 'text', required)
    .addColumn('at', 'bigint', required)
    .addColumn('direction', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('action', 'text')
    .addColumn('message_id', 'text')
    .addColumn('payload', 'text', required)
    .execute()
  await table('pulse')
    .addColumn('id', 'bigint', (column) => column.notNull().primaryKey())
    .addColumn('at', 'bigint', required)
    .execute()
}

async function indexes(db: Kysely<unknown>): Promise<void> {
  const index = (name: string) => db.schema.createIndex(name).ifNotExists()
  const on = (name: string, table: string, ...columns: readonly string[]) =>
    index(name)
      .on(table)
      .columns(columns as never)
      .execute()
  await on('stations_site', 'stations', 'site_id')
  await on('stations_process', 'stations', 'process')
  await on('transactions_started', 'transactions', 'started_at')
  await on('transactions_stopped', 'transactions', 'stopped_at')
  await sql`create index if not exists transactions_running on transactions (station_id) where stopped_at is null`.execute(db)
  await on('samples_at', 'samples', 'at')
  await on('frames_station', 'frames', 'station_id', 'id')
  await on('statistics_at', 'statistics', 'kind', 'at')
}
