import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Amps, Millis } from '../base/units.ts'
import type { Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'

/** Names of the two limits, as `heldBy` shows them. */
export const localLimit = 'local'
export const disabledLimit = 'disabled'

/** What a person at the charger decided about one EVSE, as it is kept. */
interface LocalWish {
  /** A per phase. */
  readonly amps?: Amps
  readonly isDisabled?: true
}

/** The owner's own limit and switch. Both are limits among the others and can only take away. What has no end survives a restart. */
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
  const { evses, apply, clock, log } = parts
  const kept = parts.store.documents<LocalWish>('local-control')
  const limits = new Map<number, Amps>()
  const disabled = new Set<number>()
  const ends = new Map<number, Timer>()
  const each = (evse: number | 'all') => (evse === 'all' ? evses : evses.filter((one) => one === evse))
  const keep = (evse: number) => {
    const amps = ends.has(evse) ? undefined : limits.get(evse)
    const wish: LocalWish = { ...(amps === undefined ? {} : { amps }), ...(disabled.has(evse) ? { isDisabled: true } : {}) }
    attempted(
      () => (Object.keys(wish).length === 0 ? kept.delete(String(evse)) : kept.put(String(evse), wish)),
      (error) => log.error({ evse, error: error.message }, 'the local limit holds, but would not survive a restart'),
    )
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
    keep(evse)
  }
  const enable = (evse: number, isEnabled: boolean) => {
    if (isEnabled) disabled.delete(evse)
    else disabled.add(evse)
    apply(evse, disabledLimit, isEnabled ? undefined : 0)
    keep(evse)
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
    },
    limitOf: (evse) => limits.get(evse),
    enable(evse, isEnabled) {
      for (const one of each(evse)) enable(one, isEnabled)
    },
    isEnabled: (evse) => !disabled.has(evse),
    close() {
      for (const timer of ends.values()) timer.stop()
    },
  }
}
