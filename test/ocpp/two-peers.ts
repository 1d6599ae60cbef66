import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import type { ErrorSpelling } from '../../src/ocpp/call-error.ts'
import { socketPair } from '../../src/ocpp/memory-socket.ts'
import { integer, message, object, oneOf, text } from '../../src/ocpp/message.ts'
import { overSocket, type PeerOptions, peer } from '../../src/ocpp/peer.ts'
import { keptLog } from './log-lines.ts'

export const Ask = message('Ask', { request: object({ connectorId: integer, idTag: text(20) }), response: object({ status: oneOf('Accepted', 'Rejected') }) })
export const Change = message('Change', { request: object({ key: text(50), value: text(500) }), response: object({ status: oneOf('Accepted', 'Rejected') }) })

export const spelling: ErrorSpelling = {
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

/** A peer at one end of a wire; at the other end the bare socket, which the test plays. */
export function peerAndSocket(options: Partial<PeerOptions> = {}) {
  const clock = simulatedClock()
  const log = keptLog()
  const [mine, theirs] = socketPair(clock)
  const heard: unknown[][] = []
  theirs.received.on((frame) => heard.push(JSON.parse(frame)))
  let ids = 0
  const one = peer({ port: overSocket(mine), clock, log, routes: new Map(), spelling, timeout: () => seconds(30), newId: () => `id-${++ids}`, ...options })
  const say = async (...frame: unknown[]) => {
    theirs.send(JSON.stringify(frame))
    await clock.settle()
  }
  return { clock, log, peer: one, mine, theirs, heard, say }
}
