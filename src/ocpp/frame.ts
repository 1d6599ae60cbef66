/** The OCPP-J envelope: text to frame and back. What comes from the wire is hostile; nothing here throws on it. */

export interface Call {
  readonly kind: 'call'
  readonly id: string
  readonly action: string
  readonly payload: unknown
}

export interface CallResult {
  readonly kind: 'result'
  readonly id: string
  readonly payload: unknown
}

export interface CallErrorFrame {
  readonly kind: 'error'
  readonly id: string
  /** As the other end spelled it. */
  readonly code: string
  readonly description: string
  readonly details: unknown
}

/** A text that is no frame. With `callId` it was meant as a CALL, and its sender can be told. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly reason: string
  readonly callId?: string
}

/** A message type number that this house does not know: to be ignored (OCPP-J §4.1.3). */
export interface Unknown {
  readonly kind: 'unknown'
  readonly type: number
}

export type Frame = Call | CallResult | CallErrorFrame | Malformed | Unknown

/** Central systems exist that send longer ids than §4.1.4 allows; they get their answer all the same. */
export const longestForeignId = 255
/** CALLERROR descriptions, OCPP-J 2.0.1 §4.2.3; 1.6 names no limit. */
export const longestDescription = 255
/** The deepest OCPP message has about 8 levels. The bound keeps recursive code (printing, comparing) off the stack's end. */
const deepestNesting = 64

export function parseFrame(text: string): Frame {
  if (isTooDeep(text)) return { kind: 'malformed', reason: `more than ${deepestNesting} levels of nesting` }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { kind: 'malformed', reason: 'not JSON' }
  }
  if (!Array.isArray(parsed)) return { kind: 'malformed', reason: 'not a JSON array' }
  const [type, id, ...rest]: readonly unknown[] = parsed
  if (typeof type !== 'number') return { kind: 'malformed', reason: 'message type is not a number' }
  if (type !== 2 && type !== 3 && type !== 4) return { kind: 'unknown', type }
  if (typeof id !== 'string') return { kind: 'malformed', reason: 'message id is not a text' }
  if (id.length > longestForeignId) return { kind: 'malformed', reason: `message id is longer than ${longestForeignId} characters` }
  if (type === 2) return callOf(id, rest)
  if (type === 3) return { kind: 'result', id, payload: rest[0] ?? {} }
  const [code, description, details] = rest
  // A CALLERROR ends our CALL however badly its other fields are written.
  return {
    kind: 'error',
    id,
    code: typeof code === 'string' ? code : 'GenericError',
    description: typeof description === 'string' ? description : '',
    details: details ?? {},
  }
}

/** OCPP-J §4.2.1: an empty payload may be written as null; left out it is taken for empty too. */
function callOf(id: string, [action, payload]: readonly unknown[]): Call | Malformed {
  if (typeof action !== 'string' || action === '') return { kind: 'malformed', reason: 'action is not a text', callId: id }
  const given = payload ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) return { kind: 'malformed', reason: 'payload is not an object', callId: id }
  return { kind: 'call', id, action, payload: given }
}

export const encodeCall = (id: string, action: string, payload: unknown): string => JSON.stringify([2, id, action, payload ?? {}])
export const encodeResult = (id: string, payload: unknown): string => JSON.stringify([3, id, payload ?? {}])
export const encodeError = (id: string, code: string, description: string, details: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify([4, id, code, cut(description, longestDescription), details])

/** At most `length` UTF-16 units, never half a character at the end. */
export function cut(words: string, length: number): string {
  if (words.length <= length) return words
  const last = words.charCodeAt(length - 1)
  return words.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > deepestNesting) return true
    } else if (c === 0x5d || c === 0x7d) depth--
  }
  return false
}
