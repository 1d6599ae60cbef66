import type { Clock, Timer } from '../../src/base/clock.ts'
import type { Millis } from '../../src/base/units.ts'

/** A pause that can be cut short. One at a time. */
export interface Waiter {
  /** Resolves after `ms`, or as soon as `wake` is called. */
  wait(ms: Millis): Promise<void>
  wake(): void
}

export function waiter(clock: Clock, name: string): Waiter {
  let timer: Timer | undefined
  let goOn: (() => void) | undefined
  const wake = () => {
    timer?.stop()
    goOn?.()
    goOn = undefined
  }
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        goOn = resolve
        timer = clock.after(name, ms, wake)
      }),
    wake,
  }
}
