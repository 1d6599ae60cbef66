import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import about from '../package.json' with { type: 'json' }
import { systemClock } from '../src/base/clock.ts'
import { ConfigError } from '../src/base/errors.ts'
import { silentLog } from '../src/base/log.ts'
import { type Millis, seconds } from '../src/base/units.ts'
import type { RunningStation } from '../src/run/station.ts'
import { coloured, plain, sessionWords } from './csms/console/lines.ts'
import type { Served } from './csms/serve.ts'
import type { Places } from './sites/places.ts'

/** `npm start`: a central system with its dashboard and three charge points on simulated boards, in one terminal. At the first one a car comes, a
 *  card is shown, it charges; the others wait for somebody at the dashboard. With a terminal the console stays open; without one the session ends by
 *  itself, with a summary. */
const id = 'DESK-1'
const card = '04A2B3C4'
const usual = { ocpp: 9000, dashboard: 8080, page: 8081 } as const
const settings = { MeterValueSampleInterval: '10', MeterValuesSampledData: 'Energy.Active.Import.Register,Power.Active.Import' }
/** Of the charge points that are looked at in the dashboard, whose frames nobody reads. */
const watched = { MeterValueSampleInterval: '5', MeterValuesSampledData: `${settings.MeterValuesSampledData},Current.Import,Voltage` }
/** How long the session without a terminal charges: a minute at most in all. */
const charges = seconds(15)

const { stdin, stdout, stderr } = process
const clock = systemClock()
const isTerminal = stdin.isTTY === true
const paint = stdout.isTTY === true && stdout.hasColors() ? coloured : plain

async function main(): Promise<number> {
  const state = mkdtempSync(join(tmpdir(), 'pilotwire-'))
  const open: (() => unknown)[] = [() => rmSync(state, { recursive: true, force: true })]
  try {
    const { served, places } = await serveDesk(state)
    open.push(served.close)
    const csms = served.ocppUrl ?? ''
    const others = places.chargers.flatMap((each) => (each.id === id ? [] : [each.id]))
    stdout.write(`Pilotwire ${about.version}: charge point ${id} on the simulated board (1 socket, 3 x 32 A); ${others.join(' and ')} stand beside it\n`)
    stdout.write(`Central system of the bench at ${paint('action', csms)}\n`)
    stdout.write(`Another charge point joins with: npm run pilotwire -- CP-2 ${csms}\n\n`)
    const station = await deskStation(csms, state)
    // At a terminal the console has told it.
    if (!isTerminal && station.http !== undefined) stdout.write(`The page of ${id} itself: http://${station.http.host}:${station.http.port}\n\n`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, station.stop)
    const { narrate } = await import('./csms/console/narrate.ts')
    const stopTelling = narrate(served.system, clock, 'frames', paint, station.print, (each) => each === id)
    open.push(await besides(places, csms), stopTelling)
    return await untilEnded(station, served)
  } finally {
    for (let last = open.pop(); last !== undefined; last = open.pop()) await last()
  }
}

/** The central system. Its dashboard is told before it stands: what makes it takes longer to load than a person to go there. */
async function serveDesk(state: string): Promise<{ readonly served: Served; readonly places: Places }> {
  const token = randomBytes(18).toString('base64url')
  const port = (await isFree(usual.dashboard)) ? usual.dashboard : 0
  if (port !== 0) stdout.write(dashboardLine(`http://127.0.0.1:${port}/#token=${token}`))
  const [{ serve }, { builtDashboard }, { importPlaces }, { readSites }, { sitesPath }] = await Promise.all([
    import('./csms/serve.ts'),
    import('./csms/built-dashboard.ts'),
    import('./sites/import.ts'),
    import('./sites/sites-file.ts'),
    import('./sites/shipped.ts'),
  ])
  const places = await readSites(sitesPath('desk'))
  const served = await serve({
    ...{ clock, log: silentLog, version: about.version, token, process: 'desk', currency: 'EUR', tariffPerKwh: 0.35 },
    ocpp: { host: '127.0.0.1', port: usual.ocpp, mayMove: true },
    http: { host: '127.0.0.1', port, mayMove: true },
    database: { url: undefined, file: join(state, 'csms.db') },
    keepDays: 30,
    dashboard: builtDashboard(),
    prepare: (store) => importPlaces(places, store, 'desk'),
  })
  if (port === 0 || !served.dashboardUrl?.includes(`:${port}/`)) stdout.write(dashboardLine(served.dashboardUrl ?? ''))
  return { served, places }
}

const dashboardLine = (url: string) => `Dashboard, with a map of the three charge points: ${paint('action', url)}\n`

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The charge point with console and page. */
async function deskStation(csms: string, state: string): Promise<RunningStation> {
  const [{ startStation }, { stationConfig }, { listening }] = await Promise.all([
    import('../src/run/station.ts'),
    import('../src/config/merge.ts'),
    import('./csms/listen.ts'),
  ])
  const flags = { id, csms, state, console: isTerminal, automaticEv: true, log: 'error' }
  const at = { host: '127.0.0.1', port: usual.page, mayMove: true }
  const open = async (port: number) => {
    const config = await stationConfig({ ...flags, http: String(port) }, process.env, about.version)
    // `tag` without a card shows the one of the first session, which it then ends.
    return startStation({ ...config, defaultTag: card, settings: { ...config.settings, ...settings } }, { stdin, stdout, stderr })
  }
  const { station } = await listening(`the page of ${id}`, at, async (port) => ({ port, station: await open(port) }))
  return station
}

/** Starts the charge points that nobody looks at, with larger cars; a car comes when it is started from the dashboard. Resolves to how they end. */
async function besides({ sites, chargers }: Places, csms: string): Promise<() => Promise<void>> {
  const [{ fleet }, { stationsAt }] = await Promise.all([import('./fleet/fleet.ts'), import('./fleet/at-sites.ts')])
  const others = await stationsAt({ sites, chargers: chargers.filter((each) => each.id !== id) }, 'desk')
  const running = fleet({ clock, csms, ...others, settings: watched, automaticEv: true })
  for (const each of running.stations) for (const line of ['max 32', 'phases 3']) await each.run(line)
  return running.stop
}

/** Resolves to the exit code. */
async function untilEnded(station: RunningStation, { system, dashboardUrl = '' }: Served): Promise<number> {
  const exitCode = await Promise.race([station.ended, firstSession(station, dashboardUrl)])
  if (exitCode !== 'done') return exitCode
  if (isTerminal) return await station.ended
  const transaction = system.transactions.all.find((each) => each.station === id)
  station.stop()
  await station.ended
  stdout.write(transaction?.stop === undefined ? '\nNo session came about.\n' : `\nOne session: ${sessionWords(transaction)}\n`)
  return transaction?.stop === undefined ? 1 : 0
}

/** Shows what a charger is for: the cable, the card and, where nobody can type it, the card again. */
async function firstSession(station: RunningStation, dashboardUrl: string): Promise<'done'> {
  const { core } = station
  const say = (words: string) => station.print(paint('event', words))
  await reached(station, () => station.door.registration.isOnline)
  await pause(seconds(1))
  say('A car is plugged in.')
  await station.run('phases 3')
  await station.run('plugin')
  await pause(seconds(2))
  say(`Card ${card} is shown to the reader.`)
  await station.run(`tag ${card}`)
  if (!(await reached(station, () => core.view(1).status === 'charging'))) {
    say(`It does not charge: ${(await station.run('info')).replace(/^ok /, '')} ${core.view(1).faults.join(', ')}`.trimEnd())
    return 'done'
  }
  if (isTerminal) {
    say('It charges. The console is yours: stop, tag, unplug, fault residualCurrent, offline 10, help.')
    say(`Or go to the dashboard and start another one with any card: ${paint('action', dashboardUrl)}`)
    return 'done'
  }
  for (let rest = charges; rest > 0; rest -= seconds(5)) {
    await pause(seconds(5))
    station.print((await station.run('info')).replace(/^ok /, ''))
  }
  say('The card is shown again.')
  await station.run('stop')
  await reached(station, () => core.view(1).status === 'available' && station.door.reporter.behind === 0)
  await pause(seconds(0.3))
  return 'done'
}

const pause = (length: Millis) => new Promise<void>((resolve) => clock.after('pause', length, resolve))

/** Waits for something at the charge point; false when it did not come within half a minute. */
function reached({ core }: RunningStation, condition: () => boolean): Promise<boolean> {
  if (condition()) return Promise.resolve(true)
  return new Promise((resolve) => {
    const done = () => {
      off()
      looking.stop()
      limit.stop()
      resolve(condition())
    }
    const look = () => {
      if (condition()) done()
    }
    const off = core.changed.on(look)
    const looking = clock.every('look', seconds(0.2), look)
    const limit = clock.after('patience', seconds(30), done)
  })
}

try {
  process.exit(await main())
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  stderr.write(`${error.message}\n`)
  process.exit(2)
}
