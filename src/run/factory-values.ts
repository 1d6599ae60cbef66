import type { Store } from '../store/store.ts'

/** Among the factory values: they are due once more, though the store is not new. */
const mark = 'reset'

/** The station is new, or was reset: the factory values of the station file count. */
export function takesFactoryValues(store: Store): boolean {
  return store.isNew || store.documents('factory').get(mark) !== undefined
}

/** They were taken. */
export function tookFactoryValues(store: Store): void {
  store.documents('factory').delete(mark)
}

/** At the next start. */
export function dueOnceMore(store: Store): void {
  store.documents('factory').put(mark, {})
}
