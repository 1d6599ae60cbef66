import type { Clock, Timer } from '../../../src/base/clock.ts'

/** A clock that knows which timers are still to come, by name. */
export function watchedClock<Inner extends Clock>(clock: Inner): { readonly clock: Inner; left(): readonly string[] } {
  const left = new Map<symbol, string>()
  const watch = (name: string, start: (gone: () => void) => Timer): Timer => {
    const key = Symbol(name)
    left.set(key, name)
    const gone = () => void left.delete(key)
    const timer = start(gone)
    return {
      stop() {
        gone()
        timer.stop()
      },
    }
  }
  const after: Clock['after'] = (name, delay, run) =>
    watch(name, (gone) =>
      clock.after(name, delay, () => {
        gone()
        run()
      }),
    )
  const every: Clock['every'] = (name, period, run) => watch(name, () => clock.every(name, period, run))
  return { clock: { ...clock, after, every }, left: () => [...left.values()] }
}
