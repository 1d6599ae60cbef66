import { type Clock, isPlausible, plausibleSinceMs, type Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Listenable } from '../base/signal.ts'
import { type Millis, minutes, seconds } from '../base/units.ts'
import type { Ledger, Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { Restart } from './charge-point.ts'
import type { Fact, FirmwareStatus } from './facts.ts'
import { attemptsOf, isHopeless, pauseOf, transferAllowance } from './retries.ts'
import type { SecurityLog } from './security.ts'
import type { FilePorts, FirmwareRequest, FirmwareUpdates } from './transfer.ts'

export interface FirmwareParts {
  readonly files: FilePorts
  readonly store: Store
  readonly ledger: Ledger<Fact>
  readonly clock: Clock
  readonly log: Log
  readonly security: SecurityLog
  /** No transaction is open. */
  readonly isIdle: () => boolean
  /** It may have become so. */
  readonly changed: Listenable<unknown>
  /** Outlets take no new session while they are held. */
  readonly hold: (isHeld: boolean) => void
  readonly restart: (restart: Restart) => void
}

/** An update as it is kept. Each stage is durable before what it names begins, so that a power cut ends in a status that is true. */
interface Job extends FirmwareRequest {
  /** Names its file. */
  readonly number: number
  readonly stage: 'waiting' | 'downloading' | 'downloaded' | 'installing' | 'restarting'
  readonly failures: number
  /** Connections begun, those that a restart cut off included. */
  readonly starts: number
  /** What ran when the installation began. */
  readonly before?: string | undefined
  /** What was installed. */
  readonly version?: string
}

/** A download that restarts cut off so often beside its failures is what they come from. */
const mostInterruptions = 10
/** The wall clock may be stepped while an update waits for its time. */
const lookAgain = minutes(1)
const lookForClock = seconds(5)
/** Before an update is begun that came too soon after too many others. */
const tooMany = minutes(1)
/** That it is downloaded is told before the outlets say that they are not available any more. */
const beforeHold = seconds(1)
/** For the messages that come before a restart: that the outlets are not available, and that it installs. */
const beforeRestart = seconds(5)

/** One update at a time: fetched when its time has come, installed when no transaction runs, and told as it went (OCPP 1.6 §4.5, §5.19). */
export function firmwareUpdates(parts: FirmwareParts): FirmwareUpdates & { close(): void } {
  const { files, store, ledger, clock, log, security, isIdle, changed, hold, restart } = parts
  const jobs = store.documents<Job>('firmware-update')
  const told = store.documents<FirmwareStatus>('firmware-status')
  let job = jobs.get('current')
  let status: FirmwareStatus = told.get('last') ?? 'idle'
  let running = new AbortController()
  let timer: Timer | undefined
  let idleOff: (() => void) | undefined
  const left = transferAllowance(clock)

  const pathOf = ({ number }: Job) => `${files.directory}/firmware-${number}`
  const later = (name: string, delay: Millis, run: () => void) => {
    timer?.stop()
    timer = clock.after(name, delay, run)
  }
  /** In one step. A disk that is full holds up no download: it is said, and what was not written is done again after a restart. False: it
   *  was not written. */
  const write = (change: () => void, { request }: Job, says?: FirmwareStatus): boolean => {
    status = says ?? status
    return attempted(
      () =>
        store.atomically(() => {
          change()
          if (says === undefined) return
          told.put('last', says)
          ledger.append(clock.now(), { kind: 'firmwareProgress', status: says, ...(request === undefined ? {} : { request }) }, { durability: 'durable' })
        }),
      (error) => log.error({ error: error.message }, 'the firmware update cannot be written to the state directory'),
    )
  }
  const keep = (next: Job, says?: FirmwareStatus): Job => {
    job = next
    write(() => jobs.put('current', next), next, says)
    return next
  }
  const leave = () => {
    running.abort()
    running = new AbortController()
    timer?.stop()
    idleOff?.()
    idleOff = undefined
  }
  const finish = (over: Job, says: FirmwareStatus) => {
    leave()
    const next = jobs.get('next')
    write(
      () => {
        jobs.delete('next')
        if (next === undefined) jobs.delete('current')
        else jobs.put('current', next)
      },
      over,
      says,
    )
    log.info({ outcome: says }, 'firmware update over')
    job = next
    files.discard(pathOf(over))
    hold(false)
    if (next !== undefined) later('next firmware', 0, go)
  }

  const go = () => {
    if (job?.stage === 'waiting') whenDue(job)
    else if (job?.stage === 'downloading') void download(job)
    else if (job?.stage === 'downloaded') whenIdle(job)
    else if (job !== undefined) conclude(job)
  }
  const whenDue = (waiting: Job) => {
    const { retrieveAt } = waiting
    const { trusted, epochMs } = clock.now()
    // A time before every charger's is past by any clock, also by one that was never set.
    if (trusted ? epochMs >= retrieveAt : !isPlausible(retrieveAt) && retrieveAt < plausibleSinceMs) return void download(waiting)
    later('firmware is due', trusted ? Math.min(lookAgain, retrieveAt - epochMs) : lookForClock, () => whenDue(waiting))
  }
  const download = async (before: Job) => {
    const attempts = attemptsOf(before.retries)
    if (before.starts >= attempts + mostInterruptions) return finish(before, 'downloadFailed')
    const isFirst = before.stage === 'waiting'
    const now = keep({ ...before, stage: 'downloading', starts: before.starts + 1 }, isFirst ? 'downloading' : undefined)
    const { signal } = running
    try {
      await files.transfer.download(now.location, pathOf(now), signal)
    } catch (error) {
      if (signal.aborted) return
      const failures = now.failures + 1
      log.warn({ error: wordsOf(error), failures, attempts }, 'the firmware was not downloaded')
      if (failures >= attempts || isHopeless(error)) return finish(now, 'downloadFailed')
      const failed = keep({ ...now, failures })
      return later('firmware again', pauseOf(now.retryIntervalS), () => void download(failed))
    }
    if (signal.aborted) return
    const ready = keep({ ...now, stage: 'downloaded' }, 'downloaded')
    later('firmware downloaded', beforeHold, () => whenIdle(ready))
  }
  /** Errata 3.49: no session is stopped for it, and none begins. */
  const whenIdle = (ready: Job) => {
    const look = () => {
      if (isIdle()) later('install firmware', 0, () => void (isIdle() && install(ready)))
    }
    idleOff?.()
    idleOff = changed.on(look)
    hold(true)
    look()
  }
  const install = async (ready: Job) => {
    leave()
    const now: Job = { ...ready, stage: 'installing', before: files.installer.version }
    // Installed and not noted it would be installed again after the restart, and restarted for again.
    if (!write(() => jobs.put('current', now), now, 'installing')) return finish(ready, 'installationFailed')
    job = now
    const { signal } = running
    try {
      const { version } = await files.installer.install(pathOf(now))
      if (signal.aborted) return
      log.info({ version, before: now.before }, 'firmware installed; the program restarts for it')
      keep({ ...now, stage: 'restarting', version })
      later('restart for firmware', beforeRestart, () => restart({ scope: 'all', stop: 'softReset' }))
    } catch (error) {
      if (signal.aborted) return
      log.error({ error: wordsOf(error) }, 'the firmware was not installed')
      finish(now, 'installationFailed')
    }
  }
  /** The first start after an installation, or after one that was cut off: what runs is what counts. */
  const conclude = (over: Job) => {
    const { version } = files.installer
    const isNew = over.stage === 'restarting' ? version === over.version : version !== over.before
    if (isNew) security.note('firmwareUpdated', `${over.before ?? 'as delivered'} became ${version}`)
    finish(over, isNew ? 'installed' : 'installationFailed')
  }

  if (job !== undefined) later('firmware goes on', 0, go)
  return {
    protocols: files.transfer.protocols,
    get status() {
      return status
    },
    request(update) {
      const fresh: Job = { ...update, number: (job?.number ?? 0) + 1, stage: 'waiting', failures: 0, starts: 0 }
      // What is being put in place cannot be called off: this one comes after it.
      if (job?.stage === 'installing' || job?.stage === 'restarting') return jobs.put('next', fresh)
      store.atomically(() => {
        jobs.put('current', fresh)
        told.put('last', 'idle')
      })
      if (job !== undefined) log.warn({ stage: job.stage }, 'a firmware update makes way for another one')
      leave()
      hold(false)
      if (job !== undefined) files.discard(pathOf(job))
      job = fresh
      status = 'idle'
      // Of a flood the last one is begun, when it is over.
      const pause = left.isLeft ? 0 : tooMany
      left.spend()
      later('firmware asked for', pause, go)
    },
    close: leave,
  }
}
