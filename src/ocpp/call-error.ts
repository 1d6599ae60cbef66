/** What went wrong with a CALL, in this house's words. Each OCPP version spells them its own way (`ErrorSpelling`). */
export const callErrorCodes = [
  'notImplemented',
  'notSupported',
  'internalError',
  'protocolError',
  'securityError',
  'formatViolation',
  'propertyConstraintViolation',
  'occurrenceConstraintViolation',
  'typeConstraintViolation',
  'genericError',
] as const
export type CallErrorCode = (typeof callErrorCodes)[number]

/** A peer broke the protocol, or asked for what is not there. A handler throws it; the other end gets a CALLERROR. */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly code: CallErrorCode
  readonly details: Readonly<Record<string, unknown>>
  /** @param description at most 255 characters on the wire; longer is cut there */
  constructor(code: CallErrorCode, description: string, details: Readonly<Record<string, unknown>> = {}) {
    super(description)
    this.code = code
    this.details = details
  }
}

/** The error codes as one OCPP version writes them. */
export type ErrorSpelling = Readonly<Record<CallErrorCode, string>>

/** Reads a CALLERROR's code in any spelling that is in the field: OCPP 1.6 keeps `OccurenceConstraintViolation` and
 *  `FormationViolation` (OCPP-J errata 5.1, 5.2), later versions mended them. Undefined: no code of OCPP. */
export function codeOf(wire: string): CallErrorCode | undefined {
  return codesByWord.get(wire.toLowerCase())
}

const codesByWord: ReadonlyMap<string, CallErrorCode> = new Map<string, CallErrorCode>([
  ...callErrorCodes.map((code) => [code.toLowerCase(), code] as const),
  ['occurenceconstraintviolation', 'occurrenceConstraintViolation'],
  ['formationviolation', 'formatViolation'],
])
