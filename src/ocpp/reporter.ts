import type { Clock, Timer } from '../base/clock.ts'
import { wordsOf } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { type Listenable, signal } from '../base/signal.ts'
import { hours, type Millis, minutes, seconds } from '../base/units.ts'
import type { Entry, Ledger, Store } from '../store/store.ts'
import { cut } from './frame.ts'

/** What became of one entry. */
export interface Delivery {
  /** `delivered`: the central system has it. `failed`: it answered CALLERROR or nonsense, or nothing in time, while connected.
   *  `disconnected`: the socket was not there or dropped. `nothing`: this OCPP version does not report the entry. */
  readonly outcome: 'delivered' | 'failed' | 'disconnected' | 'nothing'
  /** Documents to write in one step with the cursor; may run again when the store could not write. */
  readonly commit?: () => void
  /** Of a failure, for the log and for the list of undeliverable entries. */
  readonly reason?: string
  /** After how many failures the entry is given up, where this one is worth another number than `attempts` of the options. */
  readonly attempts?: number
}

export interface ReporterOptions<Fact extends { readonly kind: string }> {
  readonly store: Pick<Store, 'atomically'>
  readonly ledger: Ledger<Fact>
  /** Name of the cursor, `ocpp1.6`. */
  readonly reader: string
  readonly clock: Clock
  readonly log: Log
  /** Sends one entry. A rejection counts as `failed`. */
  readonly deliver: (entry: Entry<Fact>) => Promise<Delivery>
  /** Whether entries may leave now: registered and connected. */
  readonly mayDeliver: () => boolean
  /** TransactionMessageAttempts: transmissions per entry. Less than 1 counts as 1. */
  readonly attempts: () => number
  /** TransactionMessageRetryInterval, ms: the wait after the first failure; after the n-th n times as long. */
  readonly retryInterval: () => Millis
  /** An entry was given up; runs in one step with the note about it in the ledger. */
  readonly givenUp?: (entry: Entry<Fact>, reason: string) => void
}

/** Brings the ledger to one central system: in order, one entry at a time, each once delivered never again. */
export interface Reporter {
  /** Entries were appended. Harmless at any time; a wait before a retransmission goes on. */
  wake(): void
  /** Delivery became possible (registered, reconnected): goes on at once. A wait before a retransmission is cut short, for the
   *  other end may be a new one, except before the last: a central system in trouble must not burn all attempts in seconds. */
  resume(): void
  /** Sends no further entry; what is on its way is finished. */
  stop(): void
  /** Entries that this reader has not passed yet. */
  readonly behind: number
  /** The end of the ledger was reached. */
  readonly drained: Listenable<void>
}

/** A drop of the socket is no attempt (OCPP 1.6 §3.7.1 speaks of failures to process). Yet a central system that closes the
 *  connection at one message would be asked for ever, and later entries never leave: each fifth drop in a row under the
 *  same entry counts as a failure. A poor network does not drop five times within the second that one message takes. */
const dropsPerFailure = 5
/** Characters of a reason that is kept: a central system may have chosen its words. */
const longestReason = 500
const batch = 100

/** TransactionMessageAttempts 0: OCPP 1.6 §3.7.1 resends while fewer failures than that were seen, so the one transmission
 *  remains. To try for ever, as some read it, would let one bad entry silence all later ones. */
const attemptsOf = (configured: number) => (configured >= 1 ? configured : 1)
/** Never at once, which would flood; never more than a day, which would silence later entries. */
const waitOf = (interval: Millis, transmissions: number) => Math.min(hours(24), Math.max(seconds(1), interval * transmissions))

export function reporter<Fact extends { readonly kind: string }>(options: ReporterOptions<Fact>): Reporter {
  const { ledger, reader, clock, log, store } = options
  const drained = signal<void>()
  let position = ledger.position(reader)
  let isDraining = false
  let isStopped = false
  let pause: Timer | undefined
  /** Of the entry at the head of the queue. */
  let failures = 0
  let drops = 0
  /** Set by `wake` while entries are on their way: look again before going to rest. */
  let isWoken = false
  /** The head of the queue failed and waits for its next transmission. */
  let isRetrying = false
  let hasMoved = false

  const start = () => {
    if (isDraining || isStopped || !options.mayDeliver()) return
    isDraining = true
    void drain().then(() => {
      isDraining = false
      if (isWoken && pause === undefined) start()
    })
  }
  const drain = async () => {
    isWoken = false
    try {
      for (let entries = ledger.after(position, batch); !isStopped; entries = ledger.after(position, batch)) {
        if (entries.length === 0) return tellDrained()
        if ((await sendAll(entries)) === 'rest') return
      }
    } catch (error) {
      // The ledger cannot be read: charging goes on, and reporting when the disk is mended.
      log.error({ error: wordsOf(error) }, 'ledger cannot be read; it is tried again')
      rest(minutes(1))
    }
  }
  const tellDrained = () => {
    if (!hasMoved) return
    hasMoved = false
    drained.emit()
  }
  /** Sends until something stands in the way. Entries that are not reported move the cursor once per run of them. */
  const sendAll = async (entries: readonly Entry<Fact>[]): Promise<'on' | 'rest'> => {
    let skipped: number | undefined
    const keepSkipped = async () => {
      const sequence = skipped
      if (sequence !== undefined) await keep(() => ledger.moveTo(reader, sequence, 'grouped'))
    }
    for (const entry of entries) {
      if (isStopped || !options.mayDeliver()) {
        await keepSkipped()
        return 'rest'
      }
      const delivery = await attempt(entry)
      if (delivery.outcome === 'nothing' && delivery.commit === undefined) {
        position = skipped = entry.sequence
        hasMoved = true
        continue
      }
      skipped = undefined
      if ((await conclude(entry, delivery)) === 'rest') return 'rest'
    }
    await keepSkipped()
    return 'on'
  }
  const attempt = async (entry: Entry<Fact>): Promise<Delivery> => {
    try {
      return await options.deliver(entry)
    } catch (error) {
      log.error(
        { sequence: entry.sequence, kind: entry.fact.kind, error: wordsOf(error), stack: error instanceof Error ? error.stack : undefined },
        'delivery failed unexpectedly',
      )
      return { outcome: 'failed', reason: wordsOf(error) }
    }
  }
  const conclude = async (entry: Entry<Fact>, delivery: Delivery): Promise<'on' | 'rest'> => {
    switch (delivery.outcome) {
      case 'nothing':
      case 'delivered':
        await pass(entry, () => delivery.commit?.())
        return 'on'
      case 'disconnected':
        drops++
        if (drops % dropsPerFailure === 0) return fail(entry, 'the connection dropped again and again under this message', delivery.attempts)
        return rest(seconds(1))
      case 'failed':
        return fail(entry, cut(delivery.reason ?? 'not processed by the central system', longestReason), delivery.attempts)
    }
  }
  const fail = async (entry: Entry<Fact>, reason: string, attempts = options.attempts()): Promise<'on' | 'rest'> => {
    failures++
    const about = { sequence: entry.sequence, kind: entry.fact.kind, subject: entry.subject, reason, transmissions: failures }
    if (failures < attemptsOf(attempts)) {
      const delay = waitOf(options.retryInterval(), failures)
      log.warn({ ...about, againInMs: delay }, 'entry not delivered')
      isRetrying = true
      return rest(delay)
    }
    log.error(about, 'entry given up; it stays in the ledger as undeliverable')
    await pass(entry, () => {
      ledger.giveUp(reader, entry.sequence, reason)
      options.givenUp?.(entry, reason)
    })
    return 'on'
  }
  const pass = async (entry: Entry<Fact>, before: () => void) => {
    await keep(() =>
      store.atomically(() => {
        before()
        ledger.moveTo(reader, entry.sequence, 'durable')
      }),
    )
    position = entry.sequence
    hasMoved = true
    failures = drops = 0
  }
  /** Writes, and tries again until the store takes it: what was delivered is not sent twice because a disk is full. */
  const keep = async (write: () => void) => {
    for (;;) {
      try {
        return write()
      } catch (error) {
        log.error({ error: wordsOf(error) }, 'cursor cannot be written; it is tried again')
        await new Promise<void>((resolve) => clock.after('write cursor again', seconds(10), resolve))
        // The store is closed by now, or another program's.
        if (isStopped) return
      }
    }
  }
  const rest = (delay: Millis): 'rest' => {
    pause = clock.after('report again', delay, () => {
      pause = undefined
      isRetrying = false
      start()
    })
    return 'rest'
  }

  const startNow = () => {
    isRetrying = false
    pause?.stop()
    pause = undefined
    start()
  }
  return {
    wake() {
      isWoken = true
      if (!isRetrying) startNow()
    },
    resume() {
      isWoken = true
      if (!isRetrying || failures + 1 < attemptsOf(options.attempts())) startNow()
    },
    stop() {
      isStopped = true
      pause?.stop()
      pause = undefined
    },
    get behind() {
      return ledger.last - position
    },
    drained,
  }
}
