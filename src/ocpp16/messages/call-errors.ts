import type { ErrorSpelling } from '../../ocpp/call-error.ts'

/** OCPP-J 1.6 §4.2.3, with its misspellings: `Formation` for format, one r in `Occurence`. */
export const errorSpelling16: ErrorSpelling = {
  notImplemented: 'NotImplemented',
  notSupported: 'NotSupported',
  internalError: 'InternalError',
  protocolError: 'ProtocolError',
  securityError: 'SecurityError',
  formatViolation: 'FormationViolation',
  propertyConstraintViolation: 'PropertyConstraintViolation',
  occurrenceConstraintViolation: 'OccurenceConstraintViolation',
  typeConstraintViolation: 'TypeConstraintViolation',
  genericError: 'GenericError',
}
