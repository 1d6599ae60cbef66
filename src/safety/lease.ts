import type { Millis } from '../base/units.ts'
import { times } from './limits.ts'
import type { Offer } from './port.ts'
import { wantSelfTest } from './self-test.ts'
import type { State } from './state.ts'

/** Rules 4 and 5: what the core may say, and what becomes of it. */

/** Why an offer is refused; undefined: it is good. */
export function refusalOf(offer: Offer, at: Millis, state: State, hasFaults: boolean): string | undefined {
  if (!state.isPlugged || offer.plugIn !== state.plugIn) return 'made for another plug-in'
  if (state.isVoid) return 'void until adopted'
  if (hasFaults) return 'there is a fault'
  if (!(offer.issuedAt >= state.pluggedAt)) return 'older than the plug-in'
  if (!(offer.issuedAt >= state.faultsChangedAt)) return 'older than the last fault'
  if (!(offer.issuedAt <= at + 1)) return 'issued in the future'
  if (!(expiryOf(offer) > at)) return 'expired'
  if (!(sizeOf(offer, state) >= 0)) return state.isDc ? 'no power' : 'no current'
  if (state.transaction !== undefined && offer.transaction !== state.transaction) return 'another transaction is bound to this plug-in'
  if (!(offer.sequence > state.sequence)) return 'older than the last one'
  return undefined
}

function expiryOf(offer: Offer): Millis {
  return Math.min(offer.expiresAt, offer.issuedAt + times.longestLease)
}

/** A per phase, or W at a DC outlet; not a number where it does not say. */
const sizeOf = ({ amps, watts = Number.NaN }: Offer, { isDc }: State) => (isDc ? watts : amps)
const grantedBy = (offer: Offer, state: State) => (offer.close ? sizeOf(offer, state) : 0)

export function accept(offer: Offer, state: State): void {
  state.transaction = offer.transaction
  state.hasOffer = true
  state.granted = grantedBy(offer, state)
  state.offerPhases = offer.phases
  state.leaseEnds = expiryOf(offer)
  state.offerIssuedAt = offer.issuedAt
  state.sequence = offer.sequence
  state.isLockHeld = true
}

/** True when it only makes the lease longer: nothing happens before the old lease would have ended, and nothing waits for a renewal. */
export function isPlainRenewal(offer: Offer, at: Millis, state: State, hasFaults: boolean): boolean {
  return (
    state.hasOffer &&
    (!state.hasWoken || state.offerIssuedAt >= state.wakeSince) &&
    grantedBy(offer, state) === state.granted &&
    offer.phases === state.offerPhases &&
    expiryOf(offer) >= state.leaseEnds &&
    refusalOf(offer, at, state, hasFaults) === undefined
  )
}

/** The offer is gone, by will or by time: a later one starts afresh. What becomes of the plug is for the caller to say. */
export function drop(state: State): void {
  state.hasOffer = false
  state.granted = 0
  state.pausedSince = undefined
  state.hasOffered = false
}

/** State A, a fault or an emergency stop: void for good. The plug stays locked until the core ends it or the car leaves. */
export function voidOffer(state: State): void {
  if (!state.hasOffer) return
  drop(state)
  state.isVoid = true
}

export function adopt(plugIn: number, transaction: string, state: State, hasFaults: boolean): void {
  if (!state.isPlugged || plugIn !== state.plugIn) return
  if (state.transaction !== transaction) {
    drop(state)
    // Rule 13: a further session of this plug-in.
    if (state.transaction !== undefined) wantSelfTest(state)
  }
  state.transaction = transaction
  state.sequence = -1
  // While the fault lasts it stays void: the core adopts again once it is gone.
  if (!hasFaults) state.isVoid = false
}
