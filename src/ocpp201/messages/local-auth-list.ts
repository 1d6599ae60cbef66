import { integer, list, message, oneOf, optional } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, idToken, idTokenInfo } from './types.ts'

// Functional block D, Local authorization list management. Both are sent by the CSMS.

/** §1.23, D02. 0: the list is empty. */
export const GetLocalListVersion = message('GetLocalListVersion', {
  request: nothing,
  response: object({ versionNumber: integer }),
})

/** §1.50, D01. In a Differential update an entry without `idTokenInfo` is removed. */
export const SendLocalList = message('SendLocalList', {
  request: object({
    localAuthorizationList: optional(list(object({ idToken, idTokenInfo: optional(idTokenInfo) }), { minItems: 1 })),
    versionNumber: integer,
    updateType: oneOf('Differential', 'Full'),
  }),
  response: answer('Accepted', 'Failed', 'VersionMismatch'),
})
