import { isPlausible } from '../base/clock.ts'
import { isoOf, type Moment } from '../base/moment.ts'
import type { Entry } from '../store/store.ts'
import type { Fact } from './facts.ts'
import type { LogSpan } from './transfer.ts'

/** One line of the security log (whitepaper ed. 3, A04.FR.04), which has every security event, whether the central system was told or not:
 *  JSON without its line break, `{"time":"2026-03-01T12:00:00.000Z","event":"invalidMessages","info":"..."}`. `clock` is there and says
 *  `not set` where nobody knew the time; such an event is there whatever the span. Undefined: not a security event, or not within the span.
 *  @param settled gives moments before the clock was set their time (`settledMoments`) */
export function securityLogLine({ at: noted, fact }: Entry<Fact>, settled: (at: Moment) => Moment, { oldest, latest }: LogSpan): string | undefined {
  if (fact.kind !== 'securityEvent') return undefined
  const at = settled(noted)
  const hasTime = at.trusted || isPlausible(at.epochMs)
  if (hasTime && (at.epochMs < (oldest ?? at.epochMs) || at.epochMs > (latest ?? at.epochMs))) return undefined
  return JSON.stringify({ time: isoOf(at), event: fact.event, info: fact.info, ...(hasTime ? {} : { clock: 'not set' }) })
}
