/** At once from memory, later from a database. */
export type Awaitable<T> = T | Promise<T>

/** Goes on when the value is there: in the same turn when it is there already, so that simulated time need not pass. */
export function whenKnown<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
