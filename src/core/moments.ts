import { type Clock, isPlausible, toleranceMs } from '../base/clock.ts'
import type { Moment } from '../base/moment.ts'
import type { Millis } from '../base/units.ts'
import type { Documents, Ledger, Store } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import { type BootSpan, layOut } from './boots.ts'

export interface BootDocuments {
  /** By boot: the wall time of its monotonic zero, ms since 1970. */
  readonly origins: Documents<number>
  /** By boot: how long it is known to have lasted, ms; its last fact may be older. */
  readonly lengths: Documents<Millis>
}

export function bootDocuments(store: Store): BootDocuments {
  return { origins: store.documents<number>('clock-origins'), lengths: store.documents<Millis>('boot-lengths') }
}

/** To be called now and then: how long a boot lasted that never learns the time is all that places it before the next. */
export function noteBoot({ lengths }: BootDocuments, clock: Clock): void {
  const { boot, bootMs, trusted } = clock.now()
  if (!trusted) lengths.put(boot, Math.round(bootMs), 'grouped')
}

/** Gives moments that were noted before the wall clock was known a time (reference rule 16): the one that their boot learnt later, or an
 *  estimate where it never did (`layOut`). None of 1970 comes out of it, whatever the central system says of the time.
 *  The origin of a boot is kept once it was asked for: a message that is sent again carries the same time. */
export function settledMoments({ origins, lengths }: BootDocuments, ledger: Pick<Ledger<never>, 'boots'>, clock: Clock): (at: Moment) => Moment {
  /** What a disk that is full would not keep, and a guess at the boot that still runs: it may learn the time yet. */
  const unkept = new Map<string, number>()
  const keep = (boot: string, origin: number) => {
    const now = clock.now()
    const isGuess = boot === now.boot && !now.trusted
    const isKept =
      !isGuess &&
      attempted(
        () => origins.put(boot, origin),
        () => undefined,
      )
    if (!isKept) unkept.set(boot, origin)
  }
  const storedOf = (boot: string) => origins.get(boot) ?? unkept.get(boot)
  /** What is known of each boot, this one as it is now. */
  const spans = (): readonly BootSpan[] => {
    const { boot, bootMs, epochMs, trusted } = clock.now()
    const here: BootSpan = { boot, lastMs: bootMs, originMs: isPlausible(epochMs) ? epochMs - bootMs : undefined, isSure: trusted }
    const before = ledger.boots().filter((each) => each.boot !== boot)
    return [
      ...before.map((each): BootSpan => {
        const span = { boot: each.boot, lastMs: Math.max(each.lastMs, lengths.get(each.boot) ?? 0) }
        const stored = storedOf(each.boot)
        if (stored !== undefined) return { ...span, originMs: stored, isSure: true }
        const believed = each.trustedOriginMs ?? each.believedOriginMs
        const isUsable = believed !== undefined && isPlausible(believed)
        return { ...span, originMs: isUsable ? believed : undefined, isSure: isUsable && each.trustedOriginMs !== undefined }
      }),
      here,
    ]
  }
  const originOf = (boot: string): number => {
    const stored = storedOf(boot)
    if (stored !== undefined) return stored
    const now = clock.now()
    const laid = now.boot === boot && now.trusted ? new Map([[boot, Math.round(now.epochMs - now.bootMs)]]) : layOut(spans())
    const origin = laid.get(boot) ?? Math.round(now.epochMs - now.bootMs)
    // Boots before it and after it go by the same picture, however often the clock is corrected until they are asked for.
    for (const [each, at] of laid) if (storedOf(each) === undefined) keep(each, at)
    return origin
  }
  return (at) => {
    if (at.trusted && isPlausible(at.epochMs)) return at
    const epochMs = Math.round(originOf(at.boot) + at.bootMs)
    const now = clock.now()
    // Where the two differ by little, or the count has slept with a desk computer, what was noted is the better one, unless it lies
    // ahead: a clock that nobody has set stands behind as a rule.
    const isAhead = now.trusted && at.epochMs > now.epochMs + toleranceMs
    return epochMs - at.epochMs > toleranceMs || isAhead || !isPlausible(at.epochMs) ? { ...at, epochMs, trusted: true } : at
  }
}
