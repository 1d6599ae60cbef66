import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { type CentralSystem, centralSystem } from '../../bench/csms/central-system.ts'
import { openDoor } from '../../bench/csms/door.ts'
import about from '../../package.json' with { type: 'json' }
import { systemClock } from '../../src/base/clock.ts'
import { stationConfig } from '../../src/config/merge.ts'
import { type RunningStation, startStation } from '../../src/run/station.ts'
import { desk, pause, phone, takePicture, wanted } from './pictures.ts'

/** `node test/e2e/page-screenshots.ts [NAME...]`: the pictures of the README, docs/images/page-*.png, all or those that are named (live-phone),
 *  from a station that charges on the simulated board. Takes some two minutes: the plot wants a session to show. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const id = 'GARAGE-1'

const clock = systemClock()
const all = [
  { name: 'live-phone', view: 'live', size: phone, colorScheme: 'light' },
  { name: 'live-phone-dark', view: 'live', size: phone, colorScheme: 'dark' },
  { name: 'frames-phone-dark', view: 'frames', size: phone, colorScheme: 'dark' },
  { name: 'live-desk', view: 'live', size: desk, colorScheme: 'light' },
  { name: 'live-desk-dark', view: 'live', size: desk, colorScheme: 'dark' },
  { name: 'frames-desk', view: 'frames', size: desk, colorScheme: 'light' },
  { name: 'bench-desk-dark', view: 'bench', size: desk, colorScheme: 'dark' },
  { name: 'settings-desk', view: 'settings', size: desk, colorScheme: 'light' },
  { name: 'health-desk', view: 'health', size: desk, colorScheme: 'light' },
] as const
const shots = wanted(all)

/** A session whose plot and frames have something to tell: the owner limits, the central system asks. */
async function charge(station: RunningStation, csms: CentralSystem): Promise<void> {
  for (const [line, lasts] of [
    ['plugin', 3],
    ['start 04A2B3C4', 40],
    ['current 20', 30],
    ['current 10', 25],
    ['current 16', 25],
  ] as const) {
    const reply = await station.run(line)
    if (!reply.startsWith('ok')) throw new Error(`${line}: ${reply}`)
    await pause(lasts)
    if (line === 'current 20') await csms.change(id, 'MeterValueSampleInterval', '20')
    if (line === 'current 10') await csms.change(id, 'ChargeFaster', 'true')
    if (line === 'current 10') await csms.trigger(id, 'StatusNotification', 1)
  }
}

const arrange = (view: string) => async (page: Page) => {
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (view === 'frames') {
    const row = page.getByRole('list', { name: 'Exchanges, the oldest first' }).getByRole('button', { name: /ChargeFaster/ })
    await row.click()
  }
  if (view === 'settings') await page.getByRole('region', { name: 'Security' }).scrollIntoViewIfNeeded()
}

execFileSync(process.execPath, [join(root, 'build-page.mjs')], { cwd: root })
const state = mkdtempSync(join(tmpdir(), 'pilotwire-images-'))
const csms = centralSystem({ clock })
const door = await openDoor(csms, { port: 0 })
const config = await stationConfig({ id, csms: door.url, state, http: '0', log: 'error' }, process.env, about.version)
const station = await startStation(config)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  await charge(station, csms)
  for (const { name, view, size, colorScheme } of shots) {
    const url = `http://127.0.0.1:${station.http?.port}/#/${view}`
    await takePicture(browser, { name: `page-${name}`, size, colorScheme, url, arrange: arrange(view) })
  }
} finally {
  await browser.close()
  station.stop()
  await station.ended
  await door.close()
  rmSync(state, { recursive: true, force: true })
}
