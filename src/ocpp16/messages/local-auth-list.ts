import { integer, list, message, object, oneOf, optional } from '../../ocpp/message.ts'
import { idTagInfo, idToken, nothing } from './types.ts'

// Feature profile LocalAuthListManagement. Both are sent by the central system.

/** OCPP 1.6 §5.10, §6.27. 0: the list is empty; -1: there is none here. */
export const GetLocalListVersion = message('GetLocalListVersion', {
  request: nothing,
  response: object({ listVersion: integer }),
})

/** §5.15, §6.41. In a Differential update an entry without `idTagInfo` is removed. */
export const SendLocalList = message('SendLocalList', {
  request: object({
    listVersion: integer,
    localAuthorizationList: optional(list(object({ idTag: idToken, idTagInfo: optional(idTagInfo) }))),
    updateType: oneOf('Differential', 'Full'),
  }),
  response: object({ status: oneOf('Accepted', 'Failed', 'NotSupported', 'VersionMismatch') }),
})
