import { list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer, idToken, idTokenInfo, ocspRequestData } from './types.ts'

// Functional block C, Authorization.

/** §1.1, C01 to C16. Sent by the charging station; `certificate` in PEM, leaf first, of a car that pays by contract (C07). */
export const Authorize = message('Authorize', {
  request: object({ idToken, certificate: optional(text(5500)), iso15118CertificateHashData: optional(list(ocspRequestData, { minItems: 1, maxItems: 4 })) }),
  response: object({
    idTokenInfo,
    certificateStatus: optional(
      oneOf('Accepted', 'SignatureError', 'CertificateExpired', 'CertificateRevoked', 'NoCertificateAvailable', 'CertChainError', 'ContractCancelled'),
    ),
  }),
})

/** §1.6, C11. Sent by the CSMS. */
export const ClearCache = message('ClearCache', {
  request: nothing,
  response: answer('Accepted', 'Rejected'),
})
