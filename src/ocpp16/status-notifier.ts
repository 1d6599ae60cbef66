import { type Clock, isPlausible, type Timer } from '../base/clock.ts'
import { isoOf } from '../base/moment.ts'
import { seconds } from '../base/units.ts'
import type { ChargePoint, EvseView } from '../core/charge-point.ts'
import type { RequestOf } from '../ocpp/message.ts'
import type { Peer } from '../ocpp/peer.ts'
import { StatusNotification } from './messages/core.ts'
import type { ChargePointStatus } from './messages/types.ts'
import { type Complaint, complaintOf, pathFromAny, wireStatus } from './statuses.ts'

/** A vendor's error codes need its name beside them (OCPP 1.6 §6.51). */
export const vendorId = 'Pilotwire'

/** A status that is refused is told once more after this: some central systems refuse each CALL while one of theirs is open. */
const tellAgain = seconds(10)

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
  /** The connection broke: what was not answered on it may never have arrived. */
  dropped(): void
  /** Reports a connector now (TriggerMessage): no debounce. */
  report(connector: number): void
  stop(): void
}

const isSame = (a: Shown | undefined, b: Shown) =>
  a !== undefined && a.status === b.status && a.errorCode === b.errorCode && a.vendorErrorCode === b.vendorErrorCode && a.info === b.info

/** Reports each change of status, in pairs that the specification's matrix knows. */
export function statusNotifier(parts: StatusNotifierParts): StatusNotifier {
  const { core, peer, clock } = parts
  const connectors = [0, ...core.evses]
  /** The last one given to the peer on this connection. */
  const queued = new Map<number, Shown>()
  /** What the central system may hold, the latest last: one status that it acknowledged, and each that was sent since then and never
   *  answered, or refused. */
  const heard = new Map<number, readonly Shown[]>()
  /** Connectors whose last status was never answered, or refused. */
  const unsure = new Set<number>()
  const debounces = new Map<number, Timer>()
  const retries = new Map<number, Timer>()

  /** §3.5.2: told once, until the list is changed. */
  const hasConflict = () => core.localList.hasConflict && core.settings.get('localListEnabled')
  const present = (connector: number): Shown => {
    if (connector === 0) return { status: core.isOperative ? 'Available' : 'Unavailable', errorCode: hasConflict() ? 'LocalListConflict' : 'NoError' }
    const view = core.view(connector)
    return { status: wireStatus[view.status], ...complaintOf(view), ...(view.info === undefined ? {} : { info: view.info }) }
  }
  /** Refused, it may have been heard or not. The second refusal is final. */
  const sendAgain = (connector: number, shown: Shown) => {
    const timer = clock.after(`status ${connector} again`, tellAgain, () => {
      if (parts.mayReport() && queued.get(connector) === shown && isSame(present(connector), shown)) send(connector, shown, true)
    })
    retries.set(connector, timer)
  }
  const send = (connector: number, shown: Shown, isAgain = false) => {
    retries.get(connector)?.stop()
    queued.set(connector, shown)
    const { status, errorCode, info, vendorErrorCode } = shown
    const now = clock.now()
    const request: RequestOf<typeof StatusNotification> = {
      connectorId: connector,
      errorCode,
      status,
      ...(isPlausible(now.epochMs) ? { timestamp: isoOf(now) } : {}),
      ...(info === undefined ? {} : { info }),
      ...(vendorErrorCode === undefined ? {} : { vendorId, vendorErrorCode }),
    }
    void peer.call(StatusNotification, request).then((outcome) => {
      const isHeard = outcome.kind === 'result' || outcome.kind === 'invalid' || (outcome.kind === 'error' && isAgain)
      if (isHeard) heard.set(connector, [shown])
      else if (outcome.kind !== 'disconnected' || outcome.wasSent) heard.set(connector, [...heardOf(connector).filter((each) => each.status !== status), shown])
      if (isHeard) unsure.delete(connector)
      else unsure.add(connector)
      if (!isHeard && outcome.kind === 'error' && queued.get(connector) === shown) sendAgain(connector, shown)
      if (outcome.kind === 'disconnected' && queued.get(connector) === shown) queued.delete(connector)
    })
  }
  const heardOf = (connector: number) => heard.get(connector) ?? []
  const isKnown = (connector: number, shown: Shown) => {
    const given = queued.get(connector)
    if (given !== undefined) return isSame(given, shown)
    return !unsure.has(connector) && isSame(heardOf(connector).at(-1), shown)
  }
  const isHeld = (view: EvseView) => view.transaction !== undefined && parts.isStartPending(view.transaction.id)
  /** Each pair is one of the matrix, also where it is not known which of some statuses arrived. */
  const tell = (connector: number, shown: Shown) => {
    const given = queued.get(connector)
    const heardSoFar = heardOf(connector)
    // One that waits for its answer is taken for heard.
    const held = given === undefined || heardSoFar.at(-1) === given ? heardSoFar : [given]
    const path =
      connector === 0
        ? [shown.status]
        : pathFromAny(
            held.map((each) => each.status),
            shown.status,
          )
    for (const status of path.slice(0, -1)) send(connector, held.find((each) => each.status === status) ?? { status, errorCode: 'NoError' })
    send(connector, shown)
  }
  const sendIfChanged = (connector: number) => {
    if (!parts.mayReport()) return
    const shown = present(connector)
    // Most reports change nothing that is told: that is asked first.
    if (isKnown(connector, shown) || (connector !== 0 && isHeld(core.view(connector)))) return
    tell(connector, shown)
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
  const offs = [
    core.changed.on((view) => {
      note(0)
      note(view.evse)
    }),
    core.localList.conflictChanged.on(() => note(0)),
  ]
  return {
    reportAll() {
      for (const connector of connectors) {
        if (connector !== 0 && isHeld(core.view(connector))) continue
        tell(connector, present(connector))
      }
    },
    // A status that has not held long enough is still not reported.
    catchUp: () => connectors.filter((connector) => !debounces.has(connector)).forEach(sendIfChanged),
    dropped: () => queued.clear(),
    // While the station is not accepted one message was asked for, and one may leave.
    report: (connector) => (parts.mayReport() ? tell : send)(connector, present(connector)),
    stop() {
      for (const off of offs) off()
      for (const timer of [...debounces.values(), ...retries.values()]) timer.stop()
    },
  }
}
