import { dateTime, integer, message, object, oneOf, optional } from '../../ocpp/message.ts'
import { acceptedOrRejected, idToken } from './types.ts'

// Feature profile Reservation. Both are sent by the central system.

/** OCPP 1.6 §5.1, §6.5. */
export const CancelReservation = message('CancelReservation', {
  request: object({ reservationId: integer }),
  response: object({ status: acceptedOrRejected }),
})

/** §5.13, §6.37. Connector 0: any connector, if ReserveConnectorZeroSupported. */
export const ReserveNow = message('ReserveNow', {
  request: object({ connectorId: integer, expiryDate: dateTime, idTag: idToken, parentIdTag: optional(idToken), reservationId: integer }),
  response: object({ status: oneOf('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable') }),
})
