import type { Amps, Millis } from '../../base/units.ts'
import { seconds } from '../../base/units.ts'
import type { Claim } from '../charging/sharing.ts'
import type { Flow } from './flow.ts'
import { type RailSharing, railSharing, railsOf, type Wired } from './rails.ts'
import type { SiteSettings } from './settings.ts'

/** What the limits of the site are made of at one moment. */
export interface Scene {
  readonly now: Millis
  /** The newest reading of the grid; undefined before the first, and where it does not tell each phase. */
  readonly flow: Flow | undefined
  readonly outlets: readonly Wired[]
  readonly claims: readonly Claim[]
  /** A of the connection for one A or W of an outlet. */
  priceOf(evse: number): number
}

/** A car has 5 s to follow a reduction (safety rule 12), and a stop 6 s (rule 5); a meter and the way take their second. */
const followedAfter = seconds(7)
/** A fuse that carries too much for longer than that, although the cars were told, is relieved of all of them, and for so long. */
const overFor = seconds(10)
const relievedFor = seconds(60)
/** What meters differ by. */
const slackA: Amps = 1

/** Keeps the main fuse with the grid meter. */
export interface FuseKeeper {
  /** What each outlet may take, in what it goes by. */
  grants(scene: Scene): ReadonlyMap<number, number>
  /** The grid meter has said nothing for too long: the safe current holds. */
  readonly isStale: boolean
  /** Less did not help: everything is withdrawn for a while. */
  readonly isRelieved: boolean
}

/** @param drawable what each outlet may draw now, in what it goes by: asked when the counting begins */
export function fuseKeeper(
  fuseA: Amps,
  { staleAfterS, safeA, raiseAfterS }: Pick<SiteSettings, 'staleAfterS' | 'safeA' | 'raiseAfterS'>,
  startedAt: Millis,
  drawable: () => ReadonlyMap<number, number>,
): FuseKeeper {
  let sharing: RailSharing | undefined
  let granted: ReadonlyMap<number, number> = drawable()
  /** The newest reading that tells each phase. */
  let heardAt = startedAt
  /** What was granted when the meter was heard last. */
  let silence: { readonly since: Millis; readonly granted: ReadonlyMap<number, number> } | undefined
  let overSince: Millis | undefined
  let relievedAt: Millis | undefined
  /** What was said of the wiring when less did not help. */
  let disproved: string | undefined

  const saidOf = (outlets: readonly Wired[]) => outlets.map(({ evse, rotation }) => `${evse}.${rotation}`).join()
  /** The cars are perhaps on other phases than somebody wrote: until that changes, all of them may be on any. */
  const placed = (outlets: readonly Wired[]): readonly Wired[] =>
    saidOf(outlets) === disproved ? outlets.map((each) => ({ ...each, rotation: undefined, isLopsided: true })) : outlets
  /** Nobody knows the house: what was agreed for that. It gives nobody more than there was: a car that paused because the house needed the
   *  fuse stays paused. A session that began since has it once everybody has followed. */
  const safe = ({ now, claims }: Scene): ReadonlyMap<number, number> => {
    silence ??= { since: now, granted }
    sharing = undefined
    overSince = undefined
    const isFollowed = now - silence.since >= followedAfter
    const mostOf = ({ evse, since }: Claim) => {
      if (since <= heardAt) return silence?.granted.get(evse) ?? 0
      return isFollowed ? Number.POSITIVE_INFINITY : (granted.get(evse) ?? 0)
    }
    return new Map(claims.map((claim) => [claim.evse, Math.min(safeA / claim.price, mostOf(claim))]))
  }
  const watch = ({ at, amps }: Flow, outlets: readonly Wired[], now: Millis) => {
    if (Math.max(...amps) > fuseA + slackA) overSince ??= at
    else overSince = undefined
    const mayBeOurs = relievedAt !== undefined || [...granted.values()].some((size) => size > 0)
    if (overSince !== undefined && at - overSince >= overFor && mayBeOurs) {
      relievedAt = now
      disproved = saidOf(outlets)
    } else if (relievedAt !== undefined && now - relievedAt >= relievedFor) relievedAt = undefined
  }
  return {
    grants(scene) {
      const { now, flow, outlets, claims, priceOf } = scene
      heardAt = flow?.at ?? heardAt
      if (now - heardAt > seconds(staleAfterS)) granted = safe(scene)
      // A program that has just started waits for the first reading with what its predecessor offered, and any other one for the next that is whole.
      else if (flow !== undefined) {
        silence = undefined
        watch(flow, outlets, now)
        if (relievedAt === undefined) {
          sharing ??= railSharing(seconds(raiseAfterS), drawable)
          granted = sharing.share(railsOf(fuseA, flow, placed(outlets)), claims, priceOf, now)
        } else {
          sharing = undefined
          granted = new Map()
        }
      }
      return granted
    },
    get isStale() {
      return silence !== undefined
    },
    get isRelieved() {
      return relievedAt !== undefined
    },
  }
}
