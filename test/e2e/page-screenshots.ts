import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { type CentralSystem, centralSystem } from '../../bench/csms/central-system.ts'
import { openDoor } from '../../bench/csms/door.ts'
import about from '../../package.json' with { type: 'json' }
import { systemClock } from '../../src/base/clock.ts'
import { seconds } from '../../src/base/units.ts'
import { stationConfig } from '../../src/config/merge.ts'
import { type RunningStation, startStation } from '../../src/run/station.ts'

/** `node test/e2e/page-screenshots.ts [NAME...]`: the pictures of the README, docs/images/page-*.png, all or those that are named (live-phone),
 *  from a station that charges on the simulated board. Takes some two minutes: the plot wants a session to show. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const images = join(root, 'docs', 'images')
const largestBytes = 150_000
const id = 'GARAGE-1'

const clock = systemClock()
const pause = (length: number) => new Promise<void>((resolve) => clock.after('pause', seconds(length), resolve))

const phone = { width: 390, height: 844, deviceScaleFactor: 1.5 }
const desk = { width: 1280, height: 800, deviceScaleFactor: 1 }
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
const named = process.argv.slice(2)
const shots = all.filter(({ name }) => named.length === 0 || named.includes(name))

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

async function take(browser: Browser, url: string, { name, view, size, colorScheme }: (typeof all)[number]): Promise<void> {
  const { deviceScaleFactor, ...viewport } = size
  const context = await browser.newContext({ viewport, deviceScaleFactor, colorScheme, reducedMotion: 'reduce', timezoneId: 'Europe/Berlin', locale: 'en-GB' })
  const page = await context.newPage()
  await page.goto(`${url}/#/${view}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (view === 'frames') {
    const row = page.getByRole('list', { name: 'Exchanges, the oldest first' }).getByRole('button', { name: /ChargeFaster/ })
    await row.click()
  }
  if (view === 'settings') await page.getByRole('region', { name: 'Security' }).scrollIntoViewIfNeeded()
  await pause(1)
  const bytes = await page.screenshot({ path: join(images, `page-${name}.png`) })
  await context.close()
  if (bytes.length > largestBytes) throw new Error(`${name} has ${bytes.length} bytes, more than ${largestBytes}`)
}

execFileSync(process.execPath, [join(root, 'build-page.mjs')], { cwd: root })
mkdirSync(images, { recursive: true })
const state = mkdtempSync(join(tmpdir(), 'pilotwire-images-'))
const csms = centralSystem({ clock })
const door = await openDoor(csms, { port: 0 })
const config = await stationConfig({ id, csms: door.url, state, http: '0', log: 'error' }, process.env, about.version)
const station = await startStation(config)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  await charge(station, csms)
  for (const shot of shots) await take(browser, `http://127.0.0.1:${station.http?.port}`, shot)
} finally {
  await browser.close()
  station.stop()
  await station.ended
  await door.close()
  rmSync(state, { recursive: true, force: true })
}
