import { type Route, route, routesOf } from '../../../src/ocpp/peer.ts'
import * as core from '../../../src/ocpp16/messages/core.ts'
import * as firmware from '../../../src/ocpp16/messages/firmware-management.ts'
import * as security from '../../../src/ocpp16/messages/security.ts'
import { whenKnown } from '../books/awaitable.ts'
import { type AnswerSource, currentTime, mannered } from './answers.ts'
import { bootOf, measured16, statusOf } from './neutral16.ts'

/** Every action that a charge point may send in OCPP 1.6, answered as a friendly central system does. */
export function answers16(source: AnswerSource): ReadonlyMap<string, Route> {
  const { clock, station, transactions } = source
  const now = () => clock.now().epochMs
  const routes = routesOf(
    route(core.BootNotification, (request) =>
      whenKnown(source.booted(bootOf(request, now())), () => ({
        status: source.registration(),
        currentTime: currentTime(source),
        interval: source.heartbeat,
      })),
    ),
    route(core.Heartbeat, () => ({ currentTime: currentTime(source) })),
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
    route(core.MeterValues, (request) => {
      const { connectorId, transactionId, meterValue } = request
      return whenKnown(transactionId === undefined ? source.metered(connectorId, measured16(meterValue)) : transactions.sample(station, request), () => ({}))
    }),
    route(core.StatusNotification, (request) => whenKnown(source.statusChanged(statusOf(request, now())), () => ({}))),
    route(core.DataTransfer, () => ({ status: 'UnknownVendorId' as const })),
    route(firmware.DiagnosticsStatusNotification, () => ({})),
    route(firmware.FirmwareStatusNotification, () => ({})),
    route(security.LogStatusNotification, () => ({})),
    route(security.SecurityEventNotification, () => ({})),
    route(security.SignedFirmwareStatusNotification, () => ({})),
    route(security.SignCertificate, () => ({ status: 'Rejected' as const })), // no certificate authority on the bench
  )
  return mannered(routes, source)
}
