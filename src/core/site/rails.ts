import type { Amps, Millis } from '../../base/units.ts'
import { type Claim, type Sharing, sharesOf, sharing } from '../charging/sharing.ts'
import type { Flow } from './flow.ts'
import { type Overload, relief } from './relief.ts'

/** One conductor of the connection, and the outlets that hang on it. */
export interface Rail {
  readonly name: 'L1' | 'L2' | 'L3' | 'worst'
  /** What the cars may take of it together, A; never negative. */
  readonly amps: Amps
  readonly evses: readonly number[]
  /** Of the worst phase: each of the cars may be the one. */
  readonly over?: Overload
}

/** An outlet as it hangs on the connection. */
export interface Wired {
  readonly evse: number
  /** What each of its conductors carries, A. */
  readonly drawn: readonly Amps[]
  /** Of its conductors, by index: those that its car uses. */
  readonly used: readonly number[]
  /** R, S and T in the order of its conductors; undefined: nobody said. */
  readonly rotation: string | undefined
  /** Its car has been seen to load the phases unequally. */
  readonly isLopsided: boolean
}

const names = ['L1', 'L2', 'L3'] as const

/** What a fuse leaves to the cars, phase by phase: fuse - (grid - cars). Where nobody said on which phase a car is, all of them are taken to be on
 *  the phase that carries most: what that has left is all that they may take more, and what it carries too much each of them gives back. */
export function railsOf(fuseA: Amps, { amps: grid }: Pick<Flow, 'amps'>, outlets: readonly Wired[]): readonly Rail[] {
  const left = (amps: Amps) => Math.max(0, amps)
  const places = outlets.map((outlet) => placesOf(outlet, grid.length))
  if (places.some((each) => each === undefined)) {
    const drawn = new Map(outlets.map((each) => [each.evse, Math.max(...each.drawn)]))
    const together = [...drawn.values()].reduce((sum, each) => sum + each, 0)
    const over = Math.max(...grid) - fuseA
    return [{ name: 'worst', amps: left(together - over), evses: [...drawn.keys()], over: { amps: left(over), drawn } }]
  }
  return grid.map((amps, phase) => {
    let drawn = 0
    const evses: number[] = []
    for (const [at, outlet] of outlets.entries()) {
      const lines = (places[at] ?? []).flatMap((place, line) => (place === phase ? [line] : []))
      for (const line of lines) drawn += outlet.drawn[line] ?? 0
      if (lines.some((line) => outlet.used.includes(line))) evses.push(outlet.evse)
    }
    return { name: names[phase] ?? 'L1', amps: left(fuseA - amps + drawn), evses }
  })
}

/** The grid's phase of each conductor of an outlet; undefined: it cannot be told. */
function placesOf({ drawn, rotation, isLopsided }: Wired, phases: number): readonly number[] | undefined {
  if (phases === 1) return drawn.map(() => 0)
  if (rotation !== undefined) return drawn.map((_, line) => 'RST'.indexOf(rotation[line] ?? 'R'))
  // A car that takes the same of all three: however they are turned, nothing changes.
  return drawn.length === 3 && !isLopsided ? [0, 1, 2] : undefined
}

/** More is believed when it has been there for a while, and is enough to be worth a change. */
const deadBandA: Amps = 1

/** What a rail has, without its short-lived peaks: less at once, more when it has lasted.
 *  @param start what is believed of it at first; undefined: what it is first said to have */
export function steadied(raiseAfter: Millis, start?: Amps): (amps: Amps, now: Millis) => Amps {
  let believed = start
  let seen: readonly { readonly at: Millis; readonly amps: Amps }[] = []
  return (amps, now) => {
    // One older than the window stays, else the window would never be full.
    const older = seen.findLast(({ at }) => now - at >= raiseAfter)
    seen = [...seen.filter(({ at }) => at >= (older?.at ?? 0)), { at: now, amps }]
    if (believed === undefined || amps <= believed) {
      believed = amps
      seen = [{ at: now, amps }]
      return amps
    }
    const isFull = now - (seen[0]?.at ?? now) >= raiseAfter
    const lasting = Math.min(...seen.map((each) => each.amps))
    if (isFull && lasting >= believed + deadBandA) believed = lasting
    return believed
  }
}

export interface RailSharing {
  /** What each claim is granted; one that is on no rail is not in it. */
  share(rails: readonly Rail[], claims: readonly Claim[], priceOf: (evse: number) => number, now: Millis): ReadonlyMap<number, number>
}

/** How often what an outlet cannot use on one rail is offered to the others on the next. */
const mostRounds = 5

/** Fair shares on every rail, and of an outlet that is on several the least. What is taken away is given to nobody before it is surely drawn no
 *  more (`sharing`).
 *  @param drawable what an outlet may draw still when a rail begins, in what it goes by */
export function railSharing(raiseAfter: Millis, drawable: () => ReadonlyMap<number, number>): RailSharing {
  const reliefOf = relief()
  const known = new Map<Rail['name'], { readonly sharing: Sharing; readonly steady: ReturnType<typeof steadied> }>()
  const begin = (evses: readonly number[], priceOf: (evse: number) => number) => {
    const before = drawable()
    const drawn = evses.reduce((sum, evse) => sum + (before.get(evse) ?? 0) * priceOf(evse), 0)
    // Where more has to last, the first reading (after a silence, or by a new way of counting) gives no more than there was.
    return { sharing: sharing(before), steady: steadied(raiseAfter, raiseAfter > 0 ? drawn : undefined) }
  }
  return {
    share(rails, claims, priceOf, now) {
      // Those of another way of counting know nothing any more.
      for (const name of known.keys()) if (!rails.some((rail) => rail.name === name)) known.delete(name)
      const begun = rails.map((rail) => {
        const course = known.get(rail.name) ?? begin(rail.evses, priceOf)
        known.set(rail.name, course)
        return { ...rail, course, amps: course.steady(rail.amps, now) }
      })
      const caps = reliefOf(rails[0]?.over, now)
      const capped = claims.map((claim) => ({ ...claim, most: Math.min(claim.most, (caps.get(claim.evse) ?? Number.POSITIVE_INFINITY) / claim.price) }))
      const usable = usableOn(begun, capped)
      const granted = new Map<number, number>()
      for (const [at, { course, amps, evses }] of begun.entries()) {
        const shares = course.sharing.share(amps, usable[at] ?? [], priceOf, now).granted
        for (const evse of evses) granted.set(evse, Math.min(granted.get(evse) ?? Number.POSITIVE_INFINITY, shares.get(evse) ?? 0))
      }
      return granted
    },
  }
}

/** The claims of each rail, with what they can use of it when their other rails are considered. */
function usableOn(rails: readonly Rail[], claims: readonly Claim[]): readonly (readonly Claim[])[] {
  let usable = rails.map(({ evses }) => claims.filter(({ evse }) => evses.includes(evse)))
  for (let round = 0; round < mostRounds && rails.length > 1; round++) {
    const shares = rails.map(({ amps }, at) => sharesOf(amps, usable[at] ?? []))
    const elsewhere = (evse: number, here: number) =>
      rails.reduce(
        (least, { evses }, at) => (at !== here && evses.includes(evse) ? Math.min(least, shares[at]?.get(evse) ?? 0) : least),
        Number.POSITIVE_INFINITY,
      )
    const wanted = new Map(claims.map(({ evse, most }) => [evse, most]))
    usable = usable.map((mine, here) => mine.map((claim) => ({ ...claim, most: Math.min(wanted.get(claim.evse) ?? 0, elsewhere(claim.evse, here)) })))
  }
  return usable
}
