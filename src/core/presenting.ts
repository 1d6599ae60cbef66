import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { millis } from '../base/units.ts'
import type { GuardPort, Sign } from '../safety/port.ts'
import { type Authorization, isSameToken } from './authorization.ts'
import type { PresentOutcome, RemoteStartOutcome } from './charge-point.ts'
import type { Evse } from './outlet.ts'
import type { Settings } from './settings.ts'

/** What a card may come to that its holder wanted. */
const welcomed: ReadonlySet<PresentOutcome> = new Set(['waiting', 'started', 'stopped', 'cancelled', 'unlocked'])

export interface PresentingParts {
  readonly all: readonly Evse[]
  /** @throws RangeError for an EVSE that is not there */
  readonly at: (evse: number) => Evse
  readonly guard: GuardPort
  readonly clock: Clock
  readonly log: Log
  readonly settings: Settings
  readonly tokens: Authorization
  /** A central system has accepted the station once, or its owner does not wait for that. */
  readonly mayCharge: () => boolean
  readonly isShuttingDown: () => boolean
  /** The protocol can carry the token. */
  readonly isPresentable: (token: string) => boolean
}

/** Where cards and remote starts become sessions: whose it is, where it goes, or what it ends. */
export interface Presenting {
  present(token: string, evse?: number): Promise<PresentOutcome>
  remoteStart(token: string, evse: number | undefined): RemoteStartOutcome
  /** A card that waits follows the cable to another EVSE. */
  followCable(): void
}

export function presenting(parts: PresentingParts): Presenting {
  const { all, at, guard, clock, log, settings, tokens, mayCharge } = parts
  const isThere = (number: number) => all.some((one) => one.view.evse === number)
  const candidates = (number: number | undefined) => (number === undefined ? all : [at(number)])

  /** A token from the one reader for all waits at the first free EVSE; when another car is plugged in elsewhere, it goes there. */
  const followCable = () => {
    const from = all.find((one) => one.waiting?.isMovable && !one.isPlugged)
    const to = from && all.find((one) => one !== from && one.isFree && one.isPlugged && one.view.status === 'preparing')
    const moved = to && from?.cancel()
    if (moved !== undefined) to?.take(moved)
  }

  /** Places of remote starts that were accepted and are still being asked about. */
  const promised = new Set<Evse>()
  /** Where a new session goes: a car that waits, else this card's own that has finished and charges again, else a free place, else
   *  whatever car is there. */
  const placeFor = (number: number | undefined, token: string): Evse | undefined => {
    const free = parts.isShuttingDown() ? [] : candidates(number).filter((one) => one.isFree && !promised.has(one))
    return (
      free.find((one) => one.view.status === 'preparing') ??
      free.find((one) => isSameToken(one.doneFor, token)) ??
      free.find((one) => !one.isPlugged) ??
      free[0]
    )
  }

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
    if (!mayCharge() || (placeFor(number, token) === undefined && !hasGroups)) return 'noEvse'
    const decision = await tokens.decide(token)
    if (decision.status !== 'accepted') return decision.status
    // Only the parents of two identifiers are compared, never a parent with an identifier (reference rule 23).
    const sibling = places.find((one) => isSameToken(one.transaction?.group, decision.group))
    if (sibling !== undefined) return sibling.stop('local', token) ? 'stopped' : 'noEvse'
    const heldForGroup = places.find((one) => isSameToken(one.heldFor?.group, decision.group))
    if (heldForGroup !== undefined) return (await heldForGroup.unlock()) === 'unlocked' ? 'unlocked' : 'noEvse'
    const place = placeFor(number, token)
    return place === undefined ? 'noEvse' : place.take({ token, group: decision.group, source: 'local', isMovable: number === undefined && all.length > 1 })
  }

  /** Cards that the central system is being asked about: shown twice they are one question, not a start and a stop. */
  const deciding = new Map<string, Promise<PresentOutcome>>()
  const present = (token: string, number?: number): Promise<PresentOutcome> => {
    const key = `${number ?? 'all'} ${token.toLowerCase()}`
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

  const startRemotely = async (place: Evse, token: string) => {
    const decision = settings.get('authorizeRemoteTxRequests') ? await tokens.decide(token) : { status: 'accepted' as const, group: undefined }
    promised.delete(place)
    if (decision.status !== 'accepted') return log.info({ outcome: decision.status }, 'a remote start was not authorized')
    if (parts.isShuttingDown() || !place.isFree) return log.info({ evse: place.view.evse }, 'the place of a remote start is not free any more')
    place.take({ token, group: decision.group, source: 'remote', isMovable: false })
  }

  return {
    present,
    followCable,
    remoteStart(token, number) {
      if (number !== undefined && !isThere(number)) return 'rejected'
      const place = mayCharge() ? placeFor(number, token) : undefined
      if (place === undefined) return 'rejected'
      promised.add(place)
      // The answer leaves first (reference rule 24).
      clock.after('remote start', millis(0), () => void startRemotely(place, token))
      return 'accepted'
    },
  }
}
