import { type Clock, isPlausible, type Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { minutes } from '../base/units.ts'
import type { Documents } from '../store/store.ts'
import { attempted } from '../store/store-error.ts'
import type { EvseStatus, EvseView } from './charge-point.ts'
import type { Reservation, Reservations, ReserveOutcome } from './reservation.ts'
import type { Settings } from './settings.ts'
import { isSameToken } from './token.ts'

/** Nobody has asked for the group of a token yet: it may be any. */
export const unasked = Symbol('unasked')

/** Who wants to charge. */
export interface Claimant {
  readonly token: string
  readonly group: string | undefined | typeof unasked
}

/** What the places go by. */
export interface ReservationDesk extends Reservations {
  /** The place itself is kept for somebody. A reservation of any place makes none of them reserved (§5.13). */
  isReserved(evse: number): boolean
  /** What a transaction of theirs here would use: the reservation of this place, or of any. */
  usedBy(evse: number, who: Claimant): Reservation | undefined
  /** A start of theirs here would break a promise. Somebody who was not asked about yet gets the benefit of the doubt.
   *  @param free the places where nothing else stands against a session */
  isKeptFrom(evse: number, who: Claimant, free: readonly number[]): boolean
  /** A transaction has begun with it, and the disk knows. */
  used(id: number): void
  /** A place changed: faulted or out of use it keeps no promise. */
  follow(evse: number, status: EvseStatus): void
  close(): void
}

export interface ReservationParts {
  /** By id. */
  readonly kept: Documents<Reservation>
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly evses: readonly number[]
  readonly view: (evse: number) => Pick<EvseView, 'status' | 'waitingToken'>
  /** A place is reserved, or is so no more. */
  readonly changed: (evse: number) => void
}

/** The wall clock may be set to another time at any moment: nobody sleeps longer than this. */
const longestSleep = minutes(1)

const isGone = (status: EvseStatus): status is 'faulted' | 'unavailable' => status === 'faulted' || status === 'unavailable'

export function reservations(parts: ReservationParts): ReservationDesk {
  const { kept, settings, clock, log, evses, view } = parts
  const known = new Map(kept.entries().map(([, each]) => [each.id, each] as const))
  let timer: Timer | undefined

  /** A clock that was never set says of no time that it is over. */
  const isOver = ({ until }: Reservation) => {
    const { epochMs } = clock.now()
    return isPlausible(epochMs) && until <= epochMs
  }
  const standing = () => [...known.values()].filter((each) => !isOver(each))
  const at = (evse: number) => standing().find((each) => each.evse === evse)
  const isFor = ({ token, group }: Reservation, who: Claimant) => isSameToken(token, who.token) || (who.group !== unasked && isSameToken(group, who.group))
  /** Only the parents of two tokens are compared, never a parent with a token (reference rule 23). */
  const mayBeFor = (each: Reservation, who: Claimant) => isFor(each, who) || (who.group === unasked && each.group !== undefined)

  const sleep = () => {
    timer?.stop()
    if (known.size === 0) return
    const { epochMs } = clock.now()
    const left = Math.max(0, Math.min(...[...known.values()].map(({ until }) => until)) - epochMs)
    timer = clock.after('reservation', isPlausible(epochMs) ? Math.min(left, longestSleep) : longestSleep, () => {
      for (const each of [...known.values()].filter(isOver)) release(each, 'its time is over')
      sleep()
    })
  }
  const tell = (...places: readonly number[]) => {
    for (const evse of new Set(places)) if (evses.includes(evse)) parts.changed(evse)
  }
  const forget = (each: Reservation, why: string) => {
    known.delete(each.id)
    attempted(
      () => kept.delete(String(each.id)),
      (error) => log.error({ reservation: each.id, error: error.message }, 'a reservation that is over stays in the state directory'),
    )
    log.info({ evse: each.evse, reservation: each.id, why }, 'a reservation is over')
  }
  const release = (each: Reservation, why: string) => {
    forget(each, why)
    tell(each.evse)
  }

  /** What stands against a reservation of this place beside `others`. Their own card may wait there for the cable already. */
  const outcomeAt = (evse: number, wanted: Reservation, others: readonly Reservation[]): ReserveOutcome => {
    const { status, waitingToken } = view(evse)
    if (isGone(status)) return status
    if (others.some((each) => each.evse === evse)) return 'occupied'
    const isTheirs = known.has(wanted.id) && isSameToken(waitingToken, wanted.token)
    return status === 'available' || status === 'reserved' || isTheirs ? 'accepted' : 'occupied'
  }
  const judge = (wanted: Reservation): ReserveOutcome => {
    const isAny = wanted.evse === 0
    const isOffered = settings.get('reservationsEnabled') && (!isAny || settings.get('reserveConnectorZeroSupported'))
    if (!isOffered || isOver(wanted) || !(isAny || evses.includes(wanted.evse))) return 'rejected'
    const others = standing().filter(({ id }) => id !== wanted.id)
    const outcomes = evses.map((evse) => outcomeAt(evse, wanted, others))
    const here = isAny ? 'accepted' : outcomes[evses.indexOf(wanted.evse)]
    if (here !== undefined && here !== 'accepted') return here
    const free = outcomes.filter((outcome) => outcome === 'accepted').length
    // One place each stays free for those who reserved any.
    if (free > others.filter(({ evse }) => evse === 0).length) return 'accepted'
    // What passes soonest is said first.
    const reason = (['occupied', 'unavailable', 'faulted'] as const).find((each) => outcomes.includes(each))
    return free > 0 || reason === undefined ? 'occupied' : reason
  }

  // Before the places are there.
  for (const each of [...known.values()].filter(isOver)) forget(each, 'its time was over before this start')
  sleep()
  return {
    get all() {
      return standing()
    },
    reserve(wanted) {
      const outcome = judge(wanted)
      if (outcome !== 'accepted') return outcome
      const isKept = attempted(
        () => kept.put(String(wanted.id), wanted),
        (error) => log.error({ reservation: wanted.id, error: error.message }, 'a reservation cannot be kept'),
      )
      if (!isKept) return 'rejected'
      const replaced = known.get(wanted.id)
      known.set(wanted.id, wanted)
      log.info({ evse: wanted.evse, reservation: wanted.id }, 'reserved')
      sleep()
      tell(replaced?.evse ?? 0, wanted.evse)
      return 'accepted'
    },
    cancel(id) {
      const found = standing().find((each) => each.id === id)
      if (found !== undefined) release(found, 'cancelled')
      return found !== undefined
    },
    isReserved: (evse) => known.size > 0 && at(evse) !== undefined,
    usedBy(evse, who) {
      const theirs = standing().filter((each) => isFor(each, who))
      return theirs.find((each) => each.evse === evse) ?? theirs.find((each) => each.evse === 0)
    },
    isKeptFrom(evse, who, free) {
      const here = at(evse)
      if (here !== undefined) return !mayBeFor(here, who)
      const ofAny = standing().filter((each) => each.evse === 0)
      if (ofAny.length === 0 || ofAny.some((each) => mayBeFor(each, who))) return false
      // A car without a card may be the one that is waited for; one that has finished is in the way.
      const left = free.filter((each) => each !== evse && at(each) === undefined && view(each).status !== 'finishing')
      return left.length < ofAny.length
    },
    used(id) {
      known.delete(id)
    },
    follow(evse, status) {
      if (known.size === 0 || !isGone(status)) return
      for (const each of known.values()) if (each.evse === evse) release(each, 'its place is faulted or unavailable')
      if (!evses.every((each) => isGone(view(each).status))) return
      for (const each of known.values()) release(each, 'every place is faulted or unavailable')
    },
    close: () => timer?.stop(),
  }
}
