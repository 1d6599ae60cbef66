import { type Clock, systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { minutes } from '../../src/base/units.ts'
import { builtDashboard } from '../csms/built-dashboard.ts'
import { coloured, type Paint, plain } from '../csms/console/lines.ts'
import { narrate } from '../csms/console/narrate.ts'
import type { Listen } from '../csms/listen.ts'
import { type Served, serve } from '../csms/serve.ts'
import type { BenchStore } from '../csms/store/store.ts'
import { type SimulatedClock, steppedClock } from '../desk/passing.ts'
import { importPlaces } from '../sites/import.ts'
import { sitesPath } from '../sites/shipped.ts'
import { readSites } from '../sites/sites-file.ts'
import { day } from './day.ts'
import { type Pace, paced } from './pace.ts'
import { type Narrator, type Played, playDay, timeOf } from './play.ts'
import { type DayStation, dayStation } from './station.ts'
import type { DayWorld } from './step.ts'
import { summaryOf } from './summary.ts'

/** `pilotwire-bench demo` without the command line. */
export interface DemoOptions {
  /** How many times as fast as the real time. */
  readonly speed: number
  /** Of the dashboard; undefined: none. */
  readonly http: Listen | undefined
  /** Every frame is told. */
  readonly isWithFrames: boolean
  readonly version: string
  readonly print: (line: string) => void
  readonly hasColours: boolean
  /** Nobody wants to see more. */
  readonly ended: AbortSignal
}

const currency = 'EUR'
const tariffPerKwh = 0.35
/** Hands and central system wait so long for an answer, in the time of the day. */
const patience = minutes(2)

/** Plays a day, with a central system and three stations in this process: one simulated time for all of them, the dashboard in real time.
 *  Resolves to the exit code: 0 when everything came about, or somebody ended it; 1 else. @throws ConfigError for a port that cannot be had */
export async function runDemo(options: DemoOptions): Promise<0 | 1> {
  const { print, speed } = options
  const real = systemClock()
  const paint = options.hasColours ? coloured : plain
  const midnight = Math.floor(real.now().epochMs / dayMs) * dayMs
  const clock = steppedClock(midnight)
  const served = await serveDay(options, clock, real)
  const stations: DayStation[] = []
  try {
    print(`A day at ${speed} times its speed: ${Math.round(dayMs / speed / 1_000)} s. Ctrl-C ends it.`)
    if (served.dashboardUrl !== undefined) print(`Watch it at ${paint('action', served.dashboardUrl)}`)
    print('')
    const stopTelling = options.isWithFrames ? narrate(served.system, clock, 'frames', paint, print) : () => {}
    for (const [id, board] of day.stations) stations.push(await dayStation(id, board, clock, served.system, options.version))
    const pace = paced(clock, real, speed, options.ended)
    const began = real.monotonic()
    const played = await playDay(day, worldOf(served, stations, clock, pace), pace, midnight, narrator(print, paint))
    stopTelling()
    if (pace.isOver) print(`\nEnded at ${timeWords(clock)}, before the day was over.`)
    print('')
    for (const line of await summaryOf(served.store, day.cards, currency, played)) print(line)
    print(`\n${verdict(played)}, ${Math.round((clock.now().epochMs - midnight) / 3_600_000)} h in ${Math.round((real.monotonic() - began) / 1_000)} s`)
    return pace.isOver || played.every(({ failure }) => failure === undefined) ? 0 : 1
  } finally {
    for (const each of stations) each.drop()
    await served.close()
  }
}

const dayMs = timeOf('24:00')

/** Only cards that the day knows are good; only its own stations come. */
function serveDay({ version, http, print }: DemoOptions, clock: Clock, real: Clock): Promise<Served> {
  return serve({
    ...{ clock, log: silentLog, version, process: 'demo', currency, tariffPerKwh },
    restClock: { ...real, now: clock.now },
    ocpp: undefined,
    http,
    database: { url: undefined, file: ':memory:' },
    cards: [],
    dashboard: builtDashboard(),
    prepare: furnish,
    notice: print,
  })
}

/** The places and the cards are known before anybody comes. */
async function furnish(store: BenchStore): Promise<void> {
  await importPlaces(await readSites(sitesPath('demo')), store, 'demo')
  for (const each of day.cards) await store.tokens.put(each)
}

function worldOf({ store, dispatch }: Served, stations: readonly DayStation[], clock: SimulatedClock, pace: Pace): DayWorld {
  const station = (id: string) => {
    const found = stations.find((each) => each.id === id)
    if (found === undefined) throw new Error(`there is no station ${id}`)
    return found
  }
  return {
    ...{ station, stations, store },
    get now() {
      return clock.now().epochMs
    },
    hands: (id, line) => pace.during(station(id).run(line), patience),
    async ask(id, request) {
      const answer = await pace.during(dispatch(id, request), patience)
      // As the REST door does it: the map shows what was set.
      if (request.kind === 'limit' && answer.kind === 'answered' && answer.isAccepted)
        await store.chargers.limited(id, request.evse, request.limit, clock.now().epochMs)
      return answer
    },
  }
}

function narrator(print: (line: string) => void, paint: Paint): Narrator {
  return {
    begins: ({ at, words }, number) => print(`${paint('time', at)}  ${paint('action', `${String(number).padStart(2)}. ${words}`)}`),
    cameAbout: (words) => print(`           ${paint('good', words)}`),
    didNot: (words) => print(`           ${paint('bad', `NOT AS EXPECTED: ${words}`)}`),
  }
}

const timeWords = (clock: SimulatedClock) => new Date(clock.now().epochMs).toISOString().slice(11, 16)

function verdict(played: readonly Played[]): string {
  const good = played.filter(({ failure }) => failure === undefined).length
  return `${good} of ${day.steps.length} steps came about`
}
