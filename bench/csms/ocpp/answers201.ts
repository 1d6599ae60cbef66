import { type Route, route, routesOf } from '../../../src/ocpp/peer.ts'
import { Authorize } from '../../../src/ocpp201/messages/authorization.ts'
import { Heartbeat, StatusNotification } from '../../../src/ocpp201/messages/availability.ts'
import { Get15118EVCertificate, GetCertificateStatus } from '../../../src/ocpp201/messages/certificates.ts'
import { DataTransfer } from '../../../src/ocpp201/messages/data-transfer.ts'
import * as diagnostics from '../../../src/ocpp201/messages/diagnostics.ts'
import { NotifyDisplayMessages } from '../../../src/ocpp201/messages/display-message.ts'
import { FirmwareStatusNotification, PublishFirmwareStatusNotification } from '../../../src/ocpp201/messages/firmware-management.ts'
import { MeterValues } from '../../../src/ocpp201/messages/meter-values.ts'
import { BootNotification, NotifyReport } from '../../../src/ocpp201/messages/provisioning.ts'
import { ReservationStatusUpdate } from '../../../src/ocpp201/messages/reservation.ts'
import { SecurityEventNotification, SignCertificate } from '../../../src/ocpp201/messages/security.ts'
import * as smartCharging from '../../../src/ocpp201/messages/smart-charging.ts'
import { TransactionEvent } from '../../../src/ocpp201/messages/transactions.ts'
import type { IdToken, IdTokenInfo } from '../../../src/ocpp201/messages/types.ts'
import { type Awaitable, whenKnown } from '../books/awaitable.ts'
import type { ConnectorStatus } from '../store/store.ts'
import { type AnswerSource, currentTime, mannered } from './answers.ts'
import { bootOf, eventOf, idTokenInfoOf, measured201, statusesOf, statusOf } from './neutral201.ts'

/** Every action that a station may send in OCPP 2.0.1, answered as a friendly central system does. */
export function answers201(source: AnswerSource): ReadonlyMap<string, Route> {
  const now = () => source.clock.now().epochMs
  const judged = (idToken: IdToken): Awaitable<IdTokenInfo> =>
    // C02, C05: whoever needs no card has none to be judged.
    idToken.type === 'NoAuthorization' ? { status: 'Accepted' } : whenKnown(source.authorize(idToken.idToken), idTokenInfoOf)
  const changed = (statuses: readonly ConnectorStatus[]) => everyOne(statuses, (status) => source.statusChanged(source.shown.notified(status)))
  const routes = routesOf(
    route(BootNotification, (request) =>
      whenKnown(source.booted(bootOf(request, now())), () => ({
        currentTime: currentTime(source),
        interval: source.heartbeat,
        status: source.registration(),
      })),
    ),
    route(Heartbeat, () => ({ currentTime: currentTime(source) })),
    route(StatusNotification, (request) => whenKnown(changed([statusOf(request, now())]), () => ({}))),
    route(Authorize, ({ idToken }) => whenKnown(judged(idToken), (idTokenInfo) => ({ idTokenInfo }))),
    route(TransactionEvent, (request) => {
      const event = eventOf(request, now())
      const { idToken, transactionInfo } = request
      return whenKnown(source.transactions.event(source.station, event), () => {
        // An event of a queue tells of the past: what the connector is at now, nobody said.
        const shown = request.offline === true && event.kind !== 'ended' ? undefined : source.shown.during(event, transactionInfo.chargingState)
        return whenKnown(shown === undefined ? undefined : source.statusChanged(shown), () =>
          // E05: a token that came is judged in the answer; the station stops by what it says.
          idToken === undefined ? {} : whenKnown(judged(idToken), (idTokenInfo) => ({ idTokenInfo })),
        )
      })
    }),
    route(MeterValues, ({ evseId, meterValue }) => whenKnown(source.metered(evseId, measured201(meterValue)), () => ({}))),
    route(diagnostics.NotifyEvent, (request) => whenKnown(changed(statusesOf(request, now())), () => ({}))),
    route(DataTransfer, () => ({ status: 'UnknownVendorId' as const })),
    ...taken.map((message) => route(message, () => ({}))),
    // There is no certificate authority on the bench, no clearing house, and nobody who plans for cars.
    route(SignCertificate, () => ({ status: 'Rejected' as const })),
    route(Get15118EVCertificate, () => ({ status: 'Failed' as const, exiResponse: '' })),
    route(GetCertificateStatus, () => ({ status: 'Failed' as const })),
    route(smartCharging.NotifyEVChargingNeeds, () => ({ status: 'Rejected' as const })),
    route(smartCharging.NotifyEVChargingSchedule, () => ({ status: 'Accepted' as const })),
  )
  return mannered(routes, source)
}

/** Told, and nothing more to say about it. The parts of a report go to whoever asked for it (`gathered`). */
const taken = [
  NotifyReport,
  SecurityEventNotification,
  FirmwareStatusNotification,
  PublishFirmwareStatusNotification,
  diagnostics.LogStatusNotification,
  diagnostics.NotifyMonitoringReport,
  diagnostics.NotifyCustomerInformation,
  NotifyDisplayMessages,
  ReservationStatusUpdate,
  smartCharging.NotifyChargingLimit,
  smartCharging.ClearedChargingLimit,
  smartCharging.ReportChargingProfiles,
]

/** One after the other. */
function everyOne<T>([first, ...others]: readonly T[], act: (each: T) => Awaitable<void>): Awaitable<void> {
  return first === undefined ? undefined : whenKnown(act(first), () => everyOne(others, act))
}
