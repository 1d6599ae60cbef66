import { systemClock } from '../../src/base/clock.ts'
import { steppedClock } from '../desk/passing.ts'
import { boardMix } from './config.ts'
import { type FleetFigures, figuresOf } from './figures.ts'
import { fleet } from './fleet.ts'
import { numbered } from './numbered.ts'
import type { Pattern } from './pattern.ts'
import { flow } from './time-flow.ts'

/** The stations that one process has. Plain JSON: it is told to other processes. */
export interface ShareOptions {
  readonly csms: string
  readonly numbers: readonly number[]
  /** Template of the identities, `CP-{n:4}`. */
  readonly id: string
  readonly password: string | undefined
  /** `simulated:3,simulated-dc@100`. */
  readonly boards: string
  readonly settings: Readonly<Record<string, string>>
  /** Stations a second. */
  readonly ramp: number
  readonly pattern: Pattern
  readonly seed: number
  readonly stateDirectory: string | undefined
  /** So many times as fast as the real time; undefined: real time. */
  readonly speed: number | undefined
  /** At which their time begins, ms since 1970; only with `speed`. */
  readonly beginsMs: number
}

/** Stations at work, in this process or in another one. */
export interface Share {
  readonly figures: FleetFigures
  /** Switches them off in good order. */
  stop(): Promise<void>
  /** Resolves to why they are gone all of a sudden; never where they live in this process. */
  readonly lost: Promise<string>
}

/** What waits for longer is without an answer, ms of real time. */
const patienceMs = 30_000

/** @throws ConfigError for templates, boards and settings that are none, and for a state directory that cannot be used */
export async function share(options: ShareOptions): Promise<Share> {
  const { numbers, speed, id, password, ...rest } = options
  const real = systemClock()
  // Real time too goes in steps: on a computer that is late everything in a station is late alike, and nothing of it takes a device that
  // had no turn for a broken one.
  const stepped = steppedClock(options.beginsMs)
  const passwordOf = password === undefined ? undefined : numbered(password, '--password', false)
  const running = fleet({
    clock: stepped,
    csms: options.csms,
    stations: numbers.length,
    numbers,
    idOf: numbered(id, '--id', numbers.length > 1),
    boardOf: await boardMix(options.boards),
    ...(passwordOf === undefined ? {} : { passwordOf }),
    settings: speed === undefined ? options.settings : { ...realTimeouts(speed), ...options.settings },
    // Of real seconds: it is for the central system's sake.
    ramp: rest.ramp / (speed ?? 1),
    pattern: options.pattern,
    seed: options.seed,
    ...(options.stateDirectory === undefined ? {} : { stateDirectory: options.stateDirectory }),
    keepsTime: speed !== undefined,
    ...(speed === undefined ? {} : { dialTimeout: patienceMs * speed }),
  })
  const flowing = flow(stepped, real, speed ?? 1)
  return {
    get figures() {
      for (const each of running.stations) if ((each.waitsMs ?? 0) > patienceMs) each.giveUp()
      return figuresOf(running, numbers.length, flowing.lost)
    },
    async stop() {
      await running.stop()
      await flowing.stop()
    },
    lost: new Promise(() => {}),
  }
}

/** The central system has real time to answer in, whatever the stations' time does; without pings, whose time-out nobody can set. */
function realTimeouts(speed: number): Readonly<Record<string, string>> {
  return { MessageTimeout: String(Math.min(3_600, Math.round((patienceMs / 1_000) * speed))), WebSocketPingInterval: '0' }
}

/** Numbers 1 to `stations`, in turns: each of `many` processes gets old and new ones alike. */
export function turnsOf(stations: number, many: number): readonly (readonly number[])[] {
  const parts: number[][] = Array.from({ length: many }, () => [])
  for (let n = 1; n <= stations; n++) parts[(n - 1) % many]?.push(n)
  return parts
}
