import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { leaveOut } from '../left-out.ts'
import { faint, nameless, tabStops } from './page-audit.ts'
import { missing, type OpenPage, openPage, sizes } from './page-browser.ts'
import { type Charger, charger } from './page-charger.ts'

if (missing !== undefined) leaveOut(missing)

const card = '04A2B3C4'

// One charger and one visitor for each width: the tests of a width are one story, in their order.
describe.skipIf(missing !== undefined).each(sizes)("the charger's page, $name", (size) => {
  let at: Charger
  let visitor: OpenPage
  const main = () => visitor.page.getByRole('main')
  /** What the charger does, in large letters. */
  const doing = (name: string) => main().getByRole('region', { name: 'Now' }).getByRole('heading', { name })

  beforeAll(async () => {
    at = await charger()
    visitor = await openPage(at.url, size)
  })
  afterEach(async () => {
    expect(visitor.troubles).toEqual([])
    expect(await visitor.overhang(), 'wider than the window').toBe(0)
  })

  test('a session is started with a card, and charges', async () => {
    await doing('Available').waitFor()
    await at.ask('POST', '/evses/1/plug')
    await main().getByRole('textbox', { name: 'Card' }).fill(card)
    await main().getByRole('button', { name: 'Start' }).click()
    await doing('Charging').waitFor()
    expect(await at.csms.request('StartTransaction')).toMatchObject({ connectorId: 1, idTag: card })
  })

  test("the limit's slider moves the offer", async () => {
    const slider = main().getByRole('slider', { name: 'Your limit' })
    await slider.fill('10')
    await main().getByText('10 A', { exact: true }).first().waitFor()
    await main().getByText('Offered 10 A').waitFor()
    expect(await at.ask('GET', '/evses/1')).toMatchObject({ localLimitA: 10, offeredA: 10 })
  })

  test('the plot of the session is there after a reload, with its history', async () => {
    const plot = main().getByRole('img', { name: 'Power and offered current of this session over time' })
    await visitor.page.reload()
    await doing('Charging').waitFor()
    await plot.locator('.u-over').hover()
    await main()
      .getByRole('list', { name: 'Figures' })
      .getByText(/^Power \d+\.\d kW$/)
      .waitFor()
  })

  test('frames: requests stand with their answers, filters narrow, keys walk and fold', async () => {
    await visitor.visit('Frames')
    const rows = main().getByRole('list', { name: 'Exchanges, the oldest first' }).getByRole('button', { expanded: false })
    await rows.filter({ hasText: 'BootNotification' }).getByText('Accepted').waitFor()
    await rows.filter({ hasText: 'StartTransaction' }).getByText(`connector 1 · card ${card}`).waitFor()
    await rows.filter({ hasText: 'StartTransaction' }).getByText(/ ms$/).waitFor()

    // What passes while somebody looks.
    const reset = at.csms.change('DESK-1', 'NoSuchKey', '1')
    await rows.filter({ hasText: 'ChangeConfiguration' }).getByText('NotSupported').waitFor()
    await reset

    await main().getByRole('combobox', { name: 'Direction' }).selectOption('in')
    await expectCount(rows, 1)
    await main().getByRole('combobox', { name: 'Direction' }).selectOption('both')
    await main().getByRole('searchbox', { name: 'Search' }).fill('nosuchkey')
    await expectCount(rows, 1)

    await rows.first().focus()
    await visitor.page.keyboard.press('Enter')
    await main().getByRole('region', { name: 'Request' }).getByText('"key": "NoSuchKey"').waitFor()
    await main().getByRole('region', { name: 'Answer' }).getByText('"status": "NotSupported"').waitFor()
    await main().getByRole('region', { name: 'Request' }).getByRole('button', { name: 'Copy request as OCPP-J' }).click()
    await visitor.page.getByText('Request copied').waitFor()
    const copied = JSON.parse(await visitor.page.evaluate<string>('navigator.clipboard.readText()'))
    expect(copied).toEqual([2, expect.any(String), 'ChangeConfiguration', { key: 'NoSuchKey', value: '1' }])
    await main().getByRole('button', { expanded: true }).press('Enter')
    await main().getByRole('region', { name: 'Request' }).waitFor({ state: 'detached' })

    const [file] = await Promise.all([visitor.page.waitForEvent('download'), main().getByRole('button', { name: 'Download 1 exchanges' }).click()])
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { direction: 'in', kind: 'call', action: 'ChangeConfiguration', payload: { key: 'NoSuchKey', value: '1' } },
      { direction: 'out', kind: 'result', payload: { status: 'NotSupported' } },
    ])
    await main().getByRole('searchbox', { name: 'Search' }).fill('')

    await rows.last().focus()
    for (const key of ['Home', 'j', 'ArrowDown', 'k']) await visitor.page.keyboard.press(key)
    await main().getByRole('list', { name: 'Exchanges, the oldest first' }).locator('li:nth-child(2) > button:focus').waitFor()
  })

  test('frames: paused, what comes is counted and waits; cleared, only what is new shows', async () => {
    const list = main().getByRole('list', { name: 'Exchanges, the oldest first' })
    await main().getByRole('button', { name: 'Pause' }).click()
    await at.csms.change('DESK-1', 'WhilePaused', '1')
    const resume = main().getByRole('button', { name: /^Resume \(\d+ wait/ })
    await resume.waitFor()
    expect(await list.getByText('WhilePaused').count()).toBe(0)
    await resume.click()
    await list.getByText('WhilePaused').waitFor()
    await main().getByRole('button', { name: 'Clear' }).click()
    await at.csms.change('DESK-1', 'AfterClear', '1')
    await list.getByText('AfterClear').waitFor()
    expect(await list.getByText('WhilePaused').count()).toBe(0)
  })

  test('frames: of a long list only what is seen is drawn; it follows the newest, and stays where somebody reads', async () => {
    const list = main().getByRole('list', { name: 'Exchanges, the oldest first' })
    const many = async (name: string) => {
      for (let count = 1; count <= 50; count++) await at.csms.change('DESK-1', `${name}${count}`, '1')
      await visitor.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    }
    await many('Many')
    await list.getByText('Many50 =').waitFor()
    expect(await list.getByRole('button').count()).toBeLessThan(45)
    await list.getByRole('button').last().press('Home')
    const first = list.getByText('AfterClear')
    await first.waitFor()
    const before = await first.boundingBox()
    await many('More')
    expect(await first.boundingBox()).toEqual(before)
    await main().getByRole('button', { name: 'Newest' }).click()
    await list.getByText('More50 =').waitFor()
    // The row that has the focus goes: the keys are heard on.
    await list.getByRole('button').last().focus()
    await many('Last')
    await list.getByText('Last50 =').waitFor()
    expect(await visitor.page.evaluate('document.activeElement.closest(".frames-scroller") !== null')).toBe(true)
  })

  test('settings: a change arrives in the core, a bad value is refused with words, a secret is only written', async () => {
    await visitor.visit('Settings')
    await main().getByRole('searchbox', { name: 'Search the settings' }).fill('MeterValueSampleInterval')
    const field = main().getByRole('textbox', { name: 'MeterValueSampleInterval' })
    await field.fill('17')
    await field.press('Enter')
    await visitor.page.getByText('MeterValueSampleInterval is set').waitFor()
    expect(await at.ask('GET', '/settings/MeterValueSampleInterval')).toMatchObject({ value: '17' })

    await field.fill('often')
    await field.press('Enter')
    await main().getByRole('alert').getByText('MeterValueSampleInterval takes: 0').waitFor()
    expect(visitor.troubles.splice(0)).toEqual([expect.stringContaining('422')])
    await field.press('Escape')
    expect(await field.inputValue()).toBe('17')

    await main().getByRole('searchbox', { name: 'Search the settings' }).fill('AuthorizationKey')
    const secret = main().getByLabel('AuthorizationKey', { exact: true })
    expect([await secret.getAttribute('type'), await secret.inputValue()]).toEqual(['password', ''])
    await main().getByRole('searchbox', { name: 'Search the settings' }).fill('NumberOfConnectors')
    await main().getByText('read-only').waitFor()
    expect(await main().getByRole('textbox', { name: 'NumberOfConnectors' }).count()).toBe(0)
  })

  test('settings: connection, board and cards are shown, and a wrong address is refused at its field', async () => {
    await main().getByText('Connected to the central system').first().waitFor()
    await main().getByText(card).waitFor()
    const address = main().getByRole('textbox', { name: 'Address (URL)' })
    expect(await address.inputValue()).toBe(at.csms.url)
    const password = main().getByLabel('Password', { exact: true })
    expect([await password.getAttribute('type'), await password.inputValue()]).toEqual(['password', ''])
    await main()
      .getByText(/There is none\..*Another host is shown the one you type here/)
      .waitFor()
    await address.fill('http://example.com')
    await main().getByRole('button', { name: 'Save and connect anew' }).click()
    await main()
      .getByRole('alert')
      .getByText(/WebSocket/)
      .waitFor()
    expect(visitor.troubles.splice(0)).toEqual([expect.stringContaining('422')])
    await visitor.visit('Live')
    await doing('Charging').waitFor()
  })

  test('the bench panel breaks something: live and health say what it is and what to do', async () => {
    await visitor.visit('Bench')
    await main()
      .getByRole('button', { name: /emergencyStop$/ })
      .click()
    await visitor.visit('Live')
    await doing('Faulted').waitFor()
    await main().getByText('The emergency stop is pressed').first().waitFor()
    const { faults } = (await at.ask('GET', '/evses/1')) as { faults: readonly { readonly remedy: string }[] }
    await main()
      .getByText(faults[0]?.remedy ?? '(none)')
      .first()
      .waitFor()
    await visitor.visit('Health')
    const checks = main().getByRole('list', { name: 'Checks' }).getByRole('listitem')
    await checks.filter({ hasText: 'emergency stop' }).getByText('Error').waitFor()
    expect(await checks.first().textContent(), 'the worst stands first').toContain('emergency stop')
  })

  test('the bench panel mends it and unplugs: available again', async () => {
    await visitor.visit('Bench')
    await main().getByRole('button', { name: 'Mend all' }).click()
    await main().getByRole('button', { name: 'Unplug' }).click()
    await visitor.visit('Live')
    await doing('Available').waitFor()
  })

  test('health: figures, the doctor on demand, and the log as it is written', async () => {
    await visitor.visit('Health')
    await main().getByRole('button', { name: 'Look now' }).click()
    await main().getByRole('list', { name: 'What the doctor found' }).waitFor()
    await main().getByRole('region', { name: 'Lines of the log, the newest last' }).getByText('station started').waitFor()
    await main().getByRole('searchbox', { name: 'Search the log' }).fill('no such line')
    await main().getByText('No line is like that.').waitFor()
  })

  test.each(['Live', 'Sessions', 'Frames', 'Settings', 'Health', 'Bench'])('%s can be used without seeing it and without a mouse', async (view) => {
    await visitor.visit(view)
    const { page } = visitor
    await main().getByRole('heading', { name: view, level: 1 }).waitFor()
    for (const landmark of ['banner', 'navigation', 'main'] as const) expect(await page.getByRole(landmark).count(), landmark).toBe(1)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    expect(await page.getByRole('navigation').getByRole('link', { name: view }).getAttribute('aria-current')).toBe('page')
    expect(await nameless(page)).toEqual([])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await faint(page), colorScheme).toEqual([])
    }
  })

  test('the Tab key comes to the skip link, the views and the actions, in this order', async () => {
    await visitor.visit('Live')
    await visitor.page.reload()
    await doing('Available').waitFor()
    const wanted = ['Skip to the content', 'Live', 'Frames', 'Bench', 'Card', 'Start', 'Your limit']
    const stops = await tabStops(visitor.page)
    expect(stops.flatMap((stop) => wanted.find((each) => stop === each || stop.startsWith(`${each} `)) ?? [])).toEqual(wanted)
  })
})

describe.skipIf(missing !== undefined)('with a password', () => {
  test('nothing is shown before it is typed, a wrong one is refused with words, and logging out ends it', async () => {
    const at = await charger({ password: 'correct horse' })
    const { page, troubles } = await openPage(at.url, sizes[1])
    const field = page.getByLabel('Password')
    await field.fill('battery staple')
    await field.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('navigation').count()).toBe(0)
    await field.fill('correct horse')
    await field.press('Enter')
    await page.getByRole('heading', { name: 'Available' }).waitFor()
    expect(troubles.every((each) => each.includes('401'))).toBe(true)
    await page.getByRole('button', { name: 'Log out' }).click()
    await field.waitFor()
    expect(await page.getByText('Available').count()).toBe(0)
  })
})

/** Waits until there are so many. */
async function expectCount(of: ReturnType<OpenPage['page']['getByRole']>, count: number): Promise<void> {
  await of.nth(count - 1).waitFor()
  await of.nth(count).waitFor({ state: 'detached' })
}
