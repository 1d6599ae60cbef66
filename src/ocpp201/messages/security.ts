import { dateTime, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { nothing, object } from './object.ts'
import { answer } from './types.ts'

// Functional block A, Security.

/** §3.9; in its absence the one that is used for both, or the station's. */
const signingUse = oneOf('ChargingStationCertificate', 'V2GCertificate')

/** §1.49, A04. Sent by the charging station. `type` is one of the appendices' list of security events, or the vendor's own. */
export const SecurityEventNotification = message('SecurityEventNotification', {
  request: object({ type: text(50), timestamp: dateTime, techInfo: optional(text(255)) }),
  response: nothing,
})

/** §1.58, A02 and A03. Sent by the charging station. `csr` in PEM (PKCS#10). */
export const SignCertificate = message('SignCertificate', {
  request: object({ csr: text(5500), certificateType: optional(signingUse) }),
  response: answer('Accepted', 'Rejected'),
})

/** §1.4, A02 and A03. Sent by the CSMS. The signed certificate and its chain in PEM, leaf first. */
export const CertificateSigned = message('CertificateSigned', {
  request: object({ certificateChain: text(10_000), certificateType: optional(signingUse) }),
  response: answer('Accepted', 'Rejected'),
})
