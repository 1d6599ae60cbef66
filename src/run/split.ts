import { spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { type Clock, systemClock, type Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { type Millis, seconds } from '../base/units.ts'
import { boardWith } from '../config/connectors.ts'
import type { StationConfig } from '../config/station.ts'
import type { PortServer } from '../safety/serve-port.ts'
import { openGuard, spareMemory } from './guard-program.ts'
import { logFor } from './log-for.ts'
import { socketStream } from './socket-stream.ts'

/** Between the death of a core and the next one, doubled each time, until one has lived. */
const firstPause = seconds(1)
const longestPause = seconds(30)
/** A core that was served for so long is no hopeless case: the next one may come soon. */
const recoveredAfter = seconds(3)
/** A core that was served for so long had a good configuration: when a later one has not, somebody is at work on it. */
const wellAfter = seconds(10)
/** A core that was asked to end has so long: it gives itself 2.9 s. */
const endWithin = seconds(4)

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** How the program is started as a core: what comes before and after the words of the command. */
export interface CoreCommand {
  readonly file: string
  readonly words: readonly string[]
}

/** Guard and core as two processes on one desk: this one has the guard, and starts the core as its child.
 *  Resolves to the exit code: 0 asked to stop, 2 the core refuses its configuration, 3 a Reset of the whole charger. */
export async function runSplit(config: StationConfig, command: CoreCommand): Promise<number> {
  spareMemory()
  const clock = systemClock()
  const asked = askedToStop()
  const spoken = logFor(config, clock, false, () => {})
  const log = spoken.with({ station: config.id })
  try {
    const open = await openGuard({ board: boardWith(config.settings, config), stateDirectory: config.stateDirectory, log: config.log }, { clock, log })
    try {
      const exitCode = await keepCore({ command, server: open.server, clock, log: log.with({ part: 'split' }), asked })
      await open.close()
      return exitCode
    } finally {
      open.drop()
    }
  } finally {
    asked.forget()
    spoken.close?.()
  }
}

/** Signals to this process, from its first moment on: each as often as it comes, none ends it half-way. */
interface Asked extends Listenable<NodeJS.Signals> {
  readonly isSo: boolean
  forget(): void
}

function askedToStop(): Asked {
  const came = signal<NodeJS.Signals>()
  let isSo = false
  const hear = (each: NodeJS.Signals) => {
    isSo = true
    came.emit(each)
  }
  for (const each of signals) process.on(each, hear)
  return {
    on: came.on,
    get isSo() {
      return isSo
    },
    forget() {
      for (const each of signals) process.off(each, hear)
    },
  }
}

interface Keeping {
  readonly command: CoreCommand
  readonly server: PortServer
  readonly clock: Clock
  readonly log: Log
  readonly asked: Asked
}

/** Starts the core again whenever it dies, until it ends as it was asked to. A signal to this process is one to the core. */
async function keepCore({ command, server, clock, log, asked }: Keeping): Promise<number> {
  let isRestart = false
  let hasLived = false
  let pause: Millis = firstPause
  server.restarting.on(() => {
    isRestart = true
  })
  while (!asked.isSo) {
    const core = startCoreProcess(command, server)
    log.info({ pid: core.pid }, 'core started')
    let patience: Timer | undefined
    const timers: Timer[] = []
    const offs = [
      server.serving.on(() => {
        const livedAfter = (served: Millis, then: () => void) => timers.push(clock.after('core lives', served, then))
        livedAfter(recoveredAfter, () => {
          pause = firstPause
        })
        livedAfter(wellAfter, () => {
          hasLived = true
        })
      }),
      server.hung.on(() => core.kill('SIGKILL')),
      asked.on((each) => {
        core.kill(each)
        patience ??= clock.after('core ends', endWithin, () => core.kill('SIGKILL'))
      }),
    ]
    const { exitCode, killed } = await core.ended
    for (const off of offs) off()
    patience?.stop()
    for (const each of timers) each.stop()
    if (exitCode === 0 || (exitCode === 2 && !hasLived)) return exitCode
    if (exitCode === 3 && isRestart) return exitCode
    if (asked.isSo) break
    if (exitCode === 3) {
      log.info({}, 'the core asked to be started again')
      continue
    }
    log.error({ exitCode, signal: killed, againInS: pause / 1_000 }, 'the core died; what it offered lasts 10 s')
    await paused(pause, clock, asked)
    pause = Math.min(longestPause, pause * 2)
  }
  return 0
}

interface CoreProcess {
  readonly pid: number | undefined
  /** After its end of the port has closed too: what it said last was heard. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly killed: NodeJS.Signals | undefined }>
  kill(signal: NodeJS.Signals): void
}

function startCoreProcess({ file, words }: CoreCommand, server: PortServer): CoreProcess {
  const cache = getCompileCacheDir()
  const child = spawn(file, [...words, '--socket', 'fd:3'], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    // The cache of compiled code is named by Node's version within the directory that it was given.
    env: cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) },
  })
  const ended = Promise.withResolvers<Awaited<CoreProcess['ended']>>()
  child.once('error', () => ended.resolve({ exitCode: undefined, killed: undefined }))
  child.once('close', (code, killed) => ended.resolve({ exitCode: code ?? undefined, killed: killed ?? undefined }))
  const stream = child.stdio[3] as unknown as Socket | null
  if (stream !== null) server.take(socketStream(stream), `pid ${child.pid}`)
  return { pid: child.pid, ended: ended.promise, kill: (signal) => void child.kill(signal) }
}

/** Waits before the next try, or until a signal comes. */
function paused(pause: Millis, clock: Clock, asked: Asked): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.stop()
      off()
      resolve()
    }
    const off = asked.on(done)
    const timer = clock.after('core again', pause, done)
  })
}
