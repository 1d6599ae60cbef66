import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Amps, type Millis, seconds } from '../base/units.ts'
import type { Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'

/** Names of the two limits, as `heldBy` shows them. */
export const localLimit = 'local'
export const disabledLimit = 'disabled'

/** So many changes are written at once, and after them one in such a time: flash wears, and an automation may set another limit every few
 *  seconds for years. */
const writesAtOnce = 5
const keptEvery: Millis = seconds(60)

/** The longest that a limit with an end may last, s: a week. */
export const longestLimitS = 604_800

/** What a person at the charger decided about one EVSE, as it is kept. */
interface LocalWish {
  /** A per phase. */
  readonly amps?: Amps
  readonly isDisabled?: true
}

/** The owner's own limit and switch. Both are limits among the others and can only take away. What has no end survives a restart;
 *  of changes that never rest, the one of the last minute. */
export interface LocalControl {
  /** A per phase, 0 to 80; below 6 A charging pauses; undefined lifts it. At a DC outlet the amps are those of its supply.
   *  @param lasts lifted by itself after so long; then a restart lifts it too */
  limit(evse: number | 'all', amps: Amps | undefined, lasts?: Millis): void
  limitOf(evse: number): Amps | undefined
  /** False: charging pauses, and a transaction goes on without energy. */
  enable(evse: number | 'all', isEnabled: boolean): void
  isEnabled(evse: number): boolean
  close(): void
}

export function localControl(parts: {
  readonly store: Store
  readonly evses: readonly number[]
  readonly apply: (evse: number, name: string, amps: Amps | undefined) => void
  readonly clock: Clock
  readonly log: Log
}): LocalControl {
  const { evses, apply, clock, log, store } = parts
  const kept = store.documents<LocalWish>('local-control')
  const limits = new Map<number, Amps>()
  const disabled = new Set<number>()
  const ends = new Map<number, Timer>()
  let writesLeft = writesAtOnce
  let resting: Timer | undefined
  const each = (evse: number | 'all') => (evse === 'all' ? evses : evses.filter((one) => one === evse))
  const wishOf = (evse: number): LocalWish => {
    const amps = ends.has(evse) ? undefined : limits.get(evse)
    return { ...(amps === undefined ? {} : { amps }), ...(disabled.has(evse) ? { isDisabled: true } : {}) }
  }
  const isKept = (evse: number) => {
    const [before, wish] = [kept.get(String(evse)), wishOf(evse)]
    return before?.amps === wish.amps && before?.isDisabled === wish.isDisabled
  }
  const write = (evse: number) => {
    const wish = wishOf(evse)
    if (Object.keys(wish).length === 0) kept.delete(String(evse))
    else kept.put(String(evse), wish)
  }
  const keep = () =>
    attempted(
      () => {
        const changed = evses.filter((evse) => !isKept(evse))
        if (changed.length === 0 || writesLeft === 0) return
        writesLeft--
        rest()
        store.atomically(() => changed.forEach(write))
      },
      (error) => log.error({ error: error.message }, 'the local limits hold, but would not survive a restart'),
    )
  const rest = () => {
    resting ??= clock.after('local limits are kept', keptEvery, () => {
      resting = undefined
      writesLeft++
      keep()
      if (writesLeft < writesAtOnce) rest()
    })
  }
  const set = (evse: number, amps: Amps | undefined, lasts: Millis | undefined) => {
    ends.get(evse)?.stop()
    ends.delete(evse)
    if (amps === undefined) limits.delete(evse)
    else limits.set(evse, amps)
    if (amps !== undefined && lasts !== undefined) {
      ends.set(
        evse,
        clock.after(`local limit ${evse}`, lasts, () => {
          log.info({ evse, amps }, 'the local limit has run out')
          set(evse, undefined, undefined)
        }),
      )
    }
    apply(evse, localLimit, amps)
  }
  const enable = (evse: number, isEnabled: boolean) => {
    if (isEnabled) disabled.delete(evse)
    else disabled.add(evse)
    apply(evse, disabledLimit, isEnabled ? undefined : 0)
  }
  for (const evse of evses) {
    const { amps, isDisabled } = kept.get(String(evse)) ?? {}
    if (amps !== undefined) limits.set(evse, amps)
    if (amps !== undefined) apply(evse, localLimit, amps)
    if (isDisabled === true) enable(evse, false)
  }
  return {
    limit(evse, amps, lasts) {
      for (const one of each(evse)) set(one, amps, lasts)
      keep()
    },
    limitOf: (evse) => limits.get(evse),
    enable(evse, isEnabled) {
      for (const one of each(evse)) enable(one, isEnabled)
      keep()
    },
    isEnabled: (evse) => !disabled.has(evse),
    close() {
      writesLeft = 1
      keep()
      resting?.stop()
      for (const timer of ends.values()) timer.stop()
    },
  }
}
