import type { CentralSystem } from '../../bench/csms/central-system.ts'
import type { Millis } from '../../src/base/units.ts'
import { violationOf } from '../../src/ocpp/message.ts'
import type { FrameSeen } from '../../src/ocpp/wire.ts'
import { messages16 } from '../../src/ocpp16/messages/catalogue.ts'
import { isInMatrix } from './matrix.ts'
import type { World } from './world.ts'

/** What was seen so far. */
export interface Watch {
  frames: number
  statuses: number
}

/** Holds every frame against its declaration, counts CALLs in flight, and follows each connector through the matrix: as the station
 *  sent it, and as the central system heard it. */
export function watchFrames(w: World, csms: CentralSystem, timeout: Millis, blame: (words: string) => void): Watch {
  const watch: Watch = { frames: 0, statuses: 0 }
  const open = new Map<string, number>()
  const follow = (whose: string) => {
    const last = new Map<number, string>()
    return (payload: unknown) => {
      const { connectorId, status, errorCode } = payload as { connectorId: number; status: string; errorCode: string }
      const before = last.get(connectorId)
      last.set(connectorId, status)
      if (before !== undefined && before !== status && !isInMatrix(before, status)) blame(`connector ${connectorId}, ${whose}: ${before} to ${status}`)
      if (connectorId === 0 && !['Available', 'Unavailable', 'Faulted'].includes(status)) blame(`connector 0: ${status}`)
      if (status === 'Faulted' && ['NoError', 'EVCommunicationError'].includes(errorCode)) blame(`connector ${connectorId}: Faulted with ${errorCode}`)
    }
  }
  const [sent, heard] = [follow('as sent'), follow('as heard')]
  const inFlight = (id: string) => {
    const now = w.clock.monotonic()
    for (const [each, at] of open) if (now - at >= timeout) open.delete(each)
    open.set(id, now)
    if (open.size > 1) blame(`${open.size} CALLs in flight`)
  }
  w.link.dropped.on(() => open.clear())
  w.station.door.peer.frames.on(({ direction, kind, action, id = '', payload }: FrameSeen) => {
    if (direction === 'in') {
      if (kind === 'result' || kind === 'error') open.delete(id)
      return
    }
    watch.frames++
    const declared = messages16.get(action ?? '')?.message
    if (kind === 'call') inFlight(id)
    if (kind === 'error') return
    if (declared === undefined) return blame(`a ${kind} of no action: ${action}`)
    const violation = violationOf(kind === 'call' ? declared.request : declared.response, payload)
    if (violation !== undefined) blame(`${kind} of ${action}: ${violation.description}: ${JSON.stringify(payload)}`)
    if (kind === 'call' && action === 'StatusNotification') sent(payload)
  })
  csms.frames.on(({ direction, kind, action, payload }) => {
    if (direction !== 'in' || kind !== 'call' || action !== 'StatusNotification') return
    watch.statuses++
    heard(payload)
  })
  return watch
}
