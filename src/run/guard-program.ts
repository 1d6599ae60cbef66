import { setFlagsFromString } from 'node:v8'
import { type Clock, systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { signal } from '../base/signal.ts'
import { seconds } from '../base/units.ts'
import type { LogConfig, StationConfig } from '../config/station.ts'
import type { Guard } from '../safety/guard.ts'
import { type PortServer, servePort } from '../safety/serve-port.ts'
import { makeDirectory } from '../store/directory.ts'
import { guardOver } from './guard-over.ts'
import { openGuardSocket, removeStale } from './guard-socket.ts'
import { logFor } from './log-for.ts'
import { feedWatchdog, notifier } from './notify.ts'
import { openKept } from './open-kept.ts'
import { credentials } from './peer-credentials.ts'
import { obeying } from './simulated-world.ts'

/** A guard that runs by itself. */
export interface GuardConfig {
  readonly board: StationConfig['board']
  /** Absolute path, for the latch file and the registers of meters that have none. */
  readonly stateDirectory: string
  readonly log: LogConfig
}

/** A normal stop takes 6 s at the most (rule 5). */
const openWithin = seconds(7)

/** A board under guard, with the end of the port that cores are given. */
export interface OpenGuard {
  readonly guard: Guard
  readonly server: PortServer
  /** No core is served any more: a normal stop everywhere, then every output OFF. */
  close(): Promise<void>
  /** Every output OFF at once. Harmless after `close`. */
  drop(): void
}

export interface GuardSurroundings {
  readonly clock: Clock
  readonly log: Log
  /** Is told of each tick that ran through: the guard then ticks all the time. */
  readonly fed?: () => void
}

/** @throws ConfigError for a state directory or a board that cannot be had */
export async function openGuard({ board, stateDirectory }: GuardConfig, { clock, log, fed }: GuardSurroundings): Promise<OpenGuard> {
  makeDirectory(stateDirectory)
  const { built, service, settled } = await openKept(board, stateDirectory, { clock, log })
  const { simulation } = built
  const { guard, off } = guardOver(built, { clock, log }, { service, ...(fed === undefined ? {} : { fed, everyTick: true }) })
  const server = servePort(guard, {
    clock,
    log: log.with({ part: 'port' }),
    board: built.board.name,
    isSimulated: built.board.isSimulated,
    ...(simulation === undefined ? {} : { world: obeying(simulation) }),
  })
  const drop = () => {
    off()
    server.close()
  }
  return {
    guard,
    server,
    drop,
    async close() {
      server.close()
      await opened(guard, clock)
      drop()
      await settled()
    },
  }
}

/** Withdraws every offer and waits until the contactors are open. */
async function opened(guard: Guard, clock: Clock): Promise<void> {
  const isOpen = () => guard.evses.every(({ evse }) => guard.report(evse).contactor === 'open')
  for (const { evse } of guard.evses) guard.withdraw(evse)
  if (isOpen()) return
  await new Promise<void>((resolve) => {
    const timer = clock.after('contactors open', openWithin, resolve)
    guard.reported.on(() => {
      if (!isOpen()) return
      timer.stop()
      resolve()
    })
  })
}

/** For a process that is a guard and nothing else: a tick of 0.02 ms, 50 times a second, is not worth the megabytes of V8's last optimiser
 *  (docs/performance.md). */
export function spareMemory(): void {
  setFlagsFromString('--no-opt')
}

export interface GuardProgram extends GuardConfig {
  readonly socket: string
  readonly coreUser: string | undefined
}

/** Runs a guard until it is asked to end: 0 by a signal, 3 by a core that was asked for a Reset of the whole charger. */
export async function runGuard(config: GuardProgram): Promise<number> {
  spareMemory()
  const clock = systemClock()
  const spoken = logFor(config, clock, false, () => {})
  const log = spoken.with({ board: config.board.name })
  const ending = Promise.withResolvers<0 | 3>()
  for (const each of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(each, () => ending.resolve(0))
  const known = await credentials()
  // Before the board: the outputs that would be put OFF are another guard's.
  await removeStale(config.socket)
  const notify = await notifier(process.env)
  const fed = signal<void>()
  const stopFeeding = notify === undefined ? () => {} : feedWatchdog(notify, process.env, clock, fed)
  const open = await openGuard(config, { clock, log, ...(notify === undefined ? {} : { fed: () => fed.emit() }) })
  open.server.restarting.on(() => ending.resolve(3))
  try {
    const door = await openGuardSocket({ path: config.socket, clock, log, credentials: known, coreUser: config.coreUser, take: open.server.take })
    log.info({ socket: config.socket }, 'guard started')
    notify?.('READY=1')
    const exitCode = await ending.promise
    log.info({ exitCode }, 'guard stops')
    notify?.('STOPPING=1')
    door.close()
    await open.close()
    return exitCode
  } finally {
    open.drop()
    stopFeeding()
    spoken.close?.()
  }
}
