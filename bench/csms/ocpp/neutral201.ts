import { epochOf } from '../../../src/base/moment.ts'
import type { RequestOf } from '../../../src/ocpp/message.ts'
import type { IdTagInfo } from '../../../src/ocpp16/messages/types.ts'
import type { StatusNotification } from '../../../src/ocpp201/messages/availability.ts'
import type { NotifyEvent } from '../../../src/ocpp201/messages/diagnostics.ts'
import type { BootNotification } from '../../../src/ocpp201/messages/provisioning.ts'
import type { TransactionEvent } from '../../../src/ocpp201/messages/transactions.ts'
import type { IdToken, IdTokenInfo, MeterValue, SampledValue } from '../../../src/ocpp201/messages/types.ts'
import type { BookedEvent } from '../books/event-book.ts'
import type { Boot, ConnectorStatus, Measured } from '../store/store.ts'
import { type MeasuredValue, measuredAt } from './measured.ts'

// The words of OCPP 2.0.1 in those of neither version.

export function bootOf({ chargingStation }: RequestOf<typeof BootNotification>, at: number): Boot {
  const { vendorName, model, serialNumber, firmwareVersion } = chargingStation
  return { vendor: vendorName, model, serialNumber, firmwareVersion, at }
}

/** @param now for a time that cannot be read */
export function statusOf({ timestamp, connectorStatus, evseId, connectorId }: RequestOf<typeof StatusNotification>, now: number): ConnectorStatus {
  return { evse: evseId, connector: connectorId, status: connectorStatus, at: epochOf(timestamp) ?? now }
}

/** A station may tell the state of a connector, or its own, as an event of the device model instead (N07, `AvailabilityState`). */
export function statusesOf({ eventData }: RequestOf<typeof NotifyEvent>, now: number): readonly ConnectorStatus[] {
  return eventData.flatMap(({ component: { name, evse }, variable, actualValue, timestamp }) => {
    if (variable.name !== 'AvailabilityState' || !availabilityStates.has(actualValue)) return []
    const at = epochOf(timestamp) ?? now
    if (name === 'ChargingStation') return [{ evse: 0, connector: 0, status: actualValue, at }]
    if (name !== 'Connector' || evse?.connectorId === undefined) return []
    return [{ evse: evse.id, connector: evse.connectorId, status: actualValue, at }]
  })
}

const availabilityStates = new Set(['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted'])

export function eventOf(request: RequestOf<typeof TransactionEvent>, now: number): BookedEvent {
  const { eventType, seqNo, timestamp, transactionInfo, evse, idToken, meterValue = [] } = request
  const kind = kinds[eventType]
  // Before the cable is in, some say EVSE 0.
  const isPlaced = evse !== undefined && evse.id > 0
  return {
    reference: transactionInfo.transactionId,
    kind,
    seqNo,
    atMs: epochOf(timestamp) ?? now,
    evse: isPlaced ? evse.id : undefined,
    connector: isPlaced ? evse.connectorId : undefined,
    tag: idToken === undefined || idToken.idToken === '' ? undefined : idToken.idToken,
    measured: measured201(meterValue),
    // §3.67: Local may be left out.
    reason: kind === 'ended' ? (transactionInfo.stoppedReason ?? 'Local') : undefined,
  }
}

const kinds = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const

/** One row a moment. Values that no number can be are left out. */
export function measured201(meterValue: readonly MeterValue[]): readonly Measured[] {
  return meterValue.flatMap(({ timestamp, sampledValue }) => {
    const atMs = epochOf(timestamp)
    const values = sampledValue.map(readingOf).filter(({ value }) => Number.isFinite(value))
    return atMs === undefined || values.length === 0 ? [] : [measuredAt(atMs, values)]
  })
}

function readingOf({ value, measurand = 'Energy.Active.Import.Register', phase, location, context, unitOfMeasure }: SampledValue): MeasuredValue {
  const { unit, multiplier = 0 } = unitOfMeasure ?? {}
  // A power of ten (§2.52): 3.68 with multiplier 3 is 3680, not 3680.0000000000005.
  const size = multiplier === 0 ? value : Number((value * 10 ** multiplier).toPrecision(12))
  return { measurand, phase, location, context, value: size, unit }
}

/** What is known of a card, for the station. `parentIdTag` is the group (C09). */
export function idTokenInfoOf({ status, expiryDate, parentIdTag }: IdTagInfo): IdTokenInfo {
  return {
    status,
    ...(expiryDate === undefined ? {} : { cacheExpiryDateTime: new Date(epochOf(expiryDate) ?? 0).toISOString() }),
    ...(parentIdTag === undefined ? {} : { groupIdToken: { idToken: parentIdTag, type: 'Central' as const } }),
  }
}

/** The id of a card as a token: what looks like the UID of an RFID card (4, 7 or 10 bytes) is one, everything else came from here. */
export function idTokenOf(tag: string): IdToken {
  return { idToken: tag, type: /^(?:[\da-f]{8}|[\da-f]{14}|[\da-f]{20})$/i.test(tag) ? 'ISO14443' : 'Central' }
}
