import type { Clock, Timer } from '../../../src/base/clock.ts'
import type { MqttClient } from '../../../src/base/mqtt/client.ts'
import { signal } from '../../../src/base/signal.ts'
import type { Millis } from '../../../src/base/units.ts'
import type { Live, LiveEvent } from '../live.ts'
import type { Frame } from '../rest/shapes.ts'
import type { Retained } from './retained.ts'
import { longestPart, slices } from './slices.ts'
import type { Topics } from './topics.ts'
import { Changes, read, Wanted } from './words.ts'

/** A thousand stations change thousands of times a second; who watches is told four times a second what did. */
const tellEvery: Millis = 250
/** A feed for eyes: what is more is in the store. */
const mostFrames = 400
const mostChanged = 20_000
/** Chargers whose frames are watched at one process. */
const mostWatched = 100
const mostRuns = 1_000
const longestChanges = 262_144

/** What changes at this process is told to the others, and theirs is heard here: each process has dashboards that show everything, so that
 *  everything goes to everybody. QoS 0: the next change says it again. */
export interface ChangesFeed {
  readonly live: Live
  /** What another run tells. Returns what is wrong with it. */
  heard(payload: Uint8Array): string | undefined
  /** The frames that another run wants. */
  wants(run: string, payload: Uint8Array): string | undefined
  /** A run that is no more wants nothing. */
  died(run: string): void
  /** Takes away what the broker keeps of runs that are no more. */
  clean(isAlive: (run: string) => boolean): void
  /** A new connection to the broker. */
  begin(): void
  close(): void
}

export interface ChangesOptions {
  readonly run: string
  readonly topics: Topics
  readonly client: MqttClient
  readonly retained: Retained
  readonly clock: Clock
  readonly live: Live
}

export function changesFeed({ run: self, topics, client, retained, clock, live }: ChangesOptions): ChangesFeed {
  const fromOthers = signal<LiveEvent>()
  const wanted = new Map<string, ReadonlySet<string>>()
  const watched = new Map<string, number>()
  const kept = gathered()
  let timer: Timer | undefined
  const isWanted = (charger: string) => [...wanted.values()].some((chargers) => chargers.has(charger))
  const tellWatched = () => retained.tell(topics.watch(self), () => (watched.size === 0 ? '' : JSON.stringify([...watched.keys()].slice(0, mostWatched))))
  const tell = () => {
    timer = undefined
    for (const part of kept.take()) client.publish(topics.live(self), JSON.stringify(part), { isRetained: false, isSure: false })
  }
  const died = (run: string) => {
    if (wanted.delete(run)) retained.tell(topics.watch(run), () => '')
  }
  const stop = live.events.on((event) => {
    if (!client.isConnected || (event.topic === 'frame' && !isWanted(event.charger))) return
    kept.add(event)
    timer ??= clock.after('changes for other processes', tellEvery, tell)
  })

  return {
    live: {
      events: {
        on(listener) {
          const leave = [live.events.on(listener), fromOthers.on(listener)]
          return () => {
            for (const each of leave) each()
          }
        },
      },
      publish: (event) => live.publish(event),
      watch(charger) {
        const stopHere = live.watch?.(charger)
        watched.set(charger, (watched.get(charger) ?? 0) + 1)
        if (watched.get(charger) === 1) tellWatched()
        let isOver = false
        return () => {
          if (isOver) return
          isOver = true
          stopHere?.()
          const left = (watched.get(charger) ?? 1) - 1
          if (left > 0) return void watched.set(charger, left)
          watched.delete(charger)
          tellWatched()
        }
      },
    },
    heard(payload) {
      const changes = read(payload, longestChanges, Changes)
      if (changes.wrong !== undefined) return changes.wrong
      const { chargers, sites, transactions, frames } = changes.value
      for (const charger of chargers) fromOthers.emit({ topic: 'charger', charger })
      for (const site of sites ?? []) fromOthers.emit({ topic: 'site', site })
      for (const { transaction, charger } of transactions) fromOthers.emit({ topic: 'transaction', transaction, charger })
      for (const frame of frames) if (watched.has(frame.charger_id)) fromOthers.emit({ topic: 'frame', charger: frame.charger_id, frame })
      return undefined
    },
    wants(run, payload) {
      if (payload.length === 0) return void wanted.delete(run)
      if (wanted.size >= mostRuns && !wanted.has(run)) return 'more processes watch than can be'
      const chargers = read(payload, longestChanges, Wanted)
      if (chargers.wrong === undefined) wanted.set(run, new Set(chargers.value))
      return chargers.wrong
    },
    died,
    clean(isAlive) {
      for (const run of wanted.keys()) if (!isAlive(run)) died(run)
    },
    begin() {
      wanted.clear()
      if (watched.size > 0) tellWatched()
    },
    close() {
      stop()
      timer?.stop()
    },
  }
}

/** What changed since it was last taken. */
function gathered() {
  const chargers = new Set<string>()
  const sites = new Set<string>()
  const transactions = new Map<number, string>()
  const frames: Frame[] = []
  return {
    add(event: LiveEvent) {
      if (event.topic === 'frame') {
        if (frames.length < mostFrames && JSON.stringify(event.frame).length < longestPart) frames.push(event.frame)
      } else if (event.topic === 'charger') {
        if (chargers.size < mostChanged) chargers.add(event.charger)
      } else if (event.topic === 'site') {
        if (sites.size < mostChanged) sites.add(event.site)
      } else if (transactions.size < mostChanged) transactions.set(event.transaction, event.charger)
    },
    /** In messages of a bearable length. */
    take(): readonly Changes[] {
      const parts = [
        ...slices([...chargers]).map((part) => ({ chargers: part, transactions: [], frames: [] })),
        ...slices([...sites]).map((part) => ({ chargers: [], sites: part, transactions: [], frames: [] })),
        ...slices([...transactions].map(([transaction, charger]) => ({ transaction, charger }))).map((part) => ({
          chargers: [],
          transactions: part,
          frames: [],
        })),
        ...slices(frames).map((part) => ({ chargers: [], transactions: [], frames: part })),
      ]
      chargers.clear()
      sites.clear()
      transactions.clear()
      frames.length = 0
      return parts
    },
  }
}
