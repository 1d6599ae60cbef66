import * as words from '../../base/schema.ts'
import { message, oneOf, optional, text } from '../../ocpp/message.ts'
import { object } from './object.ts'
import { statusInfo } from './types.ts'

// Functional block P, Data transfer.

/** Anything that JSON can say: the parties have agreed on it. */
const anything = words.unsafe<unknown>({})

/** §1.13, P01 and P02: either end may send it. */
export const DataTransfer = message('DataTransfer', {
  request: object({ messageId: optional(text(50)), data: optional(anything), vendorId: text(255) }),
  response: object({
    status: oneOf('Accepted', 'Rejected', 'UnknownMessageId', 'UnknownVendorId'),
    statusInfo: optional(statusInfo),
    data: optional(anything),
  }),
})
