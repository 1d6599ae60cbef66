import type { Clock, Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'

/** A contact that must hold before it counts, where the kernel does not do it. */
export interface Debounced {
  /** What holds. */
  readonly isActive: boolean
  /** An edge was heard: the time begins anew. */
  heard(isActive: boolean): void
  /** The contact was looked at: begins the time where an edge was missed. */
  seen(isActive: boolean): void
  stop(): void
}

/** `settled` is called with a level that is new and held for `hold` ms. With 0 every edge counts at once. It is never called by `seen`, which who
 *  reads a level may call at any time. */
export function debounced(o: { clock: Clock; name: string; hold: Millis; isActive: boolean; settled: (isActive: boolean) => void }): Debounced {
  let holds = o.isActive
  let pending: Timer | undefined
  const stop = () => {
    pending?.stop()
    pending = undefined
  }
  const settle = (isActive: boolean) => {
    pending = undefined
    holds = isActive
    o.settled(isActive)
  }
  const begin = (isActive: boolean) => {
    pending = o.clock.after(o.name, o.hold, () => settle(isActive))
  }
  return {
    get isActive() {
      return holds
    },
    heard(isActive) {
      stop()
      if (isActive === holds) return
      if (o.hold === 0) settle(isActive)
      else begin(isActive)
    },
    seen(isActive) {
      if (isActive === holds) stop()
      else if (pending === undefined) begin(isActive)
    },
    stop,
  }
}
