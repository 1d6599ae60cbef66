import type { Clock } from '../../src/base/clock.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { SimulatedClock } from '../desk/passing.ts'

/** Simulated time that passes so many times as fast as the real one, as far as the computer can follow. */
export interface Pace {
  /** Lets time pass until something is so, at most until a moment (epoch ms). Resolves to whether it is. */
  until(isSo: () => boolean, endMs: number): Promise<boolean>
  /** Lets time pass until a promise is settled, and resolves and rejects as it does. @throws Error when it is not within `limit` */
  during<T>(work: Promise<T>, limit: Millis): Promise<T>
  /** Nobody wants to see more: nothing passes any longer. */
  readonly isOver: boolean
}

/** How closely things are looked at: the time of one step, ms. */
const step = seconds(1)
/** A shorter rest (ms, real) is not worth a timer. */
const shortestRest = 4

export function paced(stepped: SimulatedClock, real: Clock, speed: number, ended: AbortSignal): Pace {
  const begun = { simulated: stepped.monotonic(), real: real.monotonic() }
  const until: Pace['until'] = async (isSo, endMs) => {
    while (!isSo() && !ended.aborted) {
      const rest = endMs - stepped.now().epochMs
      if (rest <= 0) break
      await stepped.advance(Math.min(step, rest))
      const ahead = (stepped.monotonic() - begun.simulated) / speed - (real.monotonic() - begun.real)
      if (ahead >= shortestRest) await new Promise<void>((resolve) => real.after('pace of the demo', ahead, resolve))
    }
    return isSo()
  }
  return {
    until,
    async during(work, limit) {
      let isDone = false
      const done = () => {
        isDone = true
      }
      work.then(done, done)
      await stepped.settle()
      if (!(await until(() => isDone, stepped.now().epochMs + limit))) throw new Error(`no answer within ${limit / 1_000} s`)
      return await work
    },
    get isOver() {
      return ended.aborted
    },
  }
}
