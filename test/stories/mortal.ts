import { type Clock, wallClock } from '../../src/base/clock.ts'
import type { SimulatedClock } from '../../src/base/simulated-clock.ts'
import type { GuardPort } from '../../src/safety/port.ts'
import type { Documents, Ledger, Store } from '../../src/store/store.ts'
import { overriding } from '../overriding.ts'

// What a program that dies in the middle of something leaves behind: promises that go on, timers that ring. None of it may touch what
// the next one finds.

/** The clock of one boot: its own zero, its own name, and the computer's idea of the wall time. */
export function bootClock(clock: SimulatedClock, boot: string, systemEpochMs: () => number): Clock {
  const zero = clock.monotonic()
  const monotonic = () => clock.monotonic() - zero
  // The difference of two floating numbers may lie a little below what was waited for. The next try must move the time at all.
  const after: Clock['after'] = (name, delay, run) => clock.after(name, Math.ceil(delay * 1_000) / 1_000, run)
  return { monotonic, ...wallClock(monotonic, systemEpochMs, boot), after, every: clock.every }
}

/** The timers of a program that is dead never ring. */
export function mortalClock(clock: Clock, isAlive: () => boolean): Clock {
  const whileAlive = (run: () => void) => () => void (isAlive() && run())
  return {
    ...clock,
    after: (name, delay, run) => clock.after(name, delay, whileAlive(run)),
    every: (name, period, run) => clock.every(name, period, whileAlive(run)),
  }
}

/** A dead program asks nothing of the guard. */
export function mortalPort(guard: GuardPort, isAlive: () => boolean): GuardPort {
  const whileAlive =
    <A extends readonly unknown[]>(act: (...given: A) => void) =>
    (...given: A) =>
      void (isAlive() && act(...given))
  return {
    ...guard,
    offer: whileAlive(guard.offer),
    withdraw: whileAlive(guard.withdraw),
    adopt: whileAlive(guard.adopt),
    clear: whileAlive(guard.clear),
    show: whileAlive(guard.show),
    unlock: (evse) => (isAlive() ? guard.unlock(evse) : Promise.resolve('failed')),
  }
}

/** The same store, opened by the next program: it is not new. */
export const openedAgain = (store: Store): Store => overriding(store, { isNew: false })

/** A dead program writes nothing. */
export function mortalStore(store: Store, isAlive: () => boolean, isNew: boolean): Store {
  const mortalLedger = <Fact extends { readonly kind: string }>(): Ledger<Fact> => {
    const ledger = store.ledger<Fact>()
    const overrides: Partial<Ledger<Fact>> = {
      append: (at, fact, options) => (isAlive() ? ledger.append(at, fact, options) : { sequence: 0, at, subject: options.subject, fact }),
      remove: (sequences) => (isAlive() ? ledger.remove(sequences) : 0),
      moveTo: (...given) => void (isAlive() && ledger.moveTo(...given)),
      giveUp: (...given) => void (isAlive() && ledger.giveUp(...given)),
    }
    return overriding(ledger, overrides)
  }
  const documents = <Value>(kind: string): Documents<Value> => {
    const inner = store.documents<Value>(kind)
    return overriding(inner, {
      put: (...given) => void (isAlive() && inner.put(...given)),
      delete: (key) => void (isAlive() && inner.delete(key)),
      clear: () => void (isAlive() && inner.clear()),
    })
  }
  return overriding(store, {
    ledger: mortalLedger,
    documents,
    atomically: (run, durability) => (isAlive() ? store.atomically(run, durability) : run()),
    trim: (options) => (isAlive() ? store.trim(options) : 0),
    flush: () => void (isAlive() && store.flush()),
    close: () => undefined,
    isNew,
  })
}
