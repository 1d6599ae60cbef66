import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Station, station } from '../../../bench/scripts/station.ts'
import { leaveOut } from '../../left-out.ts'
import { faint, nameless } from '../page-audit.ts'
import { missing, type OpenPage, openPage, sizes } from '../page-browser.ts'
import { builtDashboard, type DashboardWorld, dashboardWorld, manyChargers } from './dashboard-world.ts'

if (missing !== undefined) leaveOut(missing)

const hostile = '"><img src=x onerror=alert(1)>'
const card = '04A2B3C4'
const onePixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64')

let built: Awaited<ReturnType<typeof builtDashboard>>
beforeAll(async () => {
  if (missing === undefined) built = await builtDashboard()
})
afterAll(() => built?.remove())

// One central system with one real charge point for each width: the tests of a width are one story, in their order.
describe.skipIf(missing !== undefined).each(sizes)('the dashboard, $name', (size) => {
  let world: DashboardWorld
  let charger: Station
  let visitor: OpenPage
  const main = () => visitor.page.getByRole('main')
  const drawer = () => visitor.page.getByRole('complementary', { name: 'Charger DESK-1' })
  const kpi = (name: string) => main().getByRole('list', { name: 'At a glance' }).getByRole('listitem').filter({ hasText: name })
  const said = (words: string | RegExp) => visitor.page.getByRole('status').getByText(words).first().waitFor()

  beforeAll(async () => {
    world = await dashboardWorld({
      dashboard: built.folder,
      chargers: [
        { id: 'DESK-1', site_id: 'airport', kind: 'ac', max_kw: 22 },
        { id: 'EVIL-1', name: hostile, latitude: 33.3, longitude: 126.9, max_kw: 50 },
        { id: 'LOST-1', name: 'Without a place' },
      ],
    })
    charger = await station({ id: 'DESK-1', csms: world.ocpp, vendor: hostile.slice(0, 20), settings: { MeterValueSampleInterval: '1' } })
    visitor = await openPage(world.page, size)
  })
  afterAll(async () => {
    await charger.stop()
    await world.close()
  })
  afterEach(async () => {
    expect(visitor.troubles).toEqual([])
    expect(await visitor.overhang(), 'wider than the window').toBe(0)
  })

  test('the token of the address logs in, and does not stay in the address', async () => {
    await main().getByRole('region', { name: 'Map' }).waitFor()
    expect(visitor.page.url()).not.toContain('token')
    expect(await visitor.page.evaluate('document.cookie'), 'scripts do not see the cookie').toBe('')
  })

  test('marks stand on the map, and a charger that connects changes its mark and the figures by push', async () => {
    await main().getByRole('button', { name: 'DESK-1: Offline' }).waitFor()
    await kpi('Connected').getByText('0 / 3').waitFor()
    await charger.connect()
    await kpi('Connected').getByText('1 / 3').waitFor()
    await main().getByRole('button', { name: 'DESK-1: Available' }).waitFor()
  })

  test('hostile names are letters and nothing else', async () => {
    await main()
      .getByRole('button', { name: `${hostile}: Offline` })
      .waitFor()
    expect(await visitor.page.locator('img[src="x"]').count()).toBe(0)
  })

  test('the keyboard opens a charger from the map, and comes back to its mark', async () => {
    const mark = main().getByRole('button', { name: 'DESK-1: Available' })
    await mark.press('Enter')
    await drawer().getByRole('tab', { name: 'Now' }).waitFor()
    await drawer().getByRole('tab', { name: 'Now' }).press('ArrowRight')
    await drawer().getByRole('tab', { name: 'Configuration', selected: true }).waitFor()
    await visitor.page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    await visitor.page.locator('.mark-icon:focus').waitFor()
  })

  test('the legend shows one state alone, and the search finds', async () => {
    await visitor.visit('Chargers')
    const rows = main().getByRole('list', { name: 'Chargers' }).getByRole('link')
    await rows.nth(2).waitFor()
    await main()
      .getByRole('button', { name: /^Available/ })
      .click()
    await rows.nth(1).waitFor({ state: 'detached' })
    // Both before the next picture is drawn: the one must not undo the other.
    await visitor.page.evaluate(`{
      const search = document.querySelector('main input[type=search]')
      ;[...document.querySelectorAll('main .legend-state')].find((each) => each.textContent.startsWith('Available')).click()
      search.value = 'lost'
      search.dispatchEvent(new Event('input', { bubbles: true }))
    }`)
    await rows.filter({ hasText: 'Without a place' }).waitFor()
    await rows.nth(1).waitFor({ state: 'detached' })
    await main().getByRole('searchbox', { name: 'Search' }).fill('')
  })

  test('start from the drawer: it charges, and the plot grows', async () => {
    await charger.plug()
    await main()
      .getByRole('link', { name: /DESK-1/ })
      .click()
    const outlet = drawer().getByRole('region', { name: 'Outlet 1' })
    await outlet.getByText('Preparing').first().waitFor()
    await outlet.getByRole('textbox', { name: 'Card' }).fill(card)
    await outlet.getByRole('button', { name: 'Start' }).click()
    await said('Start: accepted')
    await outlet.getByText('Charging', { exact: true }).waitFor()
    await outlet.getByRole('img', { name: /^Power of session \d+ over time$/ }).waitFor()
    await outlet
      .getByText(/^Power [1-9][\d.]* kW$/)
      .first()
      .waitFor()
  })

  test('limit to half: the charger gives less', async () => {
    const watts = () => charger.connector(1).watts ?? 0
    await charger.until(() => watts() > 10_000)
    const half = Math.round(watts() / 1_000) / 2
    await drawer().getByRole('slider', { name: 'At most' }).fill(String(half))
    await said(`Limit of ${half} kW: accepted`)
    await charger.until(() => watts() <= half * 1_000)
    await drawer().getByText(`${half} kW`, { exact: true }).waitFor()
    // It holds for its outlet too.
    await drawer().locator('.figures div').filter({ hasText: 'Limit' }).getByText(/kW$/).waitFor()
    await drawer().getByRole('button', { name: 'Remove limit' }).click()
    await said('No limit: accepted')
  })

  test('the configuration is read and changed, and a refusal is said in words', async () => {
    await drawer().getByRole('tab', { name: 'Configuration' }).click()
    await drawer().getByRole('button', { name: 'Read all' }).click()
    await drawer().getByRole('searchbox', { name: 'Search the keys' }).fill('HeartbeatInterval')
    await drawer().getByRole('button', { name: 'Change HeartbeatInterval' }).click()
    const field = drawer().getByRole('textbox', { name: 'Value of HeartbeatInterval' })
    await field.fill('77')
    await field.press('Enter')
    await said('HeartbeatInterval: accepted')
    await drawer().getByText('77', { exact: true }).waitFor()
    await drawer().getByRole('button', { name: 'Change HeartbeatInterval' }).click()
    await field.fill('soon')
    await field.press('Enter')
    await said(/^HeartbeatInterval: rejected/)
    await drawer().getByRole('button', { name: 'Cancel' }).click()
  })

  test('the frames of the charger, those of before and those that pass now', async () => {
    await drawer().getByRole('tab', { name: 'Frames' }).click()
    const rows = drawer().getByRole('list', { name: 'Exchanges, the oldest first' }).getByRole('button')
    await drawer().getByRole('searchbox', { name: 'Search' }).fill('HeartbeatInterval')
    await rows.filter({ hasText: 'HeartbeatInterval = 77' }).getByText('Accepted').waitFor()
    await world.dispatch('DESK-1', { kind: 'changeConfiguration', key: 'HeartbeatInterval', value: '78' })
    await rows.filter({ hasText: 'HeartbeatInterval = 78' }).getByText('Accepted').waitFor()
    expect(await rows.filter({ hasText: 'HeartbeatInterval = 77' }).count(), 'once').toBe(1)
  })

  test('stop from the drawer: the session ends and stands in the history, and the CSV has it', async () => {
    await drawer().getByRole('tab', { name: 'Now' }).click()
    const outlet = drawer().getByRole('region', { name: 'Outlet 1' })
    await outlet.getByRole('button', { name: 'Stop' }).click()
    await said('Stop: accepted')
    await outlet.getByText('Finishing').first().waitFor()
    await visitor.page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    await visitor.visit('History')
    await main().getByRole('region', { name: 'Transactions' }).getByText('Remote').waitFor()
    const [file] = await Promise.all([visitor.page.waitForEvent('download'), main().getByRole('button', { name: 'CSV' }).click()])
    expect(readFileSync(await file.path(), 'utf8')).toMatch(/^id,charger_id.*\r\n1,DESK-1,1,1,04A2B3C4,/)
  })

  test.each(['Map', 'Chargers', 'History'])('%s can be used without seeing it', async (view) => {
    await visitor.visit(view)
    const { page } = visitor
    await main().getByRole('heading', { name: view, level: 1 }).waitFor()
    for (const landmark of ['banner', 'navigation', 'main'] as const) expect(await page.getByRole(landmark).count(), landmark).toBe(1)
    expect(await nameless(page)).toEqual([])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await faint(page), colorScheme).toEqual([])
    }
  })

  test('a charger that is away can be asked for nothing, and says so', async () => {
    await charger.disconnect()
    await visitor.page.evaluate("location.hash = '#/map/DESK-1'")
    await drawer().getByText('Not connected').waitFor()
    expect(await drawer().getByRole('button', { name: 'Soft reset' }).isDisabled()).toBe(true)
    expect(await nameless(visitor.page)).toEqual([])
  })

  test('a central system that goes and comes again: the figures are old until then, and the page finds back by itself', async () => {
    const { token, httpUrl } = world
    await world.close()
    await visitor.page.getByText('Old figures: no connection').waitFor()
    world = await dashboardWorld({ dashboard: built.folder, token, httpPort: Number(new URL(httpUrl ?? '').port), chargers: [{ id: 'NEW-1' }] })
    await visitor.page.getByText('Live', { exact: true }).waitFor()
    await drawer().getByText('There is no charger DESK-1').waitFor()
    // What could not be reached meanwhile.
    visitor.troubles.length = 0
  })
})

describe.skipIf(missing !== undefined)('the dashboard', () => {
  test('without a token it asks for one, and a wrong one is refused with words', async () => {
    const world = await dashboardWorld({ dashboard: built.folder })
    const { page, troubles } = await openPage(new URL(world.page).origin, sizes[1])
    const field = page.getByLabel('Token')
    await field.fill('wrong')
    await field.press('Enter')
    await page.getByRole('alert').getByText('That is not the token').waitFor()
    await field.fill(world.token)
    await field.press('Enter')
    await page
      .getByText(/No station has connected yet/)
      .first()
      .waitFor()
    expect(troubles.every((each) => each.includes('401'))).toBe(true)
    await world.close()
  })

  test('tiles of a server are shown, and named as words alone', async () => {
    const tilesAttribution = '&copy; <a href="https://tile.example" onclick="alert(1)">Tile makers</a>'
    const world = await dashboardWorld({ dashboard: built.folder, tiles: 'https://{s}.tile.example/{z}/{x}/{y}.png', tilesAttribution })
    const { page, troubles } = await openPage(new URL(world.page).origin, sizes[0])
    await page.route('https://*.tile.example/**', (route) => route.fulfill({ contentType: 'image/png', body: onePixel }))
    await page.getByLabel('Token').fill(world.token)
    await page.getByLabel('Token').press('Enter')
    await page.locator('img.leaflet-tile-loaded').first().waitFor()
    await page.getByText('© Tile makers', { exact: true }).waitFor()
    expect(await page.getByRole('link', { name: 'Tile makers' }).count()).toBe(0)
    expect(troubles).toEqual([])
    await world.close()
  })

  test('1,000 chargers: all are there, few are drawn, and a change is seen', async ({ annotate }) => {
    const world = await dashboardWorld({ dashboard: built.folder, chargers: manyChargers(1_000) })
    const { page, troubles } = await openPage(new URL(world.page).origin, sizes[0])
    await page.getByLabel('Token').fill(world.token)
    await page.evaluate("document.querySelector('form').addEventListener('submit', () => performance.mark('in'))")
    await page.getByLabel('Token').press('Enter')
    await page
      .getByRole('button', { name: /^Jeju Airport: 334 chargers/ })
      .first()
      .waitFor()
    const tookMs = await page.evaluate<number>("performance.measure('usable', 'in').duration")
    await annotate(`1,000 chargers on the map ${Math.round(tookMs)} ms after the log-in`)
    expect(await page.getByRole('list', { name: 'Chargers' }).getByRole('listitem').count()).toBeLessThan(60)
    await world.store.chargers.connected('C-0007', 'one', '1.6')
    await page.getByText('1 / 1,000').waitFor()
    expect(troubles).toEqual([])
    await world.close()
  })
})
