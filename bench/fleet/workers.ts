import { type ChildProcess, fork } from 'node:child_process'
import type { Clock } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import { seconds } from '../../src/base/units.ts'
import type { FleetFigures } from './figures.ts'
import { type Share, type ShareOptions, share } from './share.ts'

/** What passes between the process that counts and those that have the stations. */
type ToWorker = { readonly begin: ShareOptions } | { readonly stop: true }
type FromWorker = { readonly figures: FleetFigures } | { readonly stopped: true } | { readonly problem: string }

/** The hidden sub-command of the worker. */
export const workerCommand = 'fleet-worker'
const tellsEvery = seconds(0.5)

/** Stations in a process of their own. Rejects when it cannot begin. */
export function remoteShare(options: ShareOptions): Promise<Share> {
  // The program itself, whether it is the bundle or the sources.
  const child = fork(process.argv[1] ?? '', [workerCommand], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const begun = Promise.withResolvers<Share>()
  const lost = Promise.withResolvers<string>()
  const stopped = Promise.withResolvers<void>()
  let figures: FleetFigures | undefined
  let isStopping = false
  child.on('message', (message: FromWorker) => {
    if ('problem' in message) begun.reject(new Error(message.problem))
    else if ('stopped' in message) stopped.resolve()
    else {
      figures = message.figures
      begun.resolve(running)
    }
  })
  const gone = (why: string) => {
    begun.reject(new Error(why))
    stopped.resolve()
    if (!isStopping) lost.resolve(why)
  }
  child.on('error', (error) => gone(wordsOf(error)))
  child.on('exit', (code, signal) => gone(`a worker ended by itself (${signal ?? code})`))
  const running: Share = {
    get figures() {
      if (figures === undefined) throw new Error('a worker that has begun has told its figures')
      return figures
    },
    async stop() {
      isStopping = true
      tell(child, { stop: true })
      await stopped.promise
      child.kill('SIGKILL')
    },
    lost: lost.promise,
  }
  tell(child, { begin: options })
  return begun.promise
}

function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message)
}

/** The worker's side: does what it is told until it is told to stop, or its parent is gone. */
export function runWorker(clock: Clock): void {
  // Ctrl-C reaches the whole group: the parent says when to stop.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
  process.on('disconnect', () => process.exit(1))
  const answer = (message: FromWorker) => void (process.connected && process.send?.(message))
  let running: Share | undefined
  const begin = async (options: ShareOptions) => {
    try {
      const mine = await share(options)
      running = mine
      const told = () => answer({ figures: mine.figures })
      told()
      clock.every('figures', tellsEvery, told)
    } catch (error) {
      answer({ problem: wordsOf(error) })
    }
  }
  const stop = async () => {
    await running?.stop()
    if (running !== undefined) answer({ figures: running.figures })
    answer({ stopped: true })
  }
  process.on('message', (message: ToWorker) => void ('begin' in message ? begin(message.begin) : stop()))
}
