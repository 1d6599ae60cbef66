import { createConnection, Socket } from 'node:net'
import type { Clock } from '../base/clock.ts'
import { ConfigError, wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { seconds } from '../base/units.ts'
import type { StationConfig } from '../config/station.ts'
import type { Command } from '../local/command.ts'
import { type RemotePort, remotePort } from '../safety/remote-port.ts'
import { type CoreStation, coreStation } from './core.ts'
import { host, type Running, untilEnded } from './host.ts'
import { feedWatchdog, shellNotifier } from './notify.ts'
import { handsBy } from './simulated-world.ts'
import { socketStream } from './socket-stream.ts'
import type { Streams } from './streams.ts'

/** How long a guard is looked for that is just starting, or still serves the core before this one. */
const guardWithin = seconds(10)
const lookAgain = seconds(0.5)

/** A station whose guard is another process. */
export interface RunningCore extends CoreStation, Running {}

/** Starts everything but the guard. @param socket path of the guard's Unix socket, or `fd:3` for a stream that was handed down
 *  @throws ConfigError when there is no guard, and for everything that `startStation` refuses */
export function startCore(config: StationConfig, socket: string, streams?: Streams, further: readonly Command[] = []): Promise<RunningCore> {
  return host(config, streams, further, async (parts) => {
    const { clock } = parts
    const port = await guardAt(socket, parts)
    let isAll = false
    let heardAt = clock.monotonic()
    port.acknowledged.on(() => {
      heardAt = clock.monotonic()
    })
    const leaveGuard = () => {
      if (isAll) port.restart()
      port.close()
    }
    return {
      station: coreStation({ ...parts, guard: port, leaveGuard }),
      hands: port.hello.isSimulated ? handsBy((line) => port.world(line)) : undefined,
      lost: port.closed,
      guardSilentMs: () => clock.monotonic() - heardAt,
      restarts({ scope }) {
        isAll = scope === 'all'
      },
      ...(await watched(port, clock)),
    }
  })
}

/** Runs one core until it is asked to end, or until its guard is gone. Resolves to the exit code. */
export function runCore(config: StationConfig, socket: string, streams: Streams): Promise<number> {
  return untilEnded(() => startCore(config, socket, streams))
}

/** systemd's watchdog of the core is fed by what the guard acknowledged: a core that hangs, or that nobody hears, is started again. */
async function watched(port: RemotePort, clock: Clock) {
  const notify = await shellNotifier(process.env)
  if (notify === undefined) return {}
  notify('READY=1')
  const stop = feedWatchdog(notify, process.env, clock, port.acknowledged)
  return {
    stops() {
      stop()
      notify('STOPPING=1')
    },
  }
}

async function guardAt(socket: string, { clock, log }: { readonly clock: Clock; readonly log: Log }): Promise<RemotePort> {
  if (socket.startsWith('fd:')) return remotePort(socketStream(new Socket({ fd: Number(socket.slice(3)), readable: true, writable: true })), clock)
  const until = clock.monotonic() + guardWithin
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await remotePort(socketStream(await connected(socket)), clock)
    } catch (error) {
      if (clock.monotonic() >= until) {
        throw new ConfigError(
          `guard at ${socket}`,
          '',
          `cannot be had: ${wordsOf(error)}`,
          'Start `pilotwire guard` with the same --socket, as a user that may open it',
        )
      }
      if (isFirst) log.info({ socket, reason: wordsOf(error), forS: guardWithin / 1_000 }, 'there is no guard yet; it is looked for')
      await new Promise<void>((resolve) => clock.after('guard again', lookAgain, resolve))
    }
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}
