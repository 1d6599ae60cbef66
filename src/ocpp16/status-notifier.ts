import type { Clock, Timer } from '../base/clock.ts'
import { isoOf } from '../base/moment.ts'
import { seconds } from '../base/units.ts'
import type { ChargePoint, EvseView } from '../core/charge-point.ts'
import type { RequestOf } from '../ocpp/message.ts'
import type { Peer } from '../ocpp/peer.ts'
import { StatusNotification } from './messages/core.ts'
import type { ChargePointStatus } from './messages/types.ts'
import { type Complaint, complaintOf, pathBetween, wireStatus } from './statuses.ts'

/** A vendor's error codes need its name beside them (OCPP 1.6 §6.51). */
export const vendorId = 'Pilotwire'

interface Shown extends Complaint {
  readonly status: ChargePointStatus
  readonly info?: string
}

export interface StatusNotifierParts {
  readonly core: ChargePoint
  readonly peer: Peer
  readonly clock: Clock
  /** Registered and connected: StatusNotification may leave. */
  readonly mayReport: () => boolean
  /** The start of this transaction has not had its first try yet: Charging waits for it (reference rule 26). */
  readonly isStartPending: (transaction: string) => boolean
}

export interface StatusNotifier {
  /** The station was accepted: every connector is reported, whatever was said before. */
  reportAll(): void
  /** The connection is back, or a pending start was tried: what changed since is reported, its present state only. */
  catchUp(): void
  /** Reports a connector now (TriggerMessage): no debounce. */
  report(connector: number): void
  stop(): void
}

const isSame = (a: Shown | undefined, b: Shown) => a !== undefined && a.status === b.status && a.errorCode === b.errorCode && a.vendorErrorCode === b.vendorErrorCode && a.info === b.info

/** Reports each change of status, in pairs that the specification's matrix knows. */
export function statusNotifier(parts: StatusNotifierParts): StatusNotifier {
  const { core, peer, clock } = parts
  const connectors = [0, ...core.evses]
  /** Given to the peer, and acknowledged (or lost on the way while connected). */
  const queued = new Map<number, Shown>()
  const settled = new Map<number, Shown>()
  const debounces = new Map<number, Timer>()

  const present = (connector: number): Shown => {
    if (connector === 0) return { status: core.isOperative ? 'Available' : 'Unavailable', errorCode: 'NoError' }
    const view = core.view(connector)
    return { status: wireStatus[view.status], ...complaintOf(view), ...(view.info === undefined ? {} : { info: view.info }) }
  }
  const send = (connector: number, shown: Shown) => {
    queued.set(connector, shown)
    const { status, errorCode, info, vendorErrorCode } = shown
    const request: RequestOf<typeof StatusNotification> = {
      connectorId: connector, errorCode, status, timestamp: isoOf(clock.now()),
      ...(info === undefined ? {} : { info }), ...(vendorErrorCode === undefined ? {} : { vendorId, vendorErrorCode }),
    }
    void peer.call(StatusNotification, request).then(({ kind }) => {
      if (kind !== 'disconnected') settled.set(connector, shown)
      else if (queued.get(connector) === shown) forget(connector)
    })
  }
  const forget = (connector: number) => {
    const known = settled.get(connector)
    if (known === undefined) queued.delete(connector)
    else queued.set(connector, known)
  }
  const isHeld = (view: EvseView) => view.transaction !== undefined && parts.isStartPending(view.transaction.id)
  const sendIfChanged = (connector: number) => {
    if (!parts.mayReport() || (connector !== 0 && isHeld(core.view(connector)))) return
    const shown = present(connector)
    const before = queued.get(connector)
    if (isSame(before, shown)) return
    const path = connector === 0 ? [shown.status] : pathBetween(before?.status, shown.status)
    for (const status of path.slice(0, -1)) send(connector, { status, errorCode: 'NoError' })
    send(connector, shown)
  }
  /** The picture last seen, whether or not it was reported: what MinimumStatusDuration counts from. */
  const seen = new Map<number, Shown>()
  const note = (connector: number) => {
    const shown = present(connector)
    const isNew = !isSame(seen.get(connector), shown)
    seen.set(connector, shown)
    if (!isNew && debounces.has(connector)) return
    debounces.get(connector)?.stop()
    debounces.delete(connector)
    const holdMs = seconds(core.settings.get('minimumStatusDuration'))
    if (!isNew || holdMs === 0) return sendIfChanged(connector)
    const timer = clock.after(`status ${connector}`, holdMs, () => {
      debounces.delete(connector)
      sendIfChanged(connector)
    })
    debounces.set(connector, timer)
  }
  const off = core.changed.on((view) => {
    note(0)
    note(view.evse)
  })
  return {
    reportAll() {
      for (const connector of connectors) {
        if (connector !== 0 && isHeld(core.view(connector))) continue
        const shown = present(connector)
        const path = connector === 0 ? [shown.status] : pathBetween(settled.get(connector)?.status, shown.status)
        for (const status of path.slice(0, -1)) send(connector, { status, errorCode: 'NoError' })
        send(connector, shown)
      }
    },
    catchUp: () => connectors.forEach(sendIfChanged),
    report: (connector) => send(connector, present(connector)),
    stop() {
      off()
      for (const timer of debounces.values()) timer.stop()
    },
  }
}
