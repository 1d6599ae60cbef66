import type { Clock } from '../../src/base/clock.ts'
import { type Millis, seconds } from '../../src/base/units.ts'
import type { SimulatedClock } from '../desk/passing.ts'

/** Simulated time that flows as fast as the real one, or so many times as fast as the real one, until it is stopped. */
export interface TimeFlow {
  /** Time that the stations have lost because the computer could not follow, ms of theirs. */
  readonly lost: Millis
  /** Resolves when the step under way is done. */
  stop(): Promise<void>
}

/** How often time moves, ms of real time. */
const step: Millis = 10
/** More than this behind (ms of real time), and the time flows slower instead: a jump would be worse. */
const mostBehind: Millis = 500
/** One step of the stations' time at most, so that the network has its turn. */
const longestStep = seconds(2)

export function flow(stepped: SimulatedClock, real: Clock, speed: number): TimeFlow {
  let lost: Millis = 0
  let isOver = false
  let last = real.monotonic()
  const run = async () => {
    let owed: Millis = 0
    while (!isOver) {
      const now = real.monotonic()
      owed += (now - last) * speed
      last = now
      const tooMuch = owed - mostBehind * speed
      if (tooMuch > 0) {
        lost += tooMuch
        owed -= tooMuch
      }
      const part = Math.min(owed, longestStep)
      owed -= part
      await stepped.advance(part)
      if (owed < longestStep) await new Promise<void>((resolve) => real.after('time flows', step, resolve))
    }
  }
  const ended = run()
  return {
    get lost() {
      return lost
    },
    stop() {
      isOver = true
      return ended
    },
  }
}
