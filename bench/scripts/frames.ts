import {
  type Call,
  type CallErrorFrame,
  type CallResult,
  encodeCall,
  encodeError,
  encodeResult,
  type Frame,
  parseFrame as parse,
} from '../../src/ocpp/frame.ts'

export type { Call, CallErrorFrame, CallResult, Frame, Malformed, Unknown } from '../../src/ocpp/frame.ts'

/** Reads what came over the wire (OCPP-J §4.2). Never throws: `kind` is `call`, `result`, `error`, or `malformed` (with the reason, and with
 *  `callId` where it was meant as a CALL), or `unknown` for another message type number. */
export function parseFrame(text: string): Frame {
  return parse(text)
}

/** `[2, id, action, payload]`; an empty payload when it is left out. */
export function buildCall(id: string, action: string, payload: unknown = {}): string {
  return encodeCall(id, action, payload)
}

/** `[3, id, payload]`; an empty payload when it is left out. */
export function buildResult(id: string, payload: unknown = {}): string {
  return encodeResult(id, payload)
}

/** `[4, id, code, description, details]`. A description is cut at 255 characters. */
export function buildError(id: string, code: string, description = '', details: Readonly<Record<string, unknown>> = {}): string {
  return encodeError(id, code, description, details)
}

/** The text of a frame, so that `buildFrame(parseFrame(text))` says the same again. */
export function buildFrame(frame: Call | CallResult | CallErrorFrame): string {
  if (frame.kind === 'call') return buildCall(frame.id, frame.action, frame.payload)
  if (frame.kind === 'result') return buildResult(frame.id, frame.payload)
  return JSON.stringify([4, frame.id, frame.code, frame.description, frame.details])
}
