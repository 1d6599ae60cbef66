import { existsSync } from 'node:fs'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { freePort } from './control.ts'
import { type Figure, median, shown } from './figures.ts'
import { drawnProbe, type FedName, type PageFeed, pageFeed } from './page-feed.ts'
import { startStation, type Workbench } from './programs.ts'

/** An hour at ten updates a second. */
const updates = 36_000
const stepMs = 100
const chromiumPath = '/usr/bin/chromium'
const paints = 7
const longestPaintMs = 1_000
/** What engines move about between two looks at the heap; a leak of 20 bytes for each update of half an hour is more. */
const mostGrowthMb = 0.3

/** The page of the charger in the system's Chromium: the first paint from a station that charges, and its heap over an hour of updates. The hour
 *  is compressed: pictures and frames recorded from that station are varied and sent as fast as the page draws them, so that the clock in
 *  them goes an hour ahead. All else that the page asks is answered by the station. */
export async function page(bench: Workbench): Promise<readonly Figure[]> {
  if (!existsSync(chromiumPath)) return [{ what: 'Page', measured: `not measured: ${chromiumPath} is missing (Debian: apt-get install chromium)` }]
  const port = await freePort()
  const station = startStation(bench, { state: bench.fresh('state'), cache: bench.fresh('cache'), words: ['--http', String(port)] })
  const url = `http://127.0.0.1:${port}`
  await charging(bench, station.id, url)
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
  const feed = await pageFeed(url)
  try {
    return [...(await firstPaint(bench, browser, url)), ...(await liveHour(bench, browser, feed)), ...(await framesHour(bench, browser, feed))]
  } finally {
    feed.close()
    await browser.close()
    await station.end()
  }
}

/** Resolves when the simulated car charges. */
async function charging({ central }: Workbench, id: string, url: string): Promise<void> {
  const line = await central.line(id)
  await line.next(({ action }) => action === 'StatusNotification')
  const isCharging = line.next(({ payload }) => (payload as { status?: unknown }).status === 'Charging')
  const post = (path: string, body: unknown) =>
    fetch(`${url}/api/v1/evses/1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  await post('plug', {})
  await post('start', { idTag: 'CARD' })
  await isCharging
}

/** Each time by a browser that was never there before. */
async function firstPaint({ clock, say }: Workbench, browser: Browser, url: string): Promise<readonly Figure[]> {
  const painted: number[] = []
  const told: number[] = []
  for (let count = 0; count < paints; count++) {
    say(`first paint ${count + 1} of ${paints}`)
    const visitor = await browser.newPage({ viewport: { width: 390, height: 844 } })
    const began = clock.monotonic()
    await visitor.goto(url)
    await visitor.getByRole('heading', { name: 'Charging' }).waitFor()
    told.push(clock.monotonic() - began)
    painted.push(await visitor.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    await visitor.close()
  }
  const worst = Math.max(...painted)
  return [
    {
      what: `Page, first contentful paint on loopback, median and worst of ${paints}`,
      measured: `${shown(median(painted), 'ms')}, ${shown(worst, 'ms')}`,
      target: shown(longestPaintMs, 'ms'),
      isMet: worst < longestPaintMs,
    },
    { what: '  until it says what the charger does', measured: shown(median(told), 'ms') },
  ]
}

interface Picture {
  readonly now: string
  readonly evses: readonly { readonly session: object; readonly byPhase: readonly object[] }[]
}

/** The live view: power, energy, durations and offer change with each picture. */
async function liveHour(bench: Workbench, browser: Browser, feed: PageFeed): Promise<readonly Figure[]> {
  const recorded = (await (await fetch(`${feed.url}/api/v1/station`)).json()) as Picture
  const began = Date.parse(recorded.now)
  const data = (at: number) => later(recorded, began, at)
  return hour(bench, {
    browser,
    feed,
    view: 'live',
    name: 'state',
    data,
    done: (view) =>
      view
        .getByText(/^11(?:\.0+)? kWh$/)
        .first()
        .waitFor(),
  })
}

function later(recorded: Picture, began: number, at: number): unknown {
  const amps = 10 + (at % 220) / 10
  const phase = { voltageV: 229 + (at % 20) / 10, currentA: amps, powerW: 230 * amps }
  const [first] = recorded.evses
  const evse = {
    ...first,
    powerW: 690 * amps,
    currentA: amps,
    voltageV: phase.voltageV,
    offeredA: at % 600 < 300 ? 32 : 16,
    byPhase: first?.byPhase.map(() => phase),
    session: { ...first?.session, durationS: Math.floor((at * stepMs) / 1_000), energyWh: Math.round(((at + 1) / updates) * 11_000) },
  }
  return { ...recorded, now: new Date(began + at * stepMs).toISOString(), evses: [evse] }
}

/** The frames view: requests and answers by turns, far more than are kept. */
async function framesHour(bench: Workbench, browser: Browser, feed: PageFeed): Promise<readonly Figure[]> {
  const ring = (await (await fetch(`${feed.url}/api/v1/frames?limit=2000`)).json()) as readonly { readonly number: number; readonly at: string }[]
  const last = ring.at(-1)
  const payload = { connectorId: 1, transactionId: 1, meterValue: [{ sampledValue: [{ value: '1', unit: 'Wh' }] }] }
  const data = (at: number) => {
    const isCall = at % 2 === 0
    const id = `hour-${at >> 1}`
    const frame = { number: (last?.number ?? 0) + 1 + at, at: new Date(Date.parse(last?.at ?? '') + at * stepMs).toISOString(), action: 'MeterValues', id }
    const rest = isCall
      ? { direction: 'out', kind: 'call', payload: { ...payload, transactionId: at >> 1 }, latencyMs: null }
      : { direction: 'in', kind: 'result', payload: {}, latencyMs: 12 }
    return { ...frame, ...rest }
  }
  return hour(bench, {
    browser,
    feed,
    view: 'frames',
    name: 'frame',
    data,
    done: (view) =>
      view
        .getByText(`transaction ${updates / 2 - 1} `)
        .first()
        .waitFor(),
  })
}

interface Hour {
  readonly browser: Browser
  readonly feed: PageFeed
  readonly view: 'live' | 'frames'
  readonly name: FedName
  readonly data: (at: number) => unknown
  /** Resolves when the page shows what the last update said. */
  readonly done: (view: Page) => Promise<void>
}

async function hour({ clock, say }: Workbench, { browser, feed, view, name, data, done }: Hour): Promise<readonly Figure[]> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, bypassCSP: true })
  await context.addInitScript(drawnProbe)
  const visitor = await context.newPage()
  const inspector = await context.newCDPSession(visitor)
  await visitor.goto(`${feed.url}/#/${view}`)
  await visitor.getByRole('main').waitFor()
  const half = async (from: number): Promise<Heap> => {
    say(`${view} view, updates ${from} to ${from + updates / 2}`)
    await feed.run(name, updates / 2, (at) => data(from + at))
    return heapOf(inspector)
  }
  const began = clock.monotonic()
  const middle = await half(0)
  const end = await half(updates / 2)
  await done(visitor)
  const took = clock.monotonic() - began
  await context.close()
  const growth = end.heapMb - middle.heapMb
  return [
    {
      what: `Page, ${view} view, ${updates} updates drawn one by one in ${shown(took / 1_000, 's')}: heap after the first and the second half`,
      measured: `${shown(middle.heapMb, '').trim()}, ${shown(end.heapMb, 'MB')}`,
      target: `no growth (${mostGrowthMb} MB)`,
      isMet: growth <= mostGrowthMb,
    },
    { what: '  DOM nodes and listeners then', measured: `${middle.nodes} and ${middle.listeners}, ${end.nodes} and ${end.listeners}` },
  ]
}

interface Heap {
  readonly heapMb: number
  readonly nodes: number
  readonly listeners: number
}

/** What is reachable: the rest was collected before. */
async function heapOf(inspector: CDPSession): Promise<Heap> {
  for (let round = 0; round < 3; round++) await inspector.send('HeapProfiler.collectGarbage')
  const { usedSize } = await inspector.send('Runtime.getHeapUsage')
  const { nodes, jsEventListeners } = await inspector.send('Memory.getDOMCounters')
  return { heapMb: usedSize / 1_000_000, nodes, listeners: jsEventListeners }
}
