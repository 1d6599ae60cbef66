/** Things that happen, kept in order, for whoever waits for one of them. */
export interface Watched<T> {
  readonly all: readonly T[]
  add(item: T): void
  /** The first item from `from` on that fits, now or when it comes. */
  next(fits: (item: T) => boolean, from?: number): Promise<T>
  /** Resolves as soon as `done` is true, looked at whenever something is added. */
  until(done: () => boolean): Promise<void>
}

export function watched<T>(): Watched<T> {
  const all: T[] = []
  let waiting: (() => boolean)[] = []
  const until = (done: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!done()) return false
        resolve()
        return true
      }
      if (!look()) waiting.push(look)
    })
  return {
    all,
    add(item) {
      all.push(item)
      waiting = waiting.filter((look) => !look())
    },
    async next(fits, from = 0) {
      await until(() => all.slice(from).some(fits))
      return all.slice(from).find(fits) as T
    },
    until,
  }
}
