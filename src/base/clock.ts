import { readFileSync } from 'node:fs'
import type { Moment } from './moment.ts'
import type { Millis } from './units.ts'

/** A timer that was started; `stop` is harmless after it fired. */
export interface Timer {
  stop(): void
}

/** The only source of time in the house. Composition roots hand it in; tests hand in a simulated one. */
export interface Clock {
  /** Milliseconds since boot, monotonic: for durations, leases and deadlines. */
  monotonic(): Millis
  /** The present moment, wall time included. */
  now(): Moment
  /** Runs once after `delay` (ms, at least 0). The name appears in diagnostics. */
  after(name: string, delay: Millis, run: () => void): Timer
  /** Runs each `period` (ms, at least 1) until stopped; the first time after one period. */
  every(name: string, period: Millis, run: () => void): Timer
  /** Tells the clock the true wall time, in ms since 1970 (BootNotification.conf, Heartbeat.conf).
   *  Steps `now()`, never `monotonic()`. Returns false, and changes nothing, when the time is not plausible. */
  synchronise(epochMs: number): boolean
  /** Shifts the wall clock for test benches; adds up. `monotonic()` is untouched. */
  shift(by: Millis): void
}

/** No charger that runs this program lives before this moment: an earlier clock was never set. */
export const plausibleSinceMs = Date.UTC(2025, 0, 1)
/** 2100-01-01: a later time is a mistake of the other side. */
export const plausibleUntilMs = Date.UTC(2100, 0, 1)

/** A wall clock difference below this is network delay, not an error. */
export const toleranceMs = 1_000
/** setTimeout counts in 32 bits; longer waits are made of pieces. */
const longestWaitMs = 2_000_000_000

export function isPlausible(epochMs: number): boolean {
  return epochMs >= plausibleSinceMs && epochMs < plausibleUntilMs
}

/** Wall time over a monotonic count, shared by the real and the simulated clock. */
export function wallClock(monotonic: () => Millis, systemEpochMs: () => number, boot: string): Pick<Clock, 'now' | 'synchronise' | 'shift'> {
  // Wall time at monotonic zero, once the system's own clock has proved wrong. From then on the count carries the wall time: the
  // system's clock may be set right at any moment (NTP), and a correction added to it would then be wrong by as much.
  let originMs: number | undefined
  let shiftMs = 0
  let synchronised = false
  const believed = () => (originMs === undefined ? systemEpochMs() : originMs + monotonic())
  const differs = (a: number, b: number) => Math.abs(a - b) > toleranceMs
  return {
    now: () => ({ bootMs: monotonic(), boot, epochMs: Math.round(believed() + shiftMs), trusted: synchronised }),
    synchronise(epochMs) {
      if (!isPlausible(epochMs)) return false
      if (!differs(epochMs, systemEpochMs())) originMs = undefined
      else if (differs(epochMs, believed())) originMs = epochMs - monotonic()
      synchronised = true
      return true
    },
    shift(by) {
      shiftMs += by
    },
  }
}

/** The clock of the machine: CLOCK_MONOTONIC, the system's wall clock and the kernel's boot id. */
export function systemClock(): Clock {
  const monotonic = () => Number(process.hrtime.bigint() / 1_000n) / 1_000
  const after: Clock['after'] = (_name, delay, run) => {
    let handle: NodeJS.Timeout
    const wait = (rest: Millis) => {
      handle = rest > longestWaitMs ? setTimeout(() => wait(rest - longestWaitMs), longestWaitMs) : setTimeout(run, Math.max(0, rest))
    }
    wait(delay)
    return { stop: () => clearTimeout(handle) }
  }
  return {
    monotonic,
    ...wallClock(monotonic, Date.now, bootId()),
    after,
    every(name, period, run) {
      // setInterval takes a period that it cannot count for one millisecond.
      if (period > longestWaitMs) {
        let timer: Timer
        const wait = () => {
          timer = after(name, period, () => {
            wait()
            run()
          })
        }
        wait()
        return { stop: () => timer.stop() }
      }
      const handle = setInterval(run, Math.max(1, period))
      return { stop: () => clearInterval(handle) }
    },
  }
}

/** The kernel's boot id: two processes of one boot share it. Elsewhere than on Linux each process is its own boot. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return crypto.randomUUID()
  }
}
