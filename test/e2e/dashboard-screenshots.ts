import { chromium, type Page } from 'playwright-core'
import type { BenchStore, ChargerFacts } from '../../bench/csms/store/store.ts'
import { systemClock } from '../../src/base/clock.ts'
import { builtDashboard, dashboardWorld, jeju } from './bench/dashboard-world.ts'
import { desk, phone, takePicture, wanted } from './pictures.ts'

/** `node test/e2e/dashboard-screenshots.ts [NAME...]`: the pictures of the dashboard, docs/images/dashboard-*.png, all or those that are named
 *  (dashboard-desk), from a central system that knows three sites with 34 chargers. */

const clock = systemClock()
const minute = 60_000

/** 12 x 100 kW, 10 x 50 kW and 12 x 100 kW. */
const chargers: readonly ChargerFacts[] = jeju.flatMap(({ id }, at) =>
  Array.from({ length: at === 1 ? 10 : 12 }, (_, bay) => ({
    id: `${id.toUpperCase()}-${String(bay + 1).padStart(2, '0')}`,
    site_id: id,
    kind: 'dc' as const,
    max_kw: at === 1 ? 50 : 100,
  })),
)

const statuses = ['Charging', 'Available', 'Charging', 'Preparing', 'Charging', 'Available', 'SuspendedEV', 'Charging', 'Available'] as const

/** What would have come over the line in the last hour. */
async function furnish({ chargers: book, transactions }: BenchStore): Promise<void> {
  const now = clock.now().epochMs
  for (const [at, { id, max_kw = 0 }] of chargers.entries()) {
    // The last one stays away.
    if (at === chargers.length - 1) continue
    await book.connected(id, 'one', at % 3 === 0 ? '2.0.1' : '1.6')
    await book.booted(id, { vendor: 'Pilotwire', model: `DC ${max_kw}`, serialNumber: `PW-${1_000 + at}`, firmwareVersion: '1.4.2', at: now - 600 * minute })
    const status = at === 15 ? 'Faulted' : (statuses[at % statuses.length] ?? 'Available')
    const trouble = status === 'Faulted' ? { errorCode: 'GroundFailure', info: 'residual current 31 mA' } : {}
    const beganAt = now - (12 + ((at * 7) % 45)) * minute
    await book.statusChanged(id, { evse: 1, connector: 1, status, ...trouble, at: status === 'Charging' ? beganAt : now - 90 * minute })
    if (status === 'Charging' || status === 'SuspendedEV') await charge(transactions, id, max_kw, beganAt, now)
  }
}

/** Power falls as the battery fills. */
async function charge(transactions: BenchStore['transactions'], station: string, kw: number, beganAt: number, now: number): Promise<void> {
  const meterStartWh = 4_200_000
  const begun = { station, evse: 1, connector: 1, tag: '04A2B3C4', startedAt: beganAt, meterStartWh, key: `${station} ${beganAt}`, reference: undefined }
  const { id } = await transactions.begin(begun)
  let energy = meterStartWh
  const samples = []
  for (let at = beganAt; at <= now; at += minute / 2) {
    const soc = 22 + ((at - beganAt) / minute) * 1.1
    const power = kw * 1_000 * (soc < 25 ? 0.4 : soc < 50 ? 0.92 : 0.92 - (soc - 50) * 0.012)
    energy += power / 120
    samples.push({ atMs: at, power_w: power, energy_wh: energy, current_a: power / 402, voltage_v: 402, soc_percent: soc })
  }
  await transactions.sampled(station, 1, id, samples)
}

const chosen = '#/map/AIRPORT-05'
const shots = [
  { name: 'dashboard-desk', size: desk, colorScheme: 'light', place: chosen },
  { name: 'dashboard-phone-dark', size: phone, colorScheme: 'dark', place: '#/map' },
] as const

const arrange = (place: string) => async (page: Page) => {
  await page.getByRole('region', { name: 'Map' }).waitFor({ state: 'attached' })
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
  if (place === chosen) await page.getByRole('img', { name: /^Power of session/ }).waitFor()
}

const built = await builtDashboard()
const world = await dashboardWorld({ dashboard: built.folder, chargers, prepare: furnish })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  for (const { name, size, colorScheme, place } of wanted(shots))
    await takePicture(browser, { name, size, colorScheme, url: world.page, arrange: arrange(place) })
} finally {
  await browser.close()
  await world.close()
  built.remove()
}
