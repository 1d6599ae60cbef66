import type { Clock } from '../base/clock.ts'
import { forgetOldest } from '../base/forget-oldest.ts'
import type { Millis } from '../base/units.ts'

/** How many requests an address may make. */
export interface RequestRate {
  /** Requests per second in the long run. */
  readonly perSecond: number
  /** Requests at once. */
  readonly burst: number
}

export const usualRate: RequestRate = { perSecond: 100, burst: 300 }

const mostAddresses = 1_000

/** A token bucket per address. @returns how long this request comes too early, ms; 0: it may pass */
export function rateLimit(clock: Clock, { perSecond, burst }: RequestRate = usualRate): (address: string) => Millis {
  const buckets = new Map<string, { readonly tokens: number; readonly at: Millis }>()
  return (address) => {
    const now = clock.monotonic()
    const before = buckets.get(address)
    const tokens = before === undefined ? burst : Math.min(burst, before.tokens + ((now - before.at) / 1_000) * perSecond)
    buckets.delete(address)
    buckets.set(address, { tokens: tokens < 1 ? tokens : tokens - 1, at: now })
    forgetOldest(buckets, mostAddresses)
    return tokens < 1 ? ((1 - tokens) / perSecond) * 1_000 : 0
  }
}
