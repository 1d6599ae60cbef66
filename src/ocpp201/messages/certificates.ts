import { list, message, oneOf, optional, text } from '../../ocpp/message.ts'
import { object } from './object.ts'
import { answer, certificateHashData, ocspRequestData, statusInfo } from './types.ts'

// Functional block M, ISO 15118 certificate management.

/** §3.36. */
const certificateUse = oneOf('V2GRootCertificate', 'MORootCertificate', 'CSMSRootCertificate', 'V2GCertificateChain', 'ManufacturerRootCertificate')

// Sent by the charging station.

/** §1.16, M01 and M02. What a car asks of a clearing house, EXI in base64. */
export const Get15118EVCertificate = message('Get15118EVCertificate', {
  request: object({ iso15118SchemaVersion: text(50), action: oneOf('Install', 'Update'), exiRequest: text(5600) }),
  response: object({ status: oneOf('Accepted', 'Failed'), statusInfo: optional(statusInfo), exiResponse: text(5600) }),
})

/** §1.18, M06. `ocspResult` is an OCSPResponse (RFC 6960), DER in base64. */
export const GetCertificateStatus = message('GetCertificateStatus', {
  request: object({ ocspRequestData }),
  response: object({ status: oneOf('Accepted', 'Failed'), statusInfo: optional(statusInfo), ocspResult: optional(text(5500)) }),
})

// Sent by the CSMS.

/** §1.14, M04. */
export const DeleteCertificate = message('DeleteCertificate', {
  request: object({ certificateHashData }),
  response: answer('Accepted', 'Failed', 'NotFound'),
})

/** §1.22, M03. Without a type: of all. */
export const GetInstalledCertificateIds = message('GetInstalledCertificateIds', {
  request: object({ certificateType: optional(list(certificateUse, { minItems: 1 })) }),
  response: object({
    status: oneOf('Accepted', 'NotFound'),
    statusInfo: optional(statusInfo),
    certificateHashDataChain: optional(
      list(
        object({
          certificateHashData,
          certificateType: certificateUse,
          childCertificateHashData: optional(list(certificateHashData, { minItems: 1, maxItems: 4 })),
        }),
        { minItems: 1 },
      ),
    ),
  }),
})

/** §1.30, M05. `certificate` in PEM. */
export const InstallCertificate = message('InstallCertificate', {
  request: object({
    certificateType: oneOf('V2GRootCertificate', 'MORootCertificate', 'CSMSRootCertificate', 'ManufacturerRootCertificate'),
    certificate: text(5500),
  }),
  response: answer('Accepted', 'Rejected', 'Failed'),
})
