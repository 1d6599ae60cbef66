import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { millis } from '../base/units.ts'
import type { GuardPort, Sign } from '../safety/port.ts'
import type { Authorization } from './authorization.ts'
import type { PresentOutcome, RemoteStartOutcome } from './charge-point.ts'
import type { ChargingProfile } from './charging/profile.ts'
import type { Evse } from './outlet.ts'
import { type Claimant, type ReservationDesk, unasked } from './reserving.ts'
import type { Settings } from './settings.ts'
import { isSameToken, keyOf } from './token.ts'

/** What a card may come to that its holder wanted. */
const welcomed: ReadonlySet<PresentOutcome> = new Set(['waiting', 'locking', 'started', 'stopped', 'cancelled', 'unlocked'])

export interface PresentingParts {
  readonly all: readonly Evse[]
  /** @throws RangeError for an EVSE that is not there */
  readonly at: (evse: number) => Evse
  readonly guard: GuardPort
  readonly clock: Clock
  readonly log: Log
  readonly settings: Settings
  readonly tokens: Authorization
  readonly reservations: Pick<ReservationDesk, 'isReserved' | 'usedBy' | 'isKeptFrom'>
  /** A central system has accepted the station once, or its owner does not wait for that. */
  readonly mayCharge: () => boolean
  readonly isShuttingDown: () => boolean
  /** The protocol can carry the token. */
  readonly isPresentable: (token: string) => boolean
}

/** Where cards and remote starts become sessions: whose it is, where it goes, or what it ends. */
export interface Presenting {
  present(token: string, evse?: number): Promise<PresentOutcome>
  remoteStart(token: string, evse: number | undefined, profile?: ChargingProfile): RemoteStartOutcome
  /** A card that waits follows the cable to another EVSE. */
  followCable(): void
}

export function presenting(parts: PresentingParts): Presenting {
  const { all, at, guard, clock, log, settings, tokens, reservations, mayCharge } = parts
  const isThere = (number: number) => all.some((one) => one.view.evse === number)
  const candidates = (number: number | undefined) => (number === undefined ? all : [at(number)])

  /** A token from the one reader for all waits at the first free EVSE; when another car is plugged in elsewhere, it goes there. */
  let isMoving = false
  const followCable = () => {
    const from = all.find((one) => one.waiting?.isMovable && !one.isPlugged)
    const to = from && all.find((one) => one !== from && isOpen(one) && one.isPlugged && one.view.status === 'preparing')
    const moving = from?.waiting
    if (isMoving || to === undefined || moving === undefined) return
    // Whoever hears of one of the two (free vending, or this) must not find the new place free.
    isMoving = true
    to.take(moving)
    from?.cancel()
    isMoving = false
  }

  /** Places of remote starts that were accepted and are still being asked about. */
  const promised = new Set<Evse>()
  const isOpen = (one: Evse) => one.isFree && !promised.has(one) && !parts.isShuttingDown()
  const open = () => all.filter(isOpen).map((one) => one.view.evse)
  /** The place is reserved, and for them. */
  const isTheirs = ({ view: { evse } }: Evse, who: Claimant) => reservations.usedBy(evse, who)?.evse === evse
  /** Where a new session goes: the place reserved for them, else a car that waits, else this card's own that has finished and charges
   *  again, else a free place, else whatever car is there, and at last a place reserved for a group that may be theirs. */
  const placeFor = (number: number | undefined, who: Claimant): Evse | undefined => {
    const free = open()
    const theirs = candidates(number).filter((one) => isOpen(one) && !reservations.isKeptFrom(one.view.evse, who, free))
    const unreserved = theirs.filter((one) => !reservations.isReserved(one.view.evse))
    return (
      theirs.find((one) => isTheirs(one, who)) ??
      unreserved.find((one) => one.view.status === 'preparing') ??
      unreserved.find((one) => isSameToken(one.doneFor, who.token)) ??
      unreserved.find((one) => !one.isPlugged) ??
      unreserved[0] ??
      theirs[0]
    )
  }
  const noPlace = (number: number | undefined): PresentOutcome => (candidates(number).some(isOpen) ? 'reserved' : 'noEvse')

  const decide = async (token: string, number: number | undefined): Promise<PresentOutcome> => {
    if (token === '' || !parts.isPresentable(token)) return 'invalid'
    const places = candidates(number)
    const own = places.find((one) => isSameToken(one.transaction?.token, token))
    if (own !== undefined) return own.stop('local', token) ? 'stopped' : 'noEvse'
    const waiting = places.find((one) => isSameToken(one.waiting?.token, token))
    if (waiting !== undefined) return waiting.cancel() === undefined ? 'noEvse' : 'cancelled'
    const held = places.find((one) => isSameToken(one.heldFor?.token, token))
    if (held !== undefined) return (await held.unlock()) === 'unlocked' ? 'unlocked' : 'noEvse'
    const hasGroups = places.some((one) => one.transaction !== undefined || one.heldFor !== undefined)
    if (!mayCharge()) return 'noEvse'
    if (placeFor(number, { token, group: unasked }) === undefined && !hasGroups) return noPlace(number)
    const decision = await tokens.decide(token)
    return decision.status === 'accepted' ? admit(token, number, decision.group) : decision.status
  }
  /** What an accepted card comes to: a start, or the end of what another of its group has. */
  const admit = async (token: string, number: number | undefined, group: string | undefined): Promise<PresentOutcome> => {
    const places = candidates(number)
    // Started from afar while the answer was on its way: once is what they want.
    const meanwhile = places.find((one) => isSameToken(one.transaction?.token ?? one.waiting?.token, token))
    if (meanwhile !== undefined) return meanwhile.transaction === undefined ? 'waiting' : 'started'
    const place = placeFor(number, { token, group })
    const isReserved = place !== undefined && isTheirs(place, { token, group })
    // At one reader for all, theirs is the car that waits, and not that of another of their group.
    const hasOwn = isReserved || (place?.isPlugged === true && place.view.status === 'preparing')
    // Only the parents of two identifiers are compared, never a parent with an identifier (reference rule 23).
    const sibling = hasOwn ? undefined : places.find((one) => isSameToken(one.transaction?.group, group))
    if (sibling !== undefined) return sibling.stop('local', token) ? 'stopped' : 'noEvse'
    const heldForGroup = hasOwn ? undefined : places.find((one) => isSameToken(one.heldFor?.group, group))
    if (heldForGroup !== undefined) return (await heldForGroup.unlock()) === 'unlocked' ? 'unlocked' : 'noEvse'
    if (place === undefined) return noPlace(number)
    return place.take({ token, group, source: 'local', isMovable: number === undefined && all.length > 1 && !isReserved })
  }

  /** Cards that the central system is being asked about: shown twice they are one question, not a start and a stop. */
  const deciding = new Map<string, Promise<PresentOutcome>>()
  const present = (token: string, number?: number): Promise<PresentOutcome> => {
    const key = `${number ?? 'all'} ${keyOf(token)}`
    const asked = deciding.get(key)
    if (asked !== undefined) return asked
    const outcome = decide(token, number).finally(() => deciding.delete(key))
    deciding.set(key, outcome)
    if (number !== undefined && !isThere(number)) return outcome
    guard.show(number, 'authorising')
    const answered = (sign: Sign) => guard.show(number, sign)
    outcome.then(
      (known) => answered(welcomed.has(known) ? 'accepted' : 'refused'),
      () => answered('refused'),
    )
    return outcome
  }

  const startRemotely = async (promise: Evse, number: number | undefined, token: string, profile: ChargingProfile | undefined) => {
    // A place that is reserved for a group is given to nobody whose group is not known.
    const isAsked = settings.get('authorizeRemoteTxRequests') || reservations.isKeptFrom(promise.view.evse, { token, group: undefined }, open())
    const decision = isAsked ? await tokens.decide(token) : { status: 'accepted' as const, group: undefined }
    promised.delete(promise)
    if (decision.status !== 'accepted') return log.info({ outcome: decision.status }, 'a remote start was not authorized')
    const place = placeFor(number, { token, group: decision.group })
    if (place === undefined) return log.info({ evse: promise.view.evse }, 'the place of a remote start is not free any more')
    place.take({ token, group: decision.group, source: 'remote', isMovable: false, ...(profile === undefined ? {} : { profile }) })
  }

  return {
    present,
    followCable,
    remoteStart(token, number, profile) {
      if (number !== undefined && !isThere(number)) return 'rejected'
      const place = mayCharge() ? placeFor(number, { token, group: unasked }) : undefined
      if (place === undefined) return 'rejected'
      promised.add(place)
      // The answer leaves first (reference rule 24).
      clock.after('remote start', millis(0), () => void startRemotely(place, number, token, profile))
      return 'accepted'
    },
  }
}
