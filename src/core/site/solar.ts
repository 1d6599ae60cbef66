import { type Millis, seconds, type Watts } from '../../base/units.ts'
import { type Claim, sharesOf } from '../charging/sharing.ts'
import type { SiteMode, SolarSettings } from './settings.ts'

/** A claim on the surplus: `price` is the W of one A (or W) of the outlet. */
export interface SolarClaim extends Claim {
  /** Another one is another session: its waits begin anew. */
  readonly session: string
}

export interface SolarDesk {
  /** What each claim may take of a surplus, in what its outlet goes by.
   *  @param surplus W that would be exported were no car there; 0 where nobody knows */
  share(surplus: Watts, claims: readonly SolarClaim[], mode: SiteMode, now: Millis): ReadonlyMap<number, number>
}

interface Course {
  readonly session: string
  isOn: boolean
  /** It was switched then; undefined: not yet in this session. */
  switchedAt: Millis | undefined
  /** It has been enough (too little, while it is on) since then. */
  turningSince: Millis | undefined
  size: number
}

/** Smaller steps are not worth telling a car. */
const deadBand = 0.5

/** Lets cars follow the surplus: fair shares of it, each car with the times and thresholds of the settings. */
export function solarDesk({ reserveW, startW, stopW, startAfterS, stopAfterS, minOnS, minOffS }: SolarSettings): SolarDesk {
  const courses = new Map<number, Course>()
  const courseOf = ({ evse, session, isOffered, wasOffered }: SolarClaim, now: Millis): Course => {
    const known = courses.get(evse)
    if (known?.session === session) return known
    // What charges already, under the core before this one, goes on with its time counted anew.
    const isOn = isOffered && wasOffered
    const fresh: Course = { session, isOn, switchedAt: isOn ? now : undefined, turningSince: undefined, size: 0 }
    courses.set(evse, fresh)
    return fresh
  }
  /** What a car must find to begin, and to go on: less than it can take is enough for one that can take no more. */
  const leastOf = (claim: SolarClaim, isOn: boolean) => {
    const threshold = isOn ? stopW : startW
    const least = threshold === undefined ? (isOn ? claim.least : claim.resumesAt) : threshold / claim.price
    return { ...claim, least: Math.min(least, claim.most) }
  }
  const follow = (course: Course, isEnough: boolean, now: Millis) => {
    if (isEnough === course.isOn) {
      course.turningSince = undefined
      return
    }
    course.turningSince ??= now
    const [after, atLeast] = course.isOn ? [stopAfterS, minOnS] : [startAfterS, minOffS]
    if (now - course.turningSince < seconds(after) || now - (course.switchedAt ?? Number.NEGATIVE_INFINITY) < seconds(atLeast)) return
    course.isOn = !course.isOn
    course.switchedAt = now
    course.turningSince = undefined
  }
  const stepped = (course: Course, size: number) => {
    if (size === 0 || course.size === 0 || Math.abs(size - course.size) >= deadBand) course.size = size
    return course.size
  }
  return {
    share(surplus, claims, mode, now) {
      const able = claims.filter(({ least, most }) => most >= least)
      const budget = Math.max(0, surplus - reserveW)
      const all = able.map((claim) => ({ claim, course: courseOf(claim, now) }))
      for (const evse of courses.keys()) if (!claims.some((each) => each.evse === evse)) courses.delete(evse)
      const targets = sharesOf(
        budget,
        all.map(({ claim, course }) => leastOf(claim, course.isOn)),
      )
      for (const { claim, course } of all) follow(course, targets.has(claim.evse), now)
      const isServed = (course: Course) => course.isOn || mode === 'min+solar'
      const shares = sharesOf(
        budget,
        all.filter(({ course }) => isServed(course)).map(({ claim }) => leastOf(claim, true)),
      )
      const granted = new Map(claims.map(({ evse }) => [evse, 0]))
      for (const { claim, course } of all) granted.set(claim.evse, stepped(course, isServed(course) ? Math.max(claim.least, shares.get(claim.evse) ?? 0) : 0))
      return granted
    },
  }
}
