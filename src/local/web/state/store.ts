import type { Cancel } from '../browser-clock.ts'

/** One value and who looks at it. However often it is set, they are told once per picture. */
export interface Store<T> {
  get(): T
  set(value: T): void
  /** @returns ends it */
  subscribe(look: () => void): Cancel
}

/** @param soon runs something before the next picture, for instance `browserClock.nextFrame` */
export function createStore<T>(initial: T, soon: (run: () => void) => unknown): Store<T> {
  const lookers = new Set<() => void>()
  let value = initial
  let isTelling = false
  const tell = () => {
    isTelling = false
    for (const look of [...lookers]) look()
  }
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      if (isTelling || lookers.size === 0) return
      isTelling = true
      soon(tell)
    },
    subscribe(look) {
      lookers.add(look)
      return () => lookers.delete(look)
    },
  }
}
