import { type Clock, systemClock } from '../../src/base/clock.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import type { Millis } from '../../src/base/units.ts'

export type { SimulatedClock } from '../../src/base/simulated-clock.ts'

/** A clock that stands still until somebody steps it, shared by stations and a central system in one process. `advance` may be asked
 *  for by several at once: one after the other steps it.
 *  @param epochMs the wall time at which it begins, ms since 1970; 2026-03-01T08:00:00Z when left out */
export function steppedClock(epochMs?: number): SimulatedClock {
  const inner = simulatedClock(epochMs === undefined ? {} : { epochMs })
  let last: Promise<void> = Promise.resolve()
  return {
    ...inner,
    advance(by) {
      last = last.then(() => inner.advance(by))
      return last
    },
  }
}

/** How time passes for whoever plays with a station: real time is waited for, simulated time is stepped until something is so. */
export interface Passing {
  readonly clock: Clock
  readonly isSimulated: boolean
  pass(time: Millis): Promise<void>
  /** Lets time pass until something is so, at most `limit`. Resolves to whether it is. */
  until(isSo: () => boolean, limit: Millis): Promise<boolean>
  /** Lets time pass until a promise is settled, and resolves and rejects as it does. @throws Error when it is not after `limit`; as long
   *  as it takes when that is left out */
  during<T>(work: Promise<T>, limit?: Millis): Promise<T>
}

/** How closely something is looked for, ms. Simulated time: the guard's tick, nothing happens in between. */
const look = { real: 10, simulated: 20 } as const

/** @param stepped the simulated time; the machine's when left out */
export function passing(stepped?: SimulatedClock): Passing {
  const clock = stepped ?? systemClock()
  const pass = (time: Millis) => (stepped === undefined ? new Promise<void>((resolve) => clock.after('time passes', time, resolve)) : stepped.advance(time))
  const piece = stepped === undefined ? look.real : look.simulated
  const until: Passing['until'] = async (isSo, limit) => {
    await stepped?.settle()
    const end = clock.monotonic() + limit
    while (!isSo() && clock.monotonic() < end) await pass(Math.min(piece, end - clock.monotonic()))
    return isSo()
  }
  return {
    clock,
    isSimulated: stepped !== undefined,
    pass,
    until,
    async during(work, limit = Number.POSITIVE_INFINITY) {
      let isOver = false
      const over = () => {
        isOver = true
      }
      work.then(over, over)
      if (!(await until(() => isOver, limit))) throw new Error(`no answer within ${limit / 1_000} s`)
      return await work
    },
  }
}

/** Lets time pass until a condition of a script holds. @throws Error with the condition when it does not within `limit` */
export async function cameAbout({ until }: Passing, condition: () => boolean, limit: Millis): Promise<void> {
  if (!(await until(condition, limit))) throw new Error(`it did not come about within ${limit} ms: ${condition}`)
}
