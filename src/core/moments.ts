import { type Clock, toleranceMs } from '../base/clock.ts'
import type { Moment } from '../base/moment.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'

/** Gives moments that were noted before the wall clock was known the time that their boot learnt later (reference rule 16).
 *  The origin of a boot is kept once it is known: a message that is sent again carries the same time.
 *  A boot that never learnt the time leaves its moments as they are.
 *  @param origins by boot: the wall time of its monotonic zero, ms since 1970 */
export function settledMoments(origins: Documents<number>, clock: Clock): (at: Moment) => Moment {
  const originOf = (boot: string): number | undefined => {
    const known = origins.get(boot)
    if (known !== undefined) return known
    const now = clock.now()
    if (!now.trusted || now.boot !== boot) return undefined
    const origin = Math.round(now.epochMs - now.bootMs)
    // On a disk that is full the time is right all the same.
    attempted(
      () => origins.put(boot, origin),
      () => undefined,
    )
    return origin
  }
  return (at) => {
    const origin = at.trusted ? undefined : originOf(at.boot)
    if (origin === undefined) return at
    const epochMs = Math.round(origin + at.bootMs)
    // A clock that nobody has set stands behind, never ahead. Where the two differ by little, or the count has slept with a desk
    // computer, what was noted is the better one.
    return epochMs - at.epochMs > toleranceMs ? { ...at, epochMs, trusted: true } : at
  }
}
