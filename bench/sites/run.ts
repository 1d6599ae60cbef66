import { existsSync } from 'node:fs'
import { systemClock } from '../../src/base/clock.ts'
import { ConfigError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { databaseOf, databaseWords, makeRoom } from '../csms/database.ts'
import type { Charger } from '../csms/rest/shapes.ts'
import type { BenchStore } from '../csms/store/store.ts'
import { importPlaces, placesWords } from './import.ts'
import { sitesPath } from './shipped.ts'
import { readSites } from './sites-file.ts'
import { findings, type Standings, sitesTable } from './verify.ts'

export interface SitesRun {
  /** Of `--database`. */
  readonly database: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly print: (line: string) => void
}

/** Takes a file into the database. @throws ConfigError before anything is changed */
export async function runImport(word: string, run: SitesRun): Promise<0> {
  const places = await readSites(sitesPath(word))
  const database = databaseOf(run.database, run.environment)
  if (database.url === undefined && database.file === ':memory:') throw new ConfigError('--database', '', 'keeps nothing', 'Name a file')
  makeRoom(database)
  await overStore(database, (store) => importPlaces(places, store, word))
  run.print(`${placesWords(places)} are now in ${databaseWords(database)}`)
  return 0
}

/** Looks at a file, or at the database. Resolves to the exit code: 1 when something should be looked at. @throws ConfigError */
export async function runVerify(word: string | undefined, run: SitesRun): Promise<0 | 1> {
  const standings: Standings = word === undefined ? await inDatabase(run) : await readSites(sitesPath(word))
  const found = findings(standings)
  for (const line of sitesTable(standings)) run.print(line)
  run.print(placesWords(standings))
  for (const line of found) run.print(`- ${line}`)
  return found.length === 0 ? 0 : 1
}

async function inDatabase(run: SitesRun): Promise<Standings> {
  const database = databaseOf(run.database, run.environment)
  if (database.url === undefined && !existsSync(database.file))
    throw new ConfigError('--database', '', `there is no ${database.file}`, 'Start pilotwire-bench csms once, or import sites; or name another file')
  return overStore(database, async (store) => ({ sites: await store.sites.all(), chargers: await chargersOf(store) }))
}

async function overStore<T>({ url, file }: ReturnType<typeof databaseOf>, work: (store: BenchStore) => Promise<T>): Promise<T> {
  const { openBenchStore } = await import('../csms/store/open.ts')
  const database = url === undefined ? { file } : { databaseUrl: url, file }
  const store = await openBenchStore({ ...database, clock: systemClock(), log: silentLog, currency: 'EUR', tariffPerKwh: 0 })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const pageSize = 1_000

async function chargersOf({ chargers }: BenchStore): Promise<readonly Charger[]> {
  const all: Charger[] = []
  for (let isMore = true; isMore; ) {
    const { items } = await chargers.page({ offset: all.length, limit: pageSize })
    all.push(...items)
    isMore = items.length === pageSize
  }
  return all
}
