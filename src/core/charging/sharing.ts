import { type Millis, seconds } from '../../base/units.ts'

/** What one running transaction may want of a maximum that several share. Sizes in what its outlet goes by: A per phase, or W. */
export interface Claim {
  readonly evse: number
  /** Earlier ones come first; monotonic ms. */
  readonly since: number
  /** The most that it can use: its own limits, its cable, its board. */
  readonly most: number
  /** Less than this is a pause. */
  readonly least: number
  /** What ends a pause (safety rule 12: more than `least`, lest it flap). */
  readonly resumesAt: number
  /** What one A or W of it takes of the maximum. */
  readonly price: number
  /** The car is full, or does not want any now: it is kept what wakes it as long as nobody else needs that. */
  readonly isIdle: boolean
  /** The car is shown an offer now. Not so in a pause: what it is given may be too little to end it, or it may not have lasted long enough. */
  readonly isOffered: boolean
  /** It was in this session: it has to come out of a pause. */
  readonly wasOffered: boolean
}

/** What is granted now, and the moment (monotonic ms) at which a postponed increase may follow. */
export interface Shares {
  readonly granted: ReadonlyMap<number, number>
  readonly until: Millis
}

/** Keeps the sum of all running transactions within one maximum, at every moment and for cars that take their time. */
export interface Sharing {
  /** @param budget in A per phase or W, as the prices count
   *  @param price of every outlet: one whose transaction has just ended may still draw */
  share(budget: number, claims: readonly Claim[], price: (evse: number) => number, now: Millis): Shares
}

/** A car follows a reduction within 5 s (safety rule 12), and a normal stop opens the contacts within 6 s (rule 5); what is on the way to the
 *  guard takes its second. Until then nobody else is given what is taken away here. */
const followedAfter = seconds(7)

/** @param offered what each outlet offers already when the maximum comes into force */
export function sharing(offered: ReadonlyMap<number, number>): Sharing {
  const granted = new Map(offered)
  let held: readonly { readonly evse: number; readonly size: number; readonly until: Millis }[] = []
  const drawable = (evse: number) => held.reduce((most, each) => (each.evse === evse ? Math.max(most, each.size) : most), granted.get(evse) ?? 0)

  return {
    share(budget, claims, price, now) {
      held = held.filter(({ until }) => until > now)
      const isPaused = ({ evse, isOffered, wasOffered }: Claim) => wasOffered && (!isOffered || (granted.get(evse) ?? 0) === 0)
      const targets = sharesOf(
        budget,
        claims.map((each) => (isPaused(each) ? { ...each, least: Math.max(each.least, each.resumesAt) } : each)),
      )
      for (const [evse, size] of granted) {
        const target = targets.get(evse) ?? 0
        if (target >= size) continue
        held = [...held, { evse, size, until: now + followedAfter }]
        granted.set(evse, target)
      }
      const known = new Set([...granted.keys(), ...held.map(({ evse }) => evse)])
      let isWaiting = false
      for (const { evse, price: mine } of ranked(claims)) {
        const target = targets.get(evse) ?? 0
        if (target <= (granted.get(evse) ?? 0)) continue
        let together = target * mine
        for (const other of known) if (other !== evse) together += drawable(other) * price(other)
        if (together > budget + 1e-6) isWaiting = true
        else granted.set(evse, target)
        known.add(evse)
      }
      return { granted, until: isWaiting ? Math.min(...held.map(({ until }) => until)) : Number.POSITIVE_INFINITY }
    },
  }
}

/** Who comes first: cars that want energy, then the earliest. */
const ranked = (claims: readonly Claim[]) => claims.toSorted((a, b) => Number(a.isIdle) - Number(b.isIdle) || a.since - b.since || a.evse - b.evse)

/** Equal shares; what one cannot use goes to the others. Nobody gets less than its least: where that does not suffice for all, the first keep
 *  theirs and the others get nothing. In A per phase, or W, rounded down to tenths. */
export function sharesOf(budget: number, claims: readonly Claim[]): ReadonlyMap<number, number> {
  let rest = budget
  const admitted: Claim[] = []
  for (const claim of ranked(claims)) {
    if (claim.most < claim.least || claim.least * claim.price > rest + 1e-6) continue
    rest -= claim.least * claim.price
    admitted.push(claim)
  }
  const bounds = admitted.map(({ least, most, price, isIdle }) => ({ low: least * price, high: (isIdle ? least : most) * price }))
  const level = levelOf(budget, bounds)
  return new Map(
    admitted.map(({ evse, price }, at) => {
      const { low, high } = bounds[at] ?? { low: 0, high: 0 }
      return [evse, Math.floor((Math.min(high, Math.max(low, level)) / price) * 10 + 1e-6) / 10]
    }),
  )
}

/** Where water stands that fills all vessels alike, each from its low to its high, until the budget is used up. */
function levelOf(budget: number, bounds: readonly { readonly low: number; readonly high: number }[]): number {
  const filledTo = (level: number) => bounds.reduce((sum, { low, high }) => sum + Math.min(high, Math.max(low, level)), 0)
  const marks = bounds.flatMap(({ low, high }) => [low, high]).toSorted((a, b) => a - b)
  let below = 0
  for (const mark of marks) {
    const over = filledTo(mark) - budget
    if (over > 0) {
      const slope = (filledTo(mark) - filledTo(below)) / (mark - below)
      return slope > 0 ? mark - over / slope : below
    }
    below = mark
  }
  return below
}
