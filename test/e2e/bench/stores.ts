import { join } from 'node:path'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import type { Begun, BenchStore } from '../../../bench/csms/store/store.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { freshDirectory } from '../program.ts'
import { hasPostgres, type Postgres, postgres } from './postgres.ts'

export interface StoreWorld {
  readonly clock: SimulatedClock
  readonly store: BenchStore
  /** Another one over the same database, as another process has. */
  again(): Promise<BenchStore>
  close(): Promise<void>
}

export const noon = Date.UTC(2026, 5, 10, 12)
let server: Promise<Postgres> | undefined
export const sharedPostgres = () => {
  server ??= postgres()
  return server
}

/** What the suite runs against. */
export const engines = [
  { name: 'SQLite in memory', isShared: false, isThere: true, place: async () => ({ file: ':memory:' }) },
  { name: 'SQLite in a file', isShared: true, isThere: true, place: async () => ({ file: join(freshDirectory(), 'bench.db') }) },
  { name: 'PostgreSQL', isShared: true, isThere: hasPostgres, place: async () => ({ file: '', databaseUrl: await (await sharedPostgres()).fresh() }) },
] as const
export type EngineUnderTest = (typeof engines)[number]

export async function storeWorld(engine: EngineUnderTest, options: { readonly frames?: number; readonly keepDays?: number } = {}): Promise<StoreWorld> {
  const clock = simulatedClock({ epochMs: noon })
  const place = await engine.place()
  const opened: BenchStore[] = []
  const again = async () => {
    const store = await openBenchStore({ ...place, clock, log: silentLog, currency: 'EUR', tariffPerKwh: 0.5, ...options })
    opened.push(store)
    return store
  }
  return {
    clock,
    store: await again(),
    again,
    async close() {
      await Promise.all(opened.map((each) => each.close()))
    },
  }
}

/** A start of OCPP 1.6 at connector 1. */
export function start(station: string, more: Partial<Begun> = {}): Begun {
  const startedAt = more.startedAt ?? noon
  return { station, evse: 1, connector: 1, tag: 'CARD', startedAt, meterStartWh: 1_000, key: `start ${startedAt}`, reference: undefined, ...more }
}
