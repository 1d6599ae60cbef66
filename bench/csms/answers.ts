import type { Clock } from '../../src/base/clock.ts'
import { isoOf } from '../../src/base/moment.ts'
import type { Millis } from '../../src/base/units.ts'
import { CallError, type CallErrorCode } from '../../src/ocpp/call-error.ts'
import type { RequestOf } from '../../src/ocpp/message.ts'
import { type Route, route, routesOf } from '../../src/ocpp/peer.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import * as firmware from '../../src/ocpp16/messages/firmware-management.ts'
import * as security from '../../src/ocpp16/messages/security.ts'
import type { IdTagInfo, RegistrationStatus } from '../../src/ocpp16/messages/types.ts'
import { type Awaitable, whenKnown } from './awaitable.ts'
import type { TransactionBook } from './transactions.ts'

/** What the answers to one station are made from. */
export interface AnswerSource {
  readonly clock: Clock
  readonly station: string
  readonly transactions: TransactionBook
  /** Heartbeat interval, s. */
  readonly heartbeat: number
  registration(): RegistrationStatus
  authorize(idTag: string): Awaitable<IdTagInfo>
  /** A request that fits its declaration came. */
  heard(action: string, request: unknown): void
  booted(request: RequestOf<typeof core.BootNotification>): Awaitable<void>
  statusChanged(request: RequestOf<typeof core.StatusNotification>): Awaitable<void>
  /** Values outside of transactions. */
  metered(request: RequestOf<typeof core.MeterValues>): Awaitable<void>
  /** How an action is treated; undefined: at once and kindly. */
  manner(action: string): Manner | undefined
}

/** How a request is treated by a central system that is not at its best. */
export interface Manner {
  /** The request is taken in at once, and its answer leaves so late. */
  readonly lateBy?: Millis
  /** The request is taken in, and never answered. */
  readonly isSilent?: boolean
  /** The request is not taken in, but answered by a CALLERROR. */
  readonly refusal?: CallErrorCode
}

/** Every action that a charge point may send in OCPP 1.6, answered as a friendly central system does. */
export function answersTo({ clock, station, transactions, ...source }: AnswerSource): ReadonlyMap<string, Route> {
  const currentTime = () => isoOf(clock.now())
  const routes = routesOf(
    route(core.BootNotification, (request) =>
      whenKnown(source.booted(request), () => ({ status: source.registration(), currentTime: currentTime(), interval: source.heartbeat })),
    ),
    route(core.Heartbeat, () => ({ currentTime: currentTime() })),
    route(core.Authorize, ({ idTag }) => whenKnown(source.authorize(idTag), (idTagInfo) => ({ idTagInfo }))),
    // OCPP 1.6 §4.8: the card is judged here too; a refused transaction still gets its id, and will be stopped under it.
    route(core.StartTransaction, (request) =>
      whenKnown(transactions.start(station, request), (transactionId) =>
        whenKnown(source.authorize(request.idTag), (idTagInfo) => ({ transactionId, idTagInfo })),
      ),
    ),
    route(core.StopTransaction, (request) =>
      whenKnown(transactions.stop(station, request), () =>
        request.idTag === undefined ? {} : whenKnown(source.authorize(request.idTag), (idTagInfo) => ({ idTagInfo })),
      ),
    ),
    route(core.MeterValues, (request) =>
      whenKnown(request.transactionId === undefined ? source.metered(request) : transactions.sample(station, request), () => ({})),
    ),
    route(core.StatusNotification, (request) => whenKnown(source.statusChanged(request), () => ({}))),
    route(core.DataTransfer, () => ({ status: 'UnknownVendorId' as const })),
    route(firmware.DiagnosticsStatusNotification, () => ({})),
    route(firmware.FirmwareStatusNotification, () => ({})),
    route(security.LogStatusNotification, () => ({})),
    route(security.SecurityEventNotification, () => ({})),
    route(security.SignedFirmwareStatusNotification, () => ({})),
    route(security.SignCertificate, () => ({ status: 'Rejected' as const })), // no certificate authority on the bench
  )
  return new Map(
    [...routes].map(([action, { message, handle }]) => [
      action,
      route(message, (request, context) => {
        const { lateBy = 0, isSilent = false, refusal } = source.manner(action) ?? {}
        if (refusal !== undefined) throw new CallError(refusal, 'the bench was told to refuse this')
        source.heard(action, request)
        const answer = handle(request as never, context)
        if (isSilent) return new Promise(() => {})
        return lateBy <= 0 ? answer : new Promise((resolve) => clock.after('late answer', lateBy, () => resolve(answer)))
      }),
    ]),
  )
}
