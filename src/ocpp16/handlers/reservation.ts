import { epochOf } from '../../base/moment.ts'
import type { ReserveOutcome } from '../../core/reservation.ts'
import { type Route, route } from '../../ocpp/peer.ts'
import { CancelReservation, ReserveNow } from '../messages/reservation.ts'
import type { HandlerParts } from './core.ts'

const reserveStatus = {
  accepted: 'Accepted',
  faulted: 'Faulted',
  occupied: 'Occupied',
  rejected: 'Rejected',
  unavailable: 'Unavailable',
} as const satisfies Record<ReserveOutcome, string>

/** OCPP 1.6 §5.1, §5.13. */
export function reservationRoutes({ core }: Pick<HandlerParts, 'core'>): readonly Route[] {
  return [
    route(ReserveNow, ({ connectorId, expiryDate, idTag, parentIdTag, reservationId }) => {
      const until = epochOf(expiryDate)
      if (until === undefined || idTag === '') return { status: 'Rejected' } as const
      // Empty where a central system fills every field: no group.
      const group = parentIdTag === undefined || parentIdTag === '' ? {} : { group: parentIdTag }
      const outcome = core.reservations.reserve({ id: reservationId, evse: connectorId, token: idTag, ...group, until })
      return { status: reserveStatus[outcome] }
    }),
    route(CancelReservation, ({ reservationId }) => ({ status: core.reservations.cancel(reservationId) ? 'Accepted' : 'Rejected' }) as const),
  ]
}
