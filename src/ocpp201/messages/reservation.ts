import { dateTime, integer, message, oneOf, optional } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, idToken } from './types.ts'

// Functional block H, Reservation.

/** §3.22. A prefix `c` is a cable that is fixed to the station, `s` a socket. */
export const connectorTypes = [
  'cCCS1',
  'cCCS2',
  'cG105',
  'cTesla',
  'cType1',
  'cType2',
  's309-1P-16A',
  's309-1P-32A',
  's309-3P-16A',
  's309-3P-32A',
  'sBS1361',
  'sCEE-7-7',
  'sType2',
  'sType3',
  'Other1PhMax16A',
  'Other1PhOver16A',
  'Other3Ph',
  'Pan',
  'wInductive',
  'wResonant',
  'Undetermined',
  'Unknown',
] as const

/** §1.46, H04. Sent by the charging station. */
export const ReservationStatusUpdate = message('ReservationStatusUpdate', {
  request: object({ reservationId: integer, reservationUpdateStatus: oneOf('Expired', 'Removed') }),
  response: nothing,
})

/** §1.3, H02. Sent by the CSMS. */
export const CancelReservation = message('CancelReservation', {
  request: object({ reservationId: integer }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.47, H01. Sent by the CSMS. Without an EVSE: any, of that connector type where one is named. */
export const ReserveNow = message('ReserveNow', {
  request: object({
    id: integer,
    expiryDateTime: dateTime,
    connectorType: optional(oneOf(...connectorTypes)),
    idToken,
    evseId: optional(integer),
    groupIdToken: optional(idToken),
  }),
  response: answer('Accepted', 'Faulted', 'Occupied', 'Rejected', 'Unavailable'),
})
