import { setFlagsFromString } from 'node:v8'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { ConfigError, wordsOf } from '../../src/base/errors.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import { checkedCsmsUrl, checkedIdentity } from '../../src/config/connection.ts'
import { boardMix } from './config.ts'
import { type FleetFigures, progressLine, summaryLines, together } from './figures.ts'
import { rehearse } from './fleet.ts'
import { metricsDoor } from './metrics.ts'
import { numbered } from './numbered.ts'
import { patternOf } from './read-pattern.ts'
import { type Share, type ShareOptions, share, turnsOf } from './share.ts'
import { allCalls, errorsOf, tally } from './tally.ts'
import { remoteShare } from './workers.ts'

export interface RunFleetOptions extends Omit<ShareOptions, 'pattern' | 'numbers' | 'beginsMs'> {
  readonly stations: number
  /** Name of a pattern, or path of its file. */
  readonly pattern: string
  /** Of the stations' time, ms; undefined: until it is asked to end. */
  readonly duration: Millis | undefined
  readonly workers: number
  /** Port of the Prometheus metrics on the loopback; undefined: none. */
  readonly metrics: number | undefined
  /** Time of the day at which an accelerated fleet begins, ms since midnight; undefined: now. */
  readonly beginsAtMs: number | undefined
  readonly output: { write(text: string): unknown; readonly isTTY?: boolean }
  readonly ended: AbortSignal
}

/** How often figures are shown: on one line of a terminal, else a line each time. */
const shows = { terminal: seconds(1), lines: seconds(10) } as const

/** Runs a fleet until its time is over or it is asked to end, and tells how it went. Resolves to the exit code: 0 without errors, 1 with.
 *  Rejects with ConfigError for what was asked for wrongly. */
export async function runFleet(options: RunFleetOptions): Promise<number> {
  const { output, ended, speed, workers, duration } = options
  const clock = systemClock()
  const say = (line: string) => void output.write(`${output.isTTY ? '\r\x1b[K' : ''}${line}\n`)
  const parts = await partsOf(options)
  if (speed !== undefined) say(`The stations' time flows ${speed} times as fast; the time-outs of the central system are in real time.`)
  const begun = clock.monotonic()
  spareMemory()
  const shares = await Promise.all(parts.map((each) => (workers > 1 ? remoteShare(each) : share(each)))).catch((error: unknown) => {
    throw error instanceof ConfigError ? error : new ConfigError('--workers', '', `the stations cannot begin: ${wordsOf(error)}`, 'Try it without --workers')
  })
  const figures = () => together(shares.map((each) => each.figures))
  const metrics = options.metrics === undefined ? undefined : await metricsDoor(options.metrics, figures)
  if (metrics !== undefined) say(`Metrics: ${metrics.url}`)
  const progress = showProgress(clock, figures, output)
  const reason = await theEnd({ clock, shares, ended, real: duration === undefined ? undefined : duration / (speed ?? 1) })
  progress.stop()
  // What the end itself costs is not part of the measure.
  const last = atTheEnd(figures(), reason)
  const took = clock.monotonic() - begun
  say(`${last.begun} stations are switched off.`)
  await Promise.all(shares.map((each) => each.stop()))
  metrics?.close()
  for (const line of ['', ...summaryLines(last, took)]) say(line)
  return errorsOf(last.tally) === 0 && allCalls(last.tally).count > 0 ? 0 : 1
}

/** What each process is told. @throws ConfigError */
async function partsOf(options: RunFleetOptions): Promise<readonly ShareOptions[]> {
  const { stations, workers, id, password, boards, settings, seed, stateDirectory, speed, ramp } = options
  const csms = checkedCsmsUrl(options.csms, { source: '--csms', field: '' })
  const idOf = numbered(id, '--id', stations > 1)
  for (const n of [1, stations]) checkedIdentity(idOf(n), { source: '--id', field: '' })
  if (password !== undefined) numbered(password, '--password', false)
  rehearse({ idOf, boardOf: await boardMix(boards), settings })
  const pattern = await patternOf(options.pattern)
  const beginsMs = beginning(options.beginsAtMs)
  const many = Math.min(workers, stations)
  return turnsOf(stations, many).map((numbers) => ({
    ...{ csms, numbers, id, password, boards, settings, pattern, seed, stateDirectory, speed, beginsMs },
    ramp: ramp / many,
  }))
}

/** Today, at that time of the day. */
function beginning(beginsAtMs: number | undefined): number {
  const { epochMs } = systemClock().now()
  if (beginsAtMs === undefined) return epochMs
  const day = new Date(epochMs)
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime() + beginsAtMs
}

/** Hundreds of stations are a large heap of which little is garbage: it is cleaned sooner instead of growing by half first. For a
 *  thousand of them 130 MB less, for a tenth of a core more. */
export function spareMemory(): void {
  setFlagsFromString('--optimize-for-size')
  setFlagsFromString('--semi-space-growth-factor=1')
}

function showProgress(clock: Clock, figures: () => FleetFigures, output: RunFleetOptions['output']): { stop(): void } {
  let [before, at]: [FleetFigures | undefined, Millis] = [undefined, clock.monotonic()]
  return clock.every('progress', output.isTTY ? shows.terminal : shows.lines, () => {
    const [now, since] = [figures(), clock.monotonic() - at]
    const line = progressLine(now, before, since)
    output.write(output.isTTY ? `\r\x1b[K${line}` : `${line}\n`)
    before = now
    at = clock.monotonic()
  })
}

/** Why it is over: its time, whoever asked, or a worker that died. */
function theEnd(options: {
  readonly clock: Clock
  readonly shares: readonly Share[]
  readonly ended: AbortSignal
  readonly real: Millis | undefined
}): Promise<string | undefined> {
  const { clock, shares, ended, real } = options
  return new Promise((resolve) => {
    const timer = real === undefined ? undefined : clock.after('duration', real, () => resolve(undefined))
    const over = () => {
      timer?.stop()
      resolve(undefined)
    }
    if (ended.aborted) over()
    ended.addEventListener('abort', over, { once: true })
    for (const each of shares) void each.lost.then(resolve)
  })
}

/** What only the end shows counts among the errors. */
function atTheEnd(figures: FleetFigures, lost: string | undefined): FleetFigures {
  const counted = tally()
  counted.merge(figures.tally)
  if (lost !== undefined) counted.failed(lost)
  const away = figures.begun - figures.online
  if (away > 0) counted.failed('station not online at the end', away)
  const { faulted = 0 } = figures.outlets
  if (faulted > 0) counted.failed('outlet faulted at the end', faulted)
  return { ...figures, tally: counted.counts }
}
