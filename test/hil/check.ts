import { writeSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type Clock, systemClock } from '../../src/base/clock.ts'
import { wordsOf } from '../../src/base/errors.ts'
import type { Millis } from '../../src/base/units.ts'

/** What runs in the machine and can fail. vitest stays outside: it would take most of the machine to start. */
export interface Check {
  readonly name: string
  /** A string is figures worth printing. @throws when it does not hold */
  run(): Promise<unknown>
  /** ms; 60 s when left out. */
  readonly withinMs?: Millis
}

export const say = (words: string): void => void writeSync(1, `${words}\n`)

/** Runs them in order, prints a line for each, and tells how many held. */
export async function runChecks(title: string, checks: readonly Check[]): Promise<{ passed: number; failed: number }> {
  const clock = systemClock()
  const counted = { passed: 0, failed: 0 }
  say(`\n${title}`)
  for (const { name, run, withinMs = 60_000 } of checks) {
    const began = clock.monotonic()
    const tooLong = Promise.withResolvers<never>()
    const limit = clock.after('check', withinMs, () => tooLong.reject(new Error(`not within ${withinMs / 1000} s`)))
    try {
      const said = await Promise.race([run(), tooLong.promise])
      counted.passed++
      say(`  ok      ${name} (${Math.round(clock.monotonic() - began)} ms)${typeof said === 'string' ? `: ${said}` : ''}`)
    } catch (error) {
      counted.failed++
      say(`  FAILED  ${name}: ${error instanceof Error ? (error.stack ?? error.message) : wordsOf(error)}`)
    } finally {
      limit.stop()
    }
  }
  return counted
}

/** @throws Error that shows both */
export function equal<T>(is: T, should: T, what = 'value'): void {
  if (!isDeepStrictEqual(is, should)) throw new Error(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`)
}

export function near(is: number, should: number, tolerance: number, what: string): void {
  if (!(Math.abs(is - should) <= tolerance)) throw new Error(`${what} is ${is}, not ${should} +- ${tolerance}`)
}

export function refuses(run: () => unknown, words: RegExp): void {
  try {
    run()
  } catch (error) {
    if (words.test(wordsOf(error))) return
    throw new Error(`refused with ${wordsOf(error)}, not ${words}`)
  }
  throw new Error(`was not refused (${words})`)
}

export const pause = (clock: Clock, length: Millis): Promise<void> => new Promise((resolve) => clock.after('pause', length, resolve))

/** Looks every 10 ms. What happens in the machine is told by nobody: it has to be looked at. */
export async function until<T>(clock: Clock, what: string, look: () => T | Promise<T>, isSo: (seen: T) => boolean, withinMs: Millis = 10_000): Promise<T> {
  const end = clock.monotonic() + withinMs
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    if (clock.monotonic() > end) throw new Error(`${what}: not within ${withinMs / 1000} s; ${JSON.stringify(seen)?.slice(0, 400)}`)
    await pause(clock, 10)
  }
}

/** `min 1.0 median 2.0 max 3.0 ms`. */
export function spread(times: readonly Millis[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)
  return `${sorted.length} times, min ${at(0)} median ${at(0.5)} p95 ${at(0.95)} max ${at(1)} ms`
}
