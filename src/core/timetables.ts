import { type Clock, isPlausible, type Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { hours, type Millis, minutes } from '../base/units.ts'

const day = hours(24)
/** A boundary that is noticed later than this was stepped over, ms. */
const mostLate: Millis = 2_000
/** The wall clock may step while waiting: it is looked at again so often. */
const lookAgain = minutes(1)
/** Boundaries that are remembered: those of ten days at 900 s each. */
const remembered = 1_000

/** A period that can be changed while it runs. */
export function timetable(clock: Clock, name: string) {
  let timer: Timer | undefined
  return {
    set(period: Millis | undefined, run: () => void) {
      timer?.stop()
      timer = period === undefined ? undefined : clock.every(name, period, run)
    },
  }
}

/** The day's last interval may be short: the count starts anew at midnight UTC. */
function boundaryAfter(epochMs: number, interval: Millis): number {
  const sinceMidnight = epochMs % day
  return epochMs - sinceMidnight + Math.min((Math.floor(sinceMidnight / interval) + 1) * interval, day)
}

/** Multiples of the interval since midnight UTC (reference rule 37): each run is given its exact boundary, and each boundary comes once,
 *  also when the clock is set back over it. One that passes while the wall clock is unknown, or that the clock is set forward over, is
 *  left out, and the log says so. */
export function alignedTimetable(clock: Clock, log: Log, name: string, run: (at: Moment) => void) {
  let timer: Timer | undefined
  let isTold = false
  /** Boundaries that had their run, ms since 1970, in the order of their runs. */
  const done = new Set<number>()
  const leaveOut = (boundaryMs: number, why: string) => {
    if (!isTold) log.info({ timetable: name, boundary: new Date(boundaryMs).toISOString() }, `a clock-aligned sample is left out: ${why}`)
    isTold = true
  }
  const pass = (boundaryMs: number, then: Moment) => {
    if (!then.trusted && !isPlausible(then.epochMs)) return leaveOut(boundaryMs, 'the time is not known')
    if (then.epochMs - boundaryMs >= mostLate) return leaveOut(boundaryMs, 'the clock was set forward over it')
    if (done.has(boundaryMs)) return leaveOut(boundaryMs, 'the clock was set back, and there was one at this time')
    isTold = false
    done.add(boundaryMs)
    for (const oldest of done) {
      if (done.size <= remembered) break
      done.delete(oldest)
    }
    run({ ...then, epochMs: boundaryMs })
  }
  const arm = (interval: Millis) => {
    const now = clock.now()
    const boundaryMs = boundaryAfter(now.epochMs, interval)
    timer = clock.after(name, Math.min(boundaryMs - now.epochMs, lookAgain), () => {
      const then = clock.now()
      const waited = then.bootMs - now.bootMs
      if (then.epochMs >= boundaryMs) pass(boundaryMs, then)
      else {
        // Set back, or from 1970 forward, to just before one that has passed since.
        const passed = boundaryAfter(then.epochMs - waited, interval)
        if (passed <= then.epochMs) leaveOut(passed, 'the clock was set just before it')
      }
      arm(interval)
    })
  }
  return {
    set(interval: Millis) {
      timer?.stop()
      timer = undefined
      if (interval > 0) arm(interval)
    },
  }
}
