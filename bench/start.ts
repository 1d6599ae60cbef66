import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import about from '../package.json' with { type: 'json' }
import { systemClock } from '../src/base/clock.ts'
import { ConfigError } from '../src/base/errors.ts'
import { silentLog } from '../src/base/log.ts'
import { type Millis, seconds } from '../src/base/units.ts'
import { stationConfig } from '../src/config/merge.ts'
import { type RunningStation, startStation } from '../src/run/station.ts'
import { centralSystem } from './csms/central-system.ts'
import { openDoor } from './csms/door.ts'
import { coloured, plain, sessionWords } from './csms/lines.ts'
import { narrate } from './csms/narrate.ts'

/** `npm start`: a charge point on the simulated board and the bench central system in one terminal. A car comes, a card is
 *  shown, it charges. With a terminal the console stays open; without one the session ends by itself, with a summary. */
const id = 'DESK-1'
const card = '04A2B3C4'
const usualPort = 9000
const usualPagePort = 8080
/** How long the session without a terminal charges: a minute at most in all. */
const charges = seconds(15)

const { stdin, stdout, stderr } = process
const clock = systemClock()
const isTerminal = stdin.isTTY === true
const paint = stdout.isTTY === true && stdout.hasColors() ? coloured : plain

async function main(): Promise<number> {
  const csms = centralSystem({ clock, log: silentLog })
  const door = await atUsualPort(usualPort, (port) => openDoor(csms, { port }))
  const state = mkdtempSync(join(tmpdir(), 'pilotwire-'))
  try {
    const flags = { id, csms: door.url, state, console: isTerminal, automaticEv: true, log: 'error' }
    // `tag` without a card shows the one of the first session, which it then ends.
    const configWith = async (http: number) => ({ ...(await stationConfig({ ...flags, http: String(http) }, process.env, about.version)), defaultTag: card })
    stdout.write(`${paint('action', 'Pilotwire')} ${about.version}: charge point ${id} on the simulated board (1 socket, 3 x 32 A)\n`)
    stdout.write(`Central system of the bench at ${paint('action', door.url)}\n`)
    stdout.write(`Another charge point joins with: npm run pilotwire -- CP-2 ${door.url}\n\n`)
    const station = await atUsualPort(usualPagePort, async (port) => startStation(await configWith(port), { stdin, stdout, stderr }))
    // At a terminal the console has told it.
    if (!isTerminal && station.http !== undefined) stdout.write(`Its page: http://${station.http.host}:${station.http.port}\n\n`)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, station.stop)
    narrate(csms, clock, 'frames', paint, station.print)
    const exitCode = await Promise.race([station.ended, firstSession(station)])
    if (exitCode !== 'done') return exitCode
    if (isTerminal) return await station.ended
    const transaction = csms.transactions.all[0]
    station.stop()
    await station.ended
    stdout.write(transaction?.stop === undefined ? '\nNo session came about.\n' : `\nOne session: ${sessionWords(transaction)}\n`)
    return transaction?.stop === undefined ? 1 : 0
  } finally {
    await door.close()
    rmSync(state, { recursive: true, force: true })
  }
}

/** Shows what a charger is for: the cable, the card and, where nobody can type it, the card again. */
async function firstSession(station: RunningStation): Promise<'done'> {
  const { core } = station
  const say = (words: string) => station.print(paint('event', words))
  await reached(station, () => station.door.registration.isOnline)
  await pause(seconds(1))
  say('A car is plugged in.')
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

/** At the port that people know, or at any other when a second one is started. */
async function atUsualPort<T>(port: number, open: (port: number) => Promise<T>): Promise<T> {
  try {
    return await open(port)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return open(0)
  }
}

try {
  process.exit(await main())
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  stderr.write(`${error.message}\n`)
  process.exit(2)
}
