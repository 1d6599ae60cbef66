import type { ErrorSpelling } from '../../ocpp/call-error.ts'

/** OCPP 2.0.1 Part 4 §4.3. */
export const errorSpelling201: ErrorSpelling = {
  notImplemented: 'NotImplemented',
  notSupported: 'NotSupported',
  internalError: 'InternalError',
  protocolError: 'ProtocolError',
  securityError: 'SecurityError',
  formatViolation: 'FormatViolation',
  propertyConstraintViolation: 'PropertyConstraintViolation',
  occurrenceConstraintViolation: 'OccurrenceConstraintViolation',
  typeConstraintViolation: 'TypeConstraintViolation',
  genericError: 'GenericError',
}
