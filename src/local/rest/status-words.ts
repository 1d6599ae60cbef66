import type { ChargePoint, EvseView } from '../../core/charge-point.ts'
import { solarLimit } from '../../core/charging/claim.ts'
import { figuresOf, rounded } from '../../core/figures.ts'
import { disabledLimit } from '../../core/local-control.ts'
import { isEnough, type NamedLimit } from '../../core/offer.ts'
import { faultWords, raisedWords } from '../fault-words.ts'
import { holderWords, isWorthSaying } from '../holders.ts'

type Wordy = Pick<ChargePoint, 'local' | 'reservations'> & { readonly guard: Pick<ChargePoint['guard'], 'evses'> }

/** The state of an outlet for people, with the reason: `Charging at 7.4 kW, limited to 16 A by a charging profile`. */
export function statusWords(view: EvseView, { local, reservations, guard }: Wordy): string {
  const { evse, status, report, transaction, waitingToken } = view
  switch (status) {
    case 'available':
      return local.isEnabled(evse) ? 'Available' : 'Disabled by the owner: a car would not charge'
    case 'preparing':
      if (transaction !== undefined) return 'Waiting for the car to ask for energy'
      if (waitingToken === undefined) return 'Waiting for a card'
      return report.isPlugged ? 'Locking the plug' : 'Waiting for the cable'
    case 'charging':
      return chargingWords(view)
    case 'suspendedEv':
      return 'Paused by the car: it is full, or does not ask'
    case 'suspendedEvse':
      return pauseWords(view, guard.evses.find((each) => each.evse === evse) ?? {})
    case 'finishing':
      return report.hasCable ? 'Finished: the car may be unplugged' : 'Finished'
    case 'reserved': {
      const until = reservations.all.find((each) => each.evse === evse || each.evse === 0)?.until
      return until === undefined ? 'Reserved' : `Reserved until ${new Date(until).toISOString()}`
    }
    case 'unavailable':
      return 'Out of service'
    case 'faulted':
      return faultedWords(view)
  }
}

function chargingWords({ report, offered }: EvseView): string {
  const { watts } = figuresOf(report.reading)
  const now = report.contactor === 'open' ? 'Ending' : watts === undefined ? 'Charging' : `Charging at ${powerWords(watts)}`
  return isWorthSaying(offered.heldBy) && report.contactor === 'closed' ? `${now}, limited to ${sizeWords(offered)} by ${holderWords(offered.heldBy)}` : now
}

function pauseWords({ offered, transaction }: EvseView, description: Parameters<typeof isEnough>[1]): string {
  if (transaction === undefined) return 'Paused'
  // What is offered is enough: the guard lets some seconds pass before it closes the contactor again.
  if (isEnough(offered, description)) return 'Paused: it goes on in a moment'
  switch (offered.heldBy) {
    case disabledLimit:
      return 'Paused: the owner disabled it'
    case solarLimit:
      return 'Paused: waiting for enough sun'
    case 'authorization':
      return 'Paused: the card was refused'
    case 'fault':
      return 'Paused: a fault was reported'
    default:
      return `Paused by ${holderWords(offered.heldBy)}${isNothing(offered) ? '' : `: ${sizeWords(offered)} left, too little for a car`}`
  }
}

/** What the car is offered and why not more: `Offered 10 A, limited by a charging profile`; without a car, what the next one would have:
 *  `Up to 32 A, the most this outlet gives`. Undefined where the state says all: a fault, a session that is over, or nothing that is offered.
 *  @param limits those in force, the least first: A per phase, or W at a DC outlet */
export function offerWords({ status, offered, transaction }: EvseView, limits: readonly NamedLimit[]): string | undefined {
  if (status === 'faulted' || status === 'unavailable') return undefined
  if (transaction !== undefined) return isNothing(offered) ? undefined : `Offered ${sizeWords(offered)}, ${reasonWords(offered.heldBy)}`
  const [least] = limits
  if (status === 'finishing' || least === undefined || least.size <= 0) return undefined
  // Of equal ones the outlet's own goes without saying.
  const heldBy = limits.find(({ name, size }) => name === 'board' && size <= least.size)?.name ?? least.name
  return `Up to ${offered.watts === undefined ? `${rounded(least.size, 1)} A` : powerWords(least.size)}, ${reasonWords(heldBy)}`
}

function reasonWords(heldBy: string): string {
  return heldBy === 'board' ? holderWords(heldBy) : `limited by ${holderWords(heldBy)}`
}

const isNothing = ({ amps, watts }: EvseView['offered']) => (watts ?? amps) <= 0

function faultedWords({ faults, raised }: EvseView): string {
  const [first] = faults
  if (first !== undefined) return `Faulted: ${faultWords[first].words}`
  return raised === undefined ? 'Faulted' : `Faulted: ${raisedWords(raised).words}`
}

function sizeWords({ amps, watts }: EvseView['offered']): string {
  return watts === undefined ? `${rounded(amps, 1)} A` : powerWords(watts)
}

/** `7.4 kW`, `920 W`. */
function powerWords(watts: number): string {
  return Math.abs(watts) < 1_000 ? `${rounded(watts, 0)} W` : `${(watts / 1_000).toFixed(1)} kW`
}
