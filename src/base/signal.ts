/** A typed event of one kind. Listeners run synchronously, in the order they came. */
export interface Listenable<T> {
  /** Calls `listener` at each emission, until the returned function is called. */
  on(listener: (value: T) => void): () => void
}

export interface Signal<T> extends Listenable<T> {
  emit(value: T): void
}

export function signal<T>(): Signal<T> {
  // Wrapped, so that a function that listens twice leaves once for each.
  let listeners: readonly { readonly hear: (value: T) => void }[] = []
  return {
    on(hear) {
      const listener = { hear }
      listeners = listeners.concat(listener)
      return () => {
        listeners = listeners.filter((each) => each !== listener)
      }
    },
    emit(value) {
      for (const { hear } of listeners) hear(value)
    },
  }
}
