import { numbered } from './numbered.ts'
import type { Ev, Pattern } from './pattern.ts'
import { between, drawn } from './seeded.ts'

/** Milliseconds since the last midnight, by whatever calendar the pattern goes. */
export type TimeOfDay = (epochMs: number) => number

/** That of the computer. */
export const localTimeOfDay: TimeOfDay = (epochMs) => {
  const at = new Date(epochMs)
  return ((at.getHours() * 60 + at.getMinutes()) * 60 + at.getSeconds()) * 1_000 + at.getMilliseconds()
}

const hour = 3_600_000
const day = 24 * hour

/** When the next car comes to an outlet, ms since 1970: a Poisson process whose rate changes with the hour; undefined where nobody comes.
 *  In a steady pattern at once. */
export function nextArrival({ arrivals }: Pattern, afterMs: number, chance: () => number, timeOfDay: TimeOfDay): number | undefined {
  if (arrivals.steady) return afterMs
  const weights = arrivals.byHour ?? new Array<number>(24).fill(1)
  const sum = weights.reduce((all, each) => all + each, 0)
  // So many in each hour, at most.
  const most = ((arrivals.perDay ?? 0) * Math.max(...weights)) / sum
  if (most === 0) return undefined
  // Thinning: as many as in the busiest hour, of which each hour keeps its share.
  for (let at = afterMs; ; ) {
    at += (-Math.log(1 - chance()) / most) * hour
    const weight = weights[Math.min(23, Math.floor(timeOfDay(at) / hour))] ?? 0
    if (chance() * Math.max(...weights) < weight) return at
  }
}

/** A car, its driver and what they want. */
export interface Visit {
  readonly ev: Ev
  /** 0 to 1. */
  readonly charge: number
  /** Enough after so much; undefined: a full battery. */
  readonly wantsWh: number | undefined
  readonly card: string
  /** Nobody should know this card. */
  readonly isUnknown: boolean
  /** Undefined: it never leaves. */
  readonly leavesMs: number | undefined
}

/** Who comes at a moment. */
export function visitAt({ evs, cards = {}, stay = {} }: Pattern, atMs: number, chance: () => number, timeOfDay: TimeOfDay): Visit {
  const ev = drawn(chance, evs)
  const isUnknown = chance() < (cards.unknownShare ?? 0)
  const number = Math.floor(chance() * (cards.list?.length ?? cards.count ?? 1_000))
  const known = cards.list?.[number] ?? numbered(cards.template ?? 'FLEET-{n}', 'cards', false)(number + 1)
  return {
    ev,
    charge: between(chance, ev.arrivesWith ?? [20, 60]) / 100,
    wantsWh: ev.wantsKwh === undefined ? undefined : between(chance, ev.wantsKwh) * 1_000,
    card: isUnknown ? `UNKNOWN-${number + 1}`.slice(0, 20) : known.slice(0, 20),
    isUnknown,
    leavesMs:
      stay.until === undefined
        ? stay.minutes === undefined
          ? undefined
          : atMs + between(chance, stay.minutes) * 60_000
        : untilAfter(stay.until, atMs, chance, timeOfDay),
  }
}

/** The next such time of the day that is at least a minute away. */
function untilAfter([least = '00:00', most = '00:00']: readonly string[], atMs: number, chance: () => number, timeOfDay: TimeOfDay): number {
  const [from, to] = [millisOf(least), millisOf(most)]
  const at = (from + chance() * ((to - from + day) % day)) % day
  const rest = (at - timeOfDay(atMs) + day) % day
  return atMs + (rest < 60_000 ? rest + day : rest)
}

function millisOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return (hours * 60 + minutes) * 60_000
}
