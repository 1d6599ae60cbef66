import { table } from '../csms/console/table.ts'
import type { Fleet } from './fleet.ts'
import { type LatencyCounts, percentileOf } from './latencies.ts'
import { allCalls, errorsOf, type TallyCounts, tally } from './tally.ts'

/** How a fleet, or the part of it in one process, stands. Plain JSON; the parts add up. */
export interface FleetFigures {
  /** Asked for. */
  readonly stations: number
  /** Switched on so far. */
  readonly begun: number
  /** Connected, and accepted by the central system. */
  readonly online: number
  /** Outlets by status. */
  readonly outlets: Readonly<Record<string, number>>
  /** Of all the meters, since the beginning. */
  readonly energyWh: number
  readonly tally: TallyCounts
  readonly rssBytes: number
  /** Of the process, since its beginning. */
  readonly cpuMs: number
  readonly processes: number
  /** Time that the stations have lost because the computer could not follow, ms of theirs. */
  readonly lostMs: number
}

export function figuresOf(fleet: Pick<Fleet, 'stations' | 'tally'>, stations: number, lostMs: number): FleetFigures {
  const outlets: Record<string, number> = {}
  for (const each of fleet.stations)
    for (const evse of each.outlets) {
      const status = each.isRunning ? (each.station.view(evse)?.status ?? 'absent') : 'restarting'
      outlets[status] = (outlets[status] ?? 0) + 1
    }
  const { user, system } = process.cpuUsage()
  return {
    stations,
    begun: fleet.stations.length,
    online: fleet.stations.reduce((sum, each) => sum + Number(each.isOnline), 0),
    outlets,
    energyWh: fleet.stations.reduce((sum, each) => sum + each.registerWh, 0),
    tally: fleet.tally.counts,
    rssBytes: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1_000,
    processes: 1,
    lostMs,
  }
}

export function together(parts: readonly FleetFigures[]): FleetFigures {
  const sum = (of: (each: FleetFigures) => number) => parts.reduce((all, each) => all + of(each), 0)
  const outlets: Record<string, number> = {}
  const counted = tally()
  for (const part of parts) {
    for (const [status, many] of Object.entries(part.outlets)) outlets[status] = (outlets[status] ?? 0) + many
    counted.merge(part.tally)
  }
  return {
    stations: sum((each) => each.stations),
    begun: sum((each) => each.begun),
    online: sum((each) => each.online),
    outlets,
    energyWh: sum((each) => each.energyWh),
    tally: counted.counts,
    rssBytes: sum((each) => each.rssBytes),
    cpuMs: sum((each) => each.cpuMs),
    processes: sum((each) => each.processes),
    lostMs: Math.max(...parts.map((each) => each.lostMs)),
  }
}

const kwh = (wh: number) => `${(wh / 1_000).toFixed(wh < 100_000 ? 1 : 0)} kWh`
const mb = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`
const ms = (value: number | undefined) => (value === undefined ? '-' : value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))
const frames = ({ tally: { framesIn, framesOut } }: FleetFigures) => framesIn + framesOut

/** One line on the way. @param sinceMs real time since `before` was taken */
export function progressLine(now: FleetFigures, before: FleetFigures | undefined, sinceMs: number): string {
  const calls = allCalls(now.tally)
  const rate = sinceMs <= 0 ? 0 : (frames(now) - (before === undefined ? 0 : frames(before))) / (sinceMs / 1_000)
  const errors = errorsOf(now.tally)
  return [
    `${now.online} of ${now.stations} online`,
    `${now.outlets['charging'] ?? 0} charging`,
    kwh(now.energyWh),
    `${rate.toFixed(0)} frames/s`,
    `p50 ${ms(percentileOf(calls, 0.5))} p99 ${ms(percentileOf(calls, 0.99))} ms`,
    `${errors} ${errors === 1 ? 'error' : 'errors'}`,
    mb(now.rssBytes),
  ].join(', ')
}

/** Less is not worth a word, ms. */
const tellsLost = 1_000

/** The end of it. @param realMs how long it took */
export function summaryLines(end: FleetFigures, realMs: number): readonly string[] {
  const { calls, errors, notes } = end.tally
  const all = allCalls(end.tally)
  const outlets = Object.entries(end.outlets).map(([status, many]) => `${many} ${status}`)
  const process = end.processes === 1 ? '' : ` in ${end.processes} processes`
  return [
    `${end.begun} stations, ${end.online} online, outlets: ${outlets.length === 0 ? 'none' : outlets.join(', ')}`,
    `${frames(end)} frames in ${(realMs / 1_000).toFixed(0)} s (${(frames(end) / Math.max(1, realMs / 1_000)).toFixed(0)} a second), ${kwh(end.energyWh)}${noted(notes)}`,
    `RSS ${mb(end.rssBytes)}${process}, CPU ${((100 * end.cpuMs) / Math.max(1, realMs)).toFixed(0)} % of a core`,
    ...(end.lostMs < tellsLost ? [] : [`This computer could not follow: the stations have lost ${(end.lostMs / 1_000).toFixed(0)} s of their time.`]),
    '',
    ...callTable([...Object.entries(calls).sort(([, one], [, two]) => two.count - one.count), ['all', all]]),
    '',
    ...(errorsOf(end.tally) === 0 ? ['No errors.'] : ['Errors:', ...Object.entries(errors).map(([name, many]) => `  ${many} x ${name}`)]),
  ]
}

function noted(notes: TallyCounts['notes']): string {
  return Object.entries(notes)
    .map(([name, many]) => `, ${many} ${name}`)
    .join('')
}

function callTable(calls: readonly (readonly [string, LatencyCounts])[]): readonly string[] {
  const rows = [
    ['CALL to CALLRESULT, ms', 'count', 'p50', 'p90', 'p99', 'max'],
    ...calls.map(([action, each]) => [
      action,
      String(each.count),
      ...[0.5, 0.9, 0.99].map((part) => ms(percentileOf(each, part))),
      ms(each.count === 0 ? undefined : each.maxMs),
    ]),
  ]
  return table(rows, 1)
}
