import type { PresentOutcome } from '../core/charge-point.ts'
import type { Reply } from './command.ts'

/** What the charger says to a card. */
const replies: Readonly<Record<PresentOutcome, Reply>> = {
  waiting: 'ok waiting for the cable',
  locking: 'ok waiting for the plug to be locked',
  started: 'ok started',
  stopped: 'ok stopped',
  cancelled: 'ok cancelled: the card no longer waits for the cable',
  unlocked: 'ok unlocked: the cable is free',
  invalid: 'error invalid: the central system does not know this card',
  blocked: 'error blocked: the central system has blocked this card',
  expired: 'error expired: this card is no longer valid',
  concurrent: 'error concurrent: this card is used in another transaction',
  unknownOffline: 'error offline: the central system cannot be asked about this card',
  reserved: 'error reserved: this connector is kept for another card',
  refused: 'error the start cannot be written to the state directory: see the log',
  noEvse: 'error no connector can take this card: occupied, faulted, unavailable, or the station is not accepted by the central system yet',
}

export function replyTo(outcome: PresentOutcome): Reply {
  return replies[outcome]
}
