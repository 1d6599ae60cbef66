import type { Log } from '../../../src/base/log.ts'
import type { OcppVersion } from '../ocpp/ocpp-version.ts'
import type { Retained } from './retained.ts'
import type { Topics } from './topics.ts'
import type { Holder } from './words.ts'

/** More stations, or processes, than any central system has: somebody fills the broker. */
const mostStations = 100_000
const mostRuns = 1_000
/** Clocks of processes differ; by more than a day they are wrong, or somebody lies. */
const mostAheadMs = 86_400_000

/** Who is alive, and who holds which station. */
export interface Presence {
  /** Another run that is alive and holds it. */
  holderOf(station: string): string | undefined
  readonly own: ReadonlyMap<string, Held>
  /** Of all that are alive, by their runs: it does what is to be done once. */
  readonly isFirst: boolean
  /** Names of processes that are alive, this one's among them. */
  readonly processes: ReadonlySet<string>
  isAlive(run: string): boolean
  here(station: string, version: OcppVersion): void
  gone(station: string): void
  /** What the broker says; undefined: no more, or nonsense. */
  runIs(run: string, process: string | undefined): void
  holderIs(station: string, holder: Holder | undefined): void
  /** A new connection to the broker: everything is told anew, by everybody. */
  begin(): void
  /** Takes away what the broker keeps of processes that are no more. */
  clean(): void
}

export interface PresenceOptions {
  readonly run: string
  readonly process: string
  readonly topics: Topics
  readonly retained: Retained
  readonly now: () => number
  readonly log: Log
  /** A newer connection of the station hangs elsewhere: the one here is closed. */
  readonly drop: (station: string) => void
  /** Its last will was said, or its good-bye. */
  readonly died: (run: string, process: string) => void
  /** A run came that was not known. */
  readonly came: () => void
  /** The others were told that this process is dead. */
  readonly missed: () => void
}

export interface Held {
  readonly version: OcppVersion
  readonly stamp: number
}

export function presence({ run: self, process, topics, retained, now, log, drop, died, came, missed }: PresenceOptions): Presence {
  const own = new Map<string, Held>()
  const runs = new Map<string, string>()
  const holders = new Map<string, Holder>()
  const isAlive = (run: string) => run === self || runs.has(run)

  const tell = (station: string) => retained.tell(topics.station(station), () => wordsOf(station))
  const wordsOf = (station: string) => {
    const held = own.get(station)
    if (held !== undefined) return JSON.stringify({ run: self, stamp: held.stamp } satisfies Holder)
    const holder = holders.get(station)
    return holder !== undefined && isAlive(holder.run) ? undefined : ''
  }
  const tellSelf = () => retained.tell(topics.process(self), () => JSON.stringify({ process }))
  /** The newest connection of a station is the one that counts: of the older one nobody has noticed yet that it is dead. */
  const settle = (station: string) => {
    const held = own.get(station)
    const holder = holders.get(station)
    if (held === undefined) return
    if (holder === undefined || !isAlive(holder.run) || !isNewer(holder, { run: self, stamp: held.stamp })) return tell(station)
    own.delete(station)
    log.info({ station, process: runs.get(holder.run) }, 'the station is at another process now')
    drop(station)
  }

  return {
    own,
    isAlive,
    holderOf(station) {
      const holder = holders.get(station)
      return holder !== undefined && isAlive(holder.run) ? holder.run : undefined
    },
    get isFirst() {
      return [...runs.keys()].every((run) => self < run)
    },
    get processes() {
      return new Set([process, ...runs.values()])
    },
    here(station, version) {
      own.set(station, { version, stamp: Math.max(now(), (holders.get(station)?.stamp ?? 0) + 1, (own.get(station)?.stamp ?? 0) + 1) })
      tell(station)
    },
    gone(station) {
      if (own.delete(station)) tell(station)
    },
    runIs(run, name) {
      if (run === self) {
        if (name !== undefined) return
        // The will of an earlier connection of our own, said late.
        tellSelf()
        return missed()
      }
      const known = runs.get(run)
      if (name === undefined) {
        if (!runs.delete(run)) return
        return died(run, known ?? '')
      }
      if (known === undefined && runs.size >= mostRuns) return log.warn({ process: name }, 'more processes than can be: one is left out')
      if (known === undefined && name === process) log.warn({ process }, 'another process of this cluster has the same name: give each its own with --process')
      runs.set(run, name)
      if (known === undefined) came()
      for (const [station, holder] of holders) if (holder.run === run) settle(station)
    },
    holderIs(station, holder) {
      if (holder === undefined || holder.stamp > now() + mostAheadMs) {
        holders.delete(station)
        return settle(station)
      }
      if (holder.run === self) {
        // What an earlier connection had said, or what somebody made up.
        return own.get(station)?.stamp === holder.stamp ? undefined : tell(station)
      }
      if (!holders.has(station) && holders.size >= mostStations) return log.warn({ station }, 'more stations than can be: one is left out')
      const known = holders.get(station)
      // Told before the other one was heard of.
      if (known !== undefined && known.run !== holder.run && isAlive(known.run) && isNewer(known, holder)) return
      holders.set(station, holder)
      if (isAlive(holder.run)) settle(station)
    },
    begin() {
      runs.clear()
      holders.clear()
      tellSelf()
      for (const station of own.keys()) tell(station)
    },
    clean() {
      for (const [station, holder] of holders) if (!isAlive(holder.run) && !own.has(station)) tell(station)
    },
  }
}

function isNewer(one: Holder, other: Holder): boolean {
  return one.stamp > other.stamp || (one.stamp === other.stamp && one.run > other.run)
}
