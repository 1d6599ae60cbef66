import { boolean, dateTime, integer, list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, component, messageContent } from './types.ts'

// Functional block O, Display message.

/** §3.52. */
const priority = oneOf('AlwaysFront', 'InFront', 'NormalCycle')
/** §3.53: while the station is in this state; always in its absence. */
const state = oneOf('Charging', 'Faulted', 'Idle', 'Unavailable')

/** §2.31. With a transaction it goes when that ends. */
const messageInfo = object({
  display: optional(component),
  id: integer,
  priority,
  state: optional(state),
  startDateTime: optional(dateTime),
  endDateTime: optional(dateTime),
  transactionId: optional(text(36)),
  message: messageContent,
})

/** §1.35, O03 and O04. Sent by the charging station. `tbc`: there is more. */
export const NotifyDisplayMessages = message('NotifyDisplayMessages', {
  request: object({ messageInfo: optional(list(messageInfo, { minItems: 1 })), requestId: integer, tbc: optional(boolean) }),
  response: nothing,
})

// Sent by the CSMS.

/** §1.8, O05. */
export const ClearDisplayMessage = message('ClearDisplayMessage', {
  request: object({ id: integer }),
  response: answer('Accepted', 'Unknown'),
})

/** §1.21, O03 and O04. The messages come in NotifyDisplayMessages. */
export const GetDisplayMessages = message('GetDisplayMessages', {
  request: object({ id: optional(list(integer, { minItems: 1 })), requestId: integer, priority: optional(priority), state: optional(state) }),
  response: answer('Accepted', 'Unknown'),
})

/** §1.52, O01, O02 and O06. A message of the same id is replaced. */
export const SetDisplayMessage = message('SetDisplayMessage', {
  request: object({ message: messageInfo }),
  response: answer('Accepted', 'NotSupportedMessageFormat', 'Rejected', 'NotSupportedPriority', 'NotSupportedState', 'UnknownTransaction'),
})
