import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Served, type ServeOptions, serve } from '../../../bench/csms/serve.ts'
import type { ChargerFacts } from '../../../bench/csms/store/store.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Three sites on an island, as the samples have them. */
export const jeju = [
  { id: 'airport', name: 'Jeju Airport', latitude: 33.5104, longitude: 126.4914 },
  { id: 'hallim', name: 'Hallim Harbour', latitude: 33.4144, longitude: 126.2597 },
  { id: 'seogwipo', name: 'Seogwipo City Hall', latitude: 33.2541, longitude: 126.5601 },
] as const

export interface DashboardWorld extends Served {
  /** With the token behind the #. */
  readonly page: string
  readonly ocpp: string
}

export interface WorldOptions {
  readonly chargers?: readonly ChargerFacts[]
  /** A folder that holds the built dashboard. */
  readonly dashboard: string
  readonly prepare?: ServeOptions['prepare']
  readonly token?: string
  /** `https://tile.example/{z}/{x}/{y}.png` */
  readonly tiles?: string
  readonly tilesAttribution?: string
  /** Any that is free when left out. */
  readonly httpPort?: number
}

/** The dashboard as it stands now, in a folder of its own. */
export async function builtDashboard(): Promise<{ readonly folder: string; remove(): void }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'pilotwire-dashboard-')), 'dashboard')
  await promisify(execFile)(process.execPath, [join(root, 'build-dashboard.mjs'), folder], { cwd: root })
  return { folder, remove: () => rmSync(join(folder, '..'), { recursive: true, force: true }) }
}

/** A whole central system that keeps everything in memory, with its ports and the dashboard. */
export async function dashboardWorld({
  dashboard,
  chargers = [],
  prepare,
  token,
  tiles,
  tilesAttribution,
  httpPort = 0,
}: WorldOptions): Promise<DashboardWorld> {
  const served = await serve({
    ...{ clock: systemClock(), log: silentLog, database: { url: undefined, file: ':memory:' }, process: 'one', version: '0.0.0' },
    ...{ currency: 'EUR', tariffPerKwh: 0.45, corsOrigins: [], tiles, tilesAttribution, dashboard },
    ocpp: { host: '127.0.0.1', port: 0, mayMove: true },
    http: { host: '127.0.0.1', port: httpPort, mayMove: false },
    token,
    async prepare(store) {
      for (const site of jeju) await store.sites.put(site)
      for (const charger of chargers) await store.chargers.put(charger)
      await prepare?.(store)
    },
  })
  const { dashboardUrl: page, ocppUrl: ocpp } = served
  if (page === undefined || ocpp === undefined) throw new Error('it opened no ports')
  return { ...served, page, ocpp }
}

/** So many chargers, one after the other at the sites. */
export function manyChargers(count: number): readonly ChargerFacts[] {
  return Array.from({ length: count }, (_, at) => {
    const site = jeju[at % jeju.length] ?? jeju[0]
    return { id: `C-${String(at + 1).padStart(4, '0')}`, site_id: site.id, kind: 'dc' as const, max_kw: 100 }
  })
}
