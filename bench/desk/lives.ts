import { join } from 'node:path'
import { chance } from '../../src/base/chance.ts'
import { type Clock, wallClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { StationConfig } from '../../src/config/station.ts'
import type { StopReason } from '../../src/core/facts.ts'
import type { FilePorts } from '../../src/core/transfer.ts'
import type { Dial } from '../../src/ocpp/socket.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { type DeskParts, type DeskStation, deskStation } from '../../src/run/desk-station.ts'
import { registerFile } from '../../src/run/register-file.ts'
import { shutDown } from '../../src/run/shut-down.ts'
import { lockDirectory } from '../../src/store/lock.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import type { Passing } from './passing.ts'

export interface LivesOptions {
  readonly config: StationConfig
  readonly time: Pick<Passing, 'clock' | 'isSimulated'>
  readonly dial: Dial
  /** None: neither firmware updates nor logs to send. */
  readonly files?: (clock: Clock, store: Store, station: () => DeskStation) => FilePorts
  readonly framePassed: (frame: FrameSeen) => void
  readonly disconnected?: () => void
  /** Its state directory; in memory when left out. */
  readonly directory?: string
  /** Uniform in 0..1; by the kind of time when left out. */
  readonly chance?: () => number
  /** What the central system says of the time changes nothing: its time flows at another speed. */
  readonly keepsTime?: boolean
  /** Of the facts that were delivered; as many as on a charger when left out. */
  readonly keeps?: DeskParts['keeps']
  /** How long a connection may take to be made, ms of its time. */
  readonly dialTimeout?: DeskParts['dialTimeout']
}

/** One station from program to program: its memory, its meters and its cars outlive each of them. */
export interface Lives {
  /** The present program, or the last one while none runs. */
  readonly station: DeskStation
  /** What it takes for the time. */
  readonly clock: Clock
  readonly isRunning: boolean
  /** No other program begins. */
  readonly isOver: boolean
  /** The program ends, and the next one begins after `outage`, and connects; resolves when that one runs. Time has to pass meanwhile. */
  restart(how: 'stop' | 'crash' | 'powerCut', outage: Millis): Promise<void>
  /** The program ends in good order, and no other one begins. Time has to pass meanwhile. */
  stop(): Promise<void>
  /** The same at once. */
  drop(): void
}

/** What an init system takes to start the program again. */
const startsAgainAfter = seconds(2)

/** Begins with the first program, which does not connect by itself. What asks the program to begin anew (a Reset, new firmware) is followed,
 *  and `quit` stops it for good. @throws ConfigError for a board with real hardware, and for settings that are none */
export function lives(options: LivesOptions): Lives {
  const { clock: time } = options.time
  const { program, close } = programs(options)
  const bootName = options.directory === undefined ? 'boot' : crypto.randomUUID()
  const boot = () => bootClock(time, `${bootName}-${boots}`, options.keepsTime ?? false)
  let boots = 1
  let clock = boot()
  let isOver = false
  /** Settles when the program has ended that is to end. */
  let ending: Promise<void> | undefined

  const end = (reason: StopReason) => {
    ending ??= shutDown(life, reason, silentLog)
    return ending
  }
  const stop = async () => {
    if (isOver) return ending
    isOver = true
    await end('reboot')
    close()
  }
  const begin = (before?: DeskStation): DeskStation => {
    const station = program(clock, () => void stop(), before)
    station.core.restarting.on((restart) => {
      if (ending === undefined && station === life) void end(restart.stop).then(() => beginAfter(startsAgainAfter))
    })
    return station
  }
  const beginAfter = (outage: Millis) =>
    new Promise<void>((resolve) => {
      time.after('the program begins again', outage, () => {
        if (!isOver) {
          life = begin(life)
          ending = undefined
          life.link.connect()
        }
        resolve()
      })
    })
  const drop = () => {
    ending = Promise.resolve()
    life.drop()
  }
  let life = begin()
  return {
    get station() {
      return life
    },
    get clock() {
      return clock
    },
    get isRunning() {
      return ending === undefined
    },
    get isOver() {
      return isOver
    },
    async restart(how, outage) {
      if (how === 'stop') await end('reboot')
      else drop()
      if (how === 'powerCut') {
        boots++
        clock = boot()
      }
      await beginAfter(outage)
    },
    stop,
    drop() {
      if (isOver) return
      isOver = true
      drop()
      close()
    },
  }
}

/** Programs over one memory and the same meters. */
function programs({ config, time, dial, files, framePassed, disconnected, directory, chance: given, keeps, dialTimeout }: LivesOptions) {
  const lock = directory === undefined ? undefined : lockDirectory(directory)
  const store = openStore({ directory, log: silentLog })
  const registers = new Map<number, number>()
  const register = (evse: number) =>
    directory === undefined
      ? { load: () => registers.get(evse) ?? 0, save: (wh: number) => void registers.set(evse, wh) }
      : registerFile(join(directory, `simulated-meter-${evse}`), silentLog)
  const program = (clock: Clock, stop: () => void, before: DeskStation | undefined): DeskStation => {
    // Opened anew it would know by itself that factory values were applied already.
    const kept: Store = before === undefined ? store : Object.create(store, { isNew: { value: false } })
    const station = deskStation({
      ...{ config, clock, dial, stop, before, register, store: kept, log: silentLog },
      ...{ keeps, dialTimeout },
      chance: given ?? (time.isSimulated ? () => 0.5 : chance),
      ...(files === undefined ? {} : { files: (self) => files(clock, kept, self) }),
    })
    station.door.peer.frames.on(framePassed)
    if (disconnected !== undefined) station.link.dropped.on(disconnected)
    return station
  }
  const close = () => {
    store.close()
    lock?.release()
  }
  return { store, program, close }
}

/** The clock of one boot: its own zero and name, and the computer's idea of the wall time. */
function bootClock(clock: Clock, boot: string, keepsTime: boolean): Clock {
  const zero = clock.monotonic()
  const monotonic = () => clock.monotonic() - zero
  // The difference of two floating numbers may lie a little below what was waited for. The next try must move the time at all.
  const after: Clock['after'] = (name, delay, run) => clock.after(name, Math.ceil(delay * 1_000) / 1_000, run)
  const wall = wallClock(monotonic, () => clock.now().epochMs, boot)
  const synchronise = keepsTime ? () => wall.synchronise(clock.now().epochMs) : wall.synchronise
  return { monotonic, ...wall, synchronise, after, every: clock.every }
}
