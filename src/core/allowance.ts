import type { Clock } from '../base/clock.ts'
import type { Millis } from '../base/units.ts'

/** What somebody outside may make this station do: so often at once, then once in a while. */
export interface Allowance {
  /** There is something left of it. */
  readonly isLeft: boolean
  spend(): void
}

/** @param most at once @param oneMoreEach until there is one more, ms */
export function allowance(clock: Clock, most: number, oneMoreEach: Millis): Allowance {
  /** Saved up: each costs `oneMoreEach`. */
  let credit = most * oneMoreEach
  let reckonedAt = clock.monotonic()
  const reckoned = (): Millis => {
    const now = clock.monotonic()
    credit = Math.min(most * oneMoreEach, credit + now - reckonedAt)
    reckonedAt = now
    return credit
  }
  return {
    get isLeft() {
      return reckoned() >= oneMoreEach
    },
    spend() {
      credit = Math.max(0, reckoned() - oneMoreEach)
    },
  }
}
