import { join } from 'node:path'
import { chance as realChance } from '../../src/base/chance.ts'
import { type Clock, systemClock, type Timer } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { type Millis, minutes, seconds } from '../../src/base/units.ts'
import type { BoardSpec } from '../../src/config/board.ts'
import type { Dial } from '../../src/ocpp/socket.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { localTimeOfDay, type TimeOfDay } from './arrivals.ts'
import type { Pattern } from './pattern.ts'
import { between, seeded } from './seeded.ts'
import { FleetStation } from './station.ts'
import { type Tally, tally } from './tally.ts'
import { Visitor } from './visitor.ts'

export interface FleetOptions {
  /** The stations' time: the machine's, or a simulated one that somebody steps. */
  readonly clock: Clock
  /** The central system without the identity, `ws://127.0.0.1:9000/ocpp`; or how it is reached in this process. */
  readonly csms: string | Dial
  readonly stations: number
  /** Of station n, from 1 on. */
  readonly idOf: (n: number) => string
  readonly boardOf: (n: number) => BoardSpec
  /** HTTP basic authentication (security profiles 1 and 2); none when left out. */
  readonly passwordOf?: (n: number) => string | undefined
  /** Numbers of the stations, when they do not begin with 1: a part of a fleet. */
  readonly numbers?: readonly number[]
  /** Factory values of OCPP keys: `{ MeterValueSampleInterval: '10' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** A car comes where a card is accepted, and leaves when its transaction has ended. */
  readonly automaticEv?: boolean
  /** So many are switched on each second; all of them at once when left out. */
  readonly ramp?: number
  /** Who comes, and how the network is; nobody, and well, when left out. */
  readonly pattern?: Pattern
  /** The same seed brings the same cars and faults; 1 when left out. */
  readonly seed?: number
  /** Each station keeps its state in a directory below it; in memory when left out. */
  readonly stateDirectory?: string
  /** Their time flows at another speed than the central system's: what that says of the time changes nothing. */
  readonly keepsTime?: boolean
  /** How long a connection may take to be made, ms of their time; 30 s when left out. */
  readonly dialTimeout?: Millis
  readonly timeOfDay?: TimeOfDay
}

/** Charge points in this process, each the whole program on a simulated board. */
export interface Fleet {
  /** Those that were switched on so far, in order. */
  readonly stations: readonly FleetStation[]
  readonly tally: Tally
  /** Every station has been switched on. */
  readonly isUp: boolean
  /** Switches them off in good order: what runs is stopped, and told if that can be. Time has to pass meanwhile. */
  stop(): Promise<void>
  /** The same at once, without a word. */
  drop(): void
}

/** How many are switched off at the same time: each is given half a second to deliver what it has to tell. */
const stopsTogether = 50
const cutsEvery = minutes(1)
/** The shortest step of the ramp, ms. */
const shortestStep = 10

/** @throws ConfigError for a board with real hardware, settings that are none, and a state directory that cannot be used; with a ramp what
 *  goes wrong is counted among the errors instead */
export function fleet(options: FleetOptions): Fleet {
  const { clock, pattern, ramp, seed = 1, timeOfDay = localTimeOfDay } = options
  const numbers = options.numbers ?? Array.from({ length: options.stations }, (_, at) => at + 1)
  const counted = tally()
  const make = maker(options, counted)
  const stations: FleetStation[] = []
  const visitors: Visitor[] = []
  const timers: Timer[] = []
  const begin = (n: number) => {
    const station = make(n)
    stations.push(station)
    station.connect()
    if (pattern === undefined) return
    for (const evse of station.outlets)
      visitors.push(new Visitor({ station, evse, pattern, clock, timeOfDay, tally: counted, chance: seeded(seed, `visitor ${n} ${evse}`) }))
  }
  const rest = [...numbers]
  const beginNext = (many: number) => {
    for (const n of rest.splice(0, many)) begin(n)
  }
  /** Nobody is there to catch what a timer throws: the others begin all the same. */
  const attemptNext = (many: number) => {
    for (let each = 0; each < many; each++)
      try {
        beginNext(1)
      } catch (error) {
        counted.failed(`station not switched on: ${wordsOf(error)}`)
      }
  }
  if (ramp === undefined) beginNext(rest.length)
  else timers.push(ramped(clock, ramp, attemptNext, () => rest.length === 0))
  if (pattern?.network?.cutEachMinute) timers.push(faults(clock, pattern.network, stations, seeded(seed, 'network')))
  const leave = () => {
    rest.length = 0
    for (const each of timers) each.stop()
    for (const each of visitors) each.stop()
  }
  return {
    stations,
    tally: counted,
    get isUp() {
      return rest.length === 0
    },
    async stop() {
      leave()
      const waiting = [...stations]
      const one = async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next.stop()
      }
      await Promise.all(Array.from({ length: stopsTogether }, one))
    },
    drop() {
      leave()
      for (const each of stations) each.drop()
    },
  }
}

/** Makes a station and throws it away. @throws ConfigError as `fleet` does, of what every station has */
export function rehearse(options: Pick<FleetOptions, 'idOf' | 'boardOf' | 'settings'>): void {
  const dial = () => Promise.reject(new Error('nobody dials'))
  fleet({ ...options, csms: dial, clock: simulatedClock(), stations: 1 }).drop()
}

/** Makes station n. */
function maker(options: FleetOptions, counted: Tally): (n: number) => FleetStation {
  const { clock, csms, idOf, boardOf, pattern, stateDirectory, seed = 1 } = options
  const machine = systemClock()
  const place = typeof csms === 'string' ? { csmsUrl: csms, dial: dialWebSocket({ log: silentLog }) } : { csmsUrl: 'ws://memory.invalid', dial: csms }
  return (n) => {
    const id = idOf(n)
    const chance = seeded(seed, `line ${n}`)
    return new FleetStation({
      ...place,
      ...{ n, id, clock, chance: options.seed === undefined ? realChance : seeded(seed, `station ${n}`) },
      board: boardOf(n),
      password: options.passwordOf?.(n),
      settings: options.settings ?? {},
      automaticEv: options.automaticEv ?? false,
      stateDirectory: stateDirectory === undefined ? undefined : join(stateDirectory, encodeURIComponent(id)),
      tally: counted,
      realMs: machine.monotonic,
      latencyMs: Math.round(between(chance, pattern?.network?.latencyMs ?? [0, 0])),
      keepsTime: options.keepsTime ?? false,
      dialTimeout: options.dialTimeout,
    })
  }
}

/** So many a second, evenly: stations that begin at the same moment would do everything at the same moment. */
function ramped(clock: Clock, perSecond: number, beginNext: (many: number) => void, isDone: () => boolean): Timer {
  const from = clock.monotonic()
  let begun = 0
  const step: Millis = Math.max(shortestStep, 1_000 / perSecond)
  const timer = clock.every('ramp', step, () => {
    const due = Math.floor(((clock.monotonic() - from) / 1_000) * perSecond + 1e-6)
    beginNext(due - begun)
    begun = due
    if (isDone()) timer.stop()
  })
  return timer
}

/** Each minute some stations lose their connection, at some moment of it. */
function faults(clock: Clock, network: NonNullable<Pattern['network']>, stations: readonly FleetStation[], chance: () => number): Timer {
  const coming = new Set<Timer>()
  const minute = clock.every('network faults', cutsEvery, () => {
    coming.clear()
    for (const station of stations) {
      if (chance() >= (network.cutEachMinute ?? 0)) continue
      const outage = seconds(between(chance, network.outageSeconds ?? [5, 60]))
      coming.add(clock.after('network fault', chance() * cutsEvery, () => station.cut(outage)))
    }
  })
  return {
    stop() {
      minute.stop()
      for (const each of coming) each.stop()
    },
  }
}
