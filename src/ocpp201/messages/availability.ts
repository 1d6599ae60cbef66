import { dateTime, integer, message, oneOf, optional } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, evse } from './types.ts'

// Functional block G, Availability.

/** §3.23. */
export const connectorStatuses = ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'] as const
export type ConnectorStatus = (typeof connectorStatuses)[number]

/** §1.29, G02. Sent by the charging station. */
export const Heartbeat = message('Heartbeat', {
  request: nothing,
  response: object({ currentTime: dateTime }),
})

/** §1.59, G01. Sent by the charging station. */
export const StatusNotification = message('StatusNotification', {
  request: object({ timestamp: dateTime, connectorStatus: oneOf(...connectorStatuses), evseId: integer, connectorId: integer }),
  response: nothing,
})

/** §1.5, G03 and G04. Sent by the CSMS. Without an EVSE: the whole station. */
export const ChangeAvailability = message('ChangeAvailability', {
  request: object({ evse: optional(evse), operationalStatus: oneOf('Inoperative', 'Operative') }),
  response: answer('Accepted', 'Rejected', 'Scheduled'),
})
