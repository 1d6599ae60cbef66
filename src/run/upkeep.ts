import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { hours, type Millis, millis, minutes, seconds } from '../base/units.ts'
import type { ChargePoint } from '../core/charge-point.ts'
import type { Fact } from '../core/facts.ts'
import { bootDocuments, noteBoot } from '../core/moments.ts'
import { thinning } from '../core/thinning.ts'
import type { Store } from '../store/store.ts'
import { attempted, type StoreError } from '../store/store-error.ts'

const flushEvery = minutes(1)
const trimEvery = hours(1)
const noteBootEvery = minutes(10)
const reserveEvery = minutes(10)
/** Between two batches: charging and messages have their turn. */
const rest = millis(20)
/** Facts kept for people beyond what is still to be delivered: years of sessions, some ten megabytes. */
const keptFacts = 50_000
/** Facts that the first reader has delivered are kept no longer than that for the others: a central system that never answers to notices
 *  must not fill the disk with what it took long ago. */
const keptForOthers = 100_000
/** The same on a disk that is full, for each of them. */
const keptWhenFull = 1_000
/** Samples that may wait for the central system: two outlets with one a minute for five weeks, 30 to 200 MB (decision 0018). */
const mostWaitingSamples = 100_000
/** Thinned to so much of that, so that it is not begun anew each hour. */
const thinnedTo = 0.9
/** On a full disk only what empties whole pages of the database makes room. */
const keepWhenFull = 8
/** Batches of one attempt to make room. */
const roomBatches = 20
/** Samples whose place one attempt gives back, as far as there are so many. */
const enoughRoom = 1_000
const roomAgain = seconds(10)

export interface UpkeepParts {
  readonly store: Store
  readonly core: ChargePoint
  readonly clock: Clock
  readonly log: Log
  /** Every cursor that matters; what the first one waits to deliver may be thinned, and never goes. */
  readonly readers: readonly [string, ...(readonly string[])]
  /** The disk takes nothing. */
  readonly refused: (error: StoreError) => void
  readonly mostSamples?: number
  /** Delivered facts that are kept, and how often the others are looked for; for people who look years back when left out. */
  readonly keeps?: KeptFacts | undefined
}

export interface KeptFacts {
  readonly most: number
  readonly trimEvery: Millis
}

/** The chores of the state directory. */
export interface Upkeep {
  /** Makes what was written durable. A disk that takes nothing is said. */
  flush(): void
  /** For a write that found the disk full: deletes what was delivered, else middle samples. False: nothing could be deleted. */
  makeRoom(): boolean
  stop(): void
}

export function upkeep(parts: UpkeepParts): Upkeep {
  const { store, core, clock, log, readers } = parts
  const ledger = store.ledger<Fact>()
  const [reader] = readers
  const thin = thinning(ledger, reader)
  const most = parts.mostSamples ?? mostWaitingSamples
  const keeps = parts.keeps ?? { most: keptFacts, trimEvery }
  const boots = bootDocuments(store)
  let pending: Timer | undefined
  let isThinningTold = false
  let noRoomUntil = Number.NEGATIVE_INFINITY

  const onDisk = (chore: () => void) => () => void attempted(chore, refused)
  const refused = (error: StoreError) => {
    log.error({ error: error.message }, 'the state directory cannot be written')
    parts.refused(error)
  }
  /** @param delivered to whom */
  const trim = (keep: number, delivered: readonly string[] = readers) => {
    const spare = core.evses.map((evse) => core.view(evse).transaction?.id).filter((id) => id !== undefined)
    return store.trim({ keep, readers: delivered, spare })
  }
  const tell = (why: string) => {
    if (isThinningTold) return
    isThinningTold = true
    log.warn({ waiting: samplesWaiting(), most }, `${why}: middle samples are left out, first and last ones of each transaction stay`)
  }
  const samplesWaiting = () => ledger.count('meterSampled', ledger.position(reader))
  /** Runs batches until one says that it was the last. */
  const inBatches = (batch: () => boolean) => {
    pending?.stop()
    pending = clock.after('upkeep', rest, () => {
      pending = undefined
      let isMore = false
      attempted(() => {
        isMore = batch()
      }, refused)
      if (isMore) inBatches(batch)
    })
  }
  const tidy = () =>
    inBatches(() => {
      if (trim(keeps.most) > 0 || trim(keptForOthers, [reader]) > 0) return true
      thinIfTooMany()
      return false
    })
  const thinIfTooMany = () => {
    const waiting = samplesWaiting()
    if (waiting <= most) {
      isThinningTold = false
      return
    }
    tell('too many samples wait for the central system')
    let excess = waiting - Math.floor(most * thinnedTo)
    let removedInRound = 0
    inBatches(() => {
      const { removed, isRoundOver } = thin.step(2, excess)
      excess -= removed
      removedInRound += removed
      // A round without a find: there is nothing but first and last samples.
      const isMore = excess > 0 && !(isRoundOver && removedInRound === 0)
      if (isRoundOver) removedInRound = 0
      return isMore
    })
  }
  const emptied = (): boolean => {
    store.reserve.release()
    let removed = 0
    for (const delivered of [readers, [reader]]) {
      for (let batch = 0; batch < roomBatches; batch++) {
        const trimmed = trim(keptWhenFull, delivered)
        removed += trimmed
        if (trimmed === 0) break
      }
      if (removed > 0) return true
    }
    for (let batch = 0; removed < enoughRoom && batch < roomBatches; batch++) removed += thin.step(keepWhenFull, enoughRoom).removed
    if (removed > 0) tell('the disk is full')
    return removed > 0
  }
  const flush = onDisk(() => store.hasUnflushed && store.flush())
  const chores = [
    clock.every('flush', flushEvery, flush),
    clock.every('trim', keeps.trimEvery, tidy),
    clock.every(
      'note boot',
      noteBootEvery,
      onDisk(() => noteBoot(boots, clock)),
    ),
    clock.every('reserve', reserveEvery, store.reserve.setAside),
  ]
  return {
    flush,
    makeRoom() {
      if (clock.monotonic() < noRoomUntil) return false
      let hasRoom = false
      attempted(() => {
        hasRoom = emptied()
      }, refused)
      if (!hasRoom) noRoomUntil = clock.monotonic() + roomAgain
      return hasRoom
    },
    stop() {
      pending?.stop()
      for (const chore of chores) chore.stop()
    },
  }
}
