import { epochOf } from '../../../src/base/moment.ts'
import type { RequestOf } from '../../../src/ocpp/message.ts'
import type { BootNotification, StatusNotification } from '../../../src/ocpp16/messages/core.ts'
import type { MeterValue, SampledValue } from '../../../src/ocpp16/messages/types.ts'
import type { Boot, ConnectorStatus, Measured } from '../store/store.ts'
import { type MeasuredValue, measuredAt } from './measured.ts'

// The words of OCPP 1.6 in those of neither version.

export function bootOf(request: RequestOf<typeof BootNotification>, at: number): Boot {
  const { chargePointVendor, chargePointModel, chargePointSerialNumber, chargeBoxSerialNumber, firmwareVersion } = request
  return { vendor: chargePointVendor, model: chargePointModel, serialNumber: chargePointSerialNumber ?? chargeBoxSerialNumber, firmwareVersion, at }
}

/** @param now for a station that does not say when */
export function statusOf(request: RequestOf<typeof StatusNotification>, now: number): ConnectorStatus {
  const { connectorId, status, errorCode, info, timestamp } = request
  return {
    evse: connectorId,
    connector: connectorId === 0 ? 0 : 1,
    status,
    errorCode: errorCode === 'NoError' ? undefined : errorCode,
    info,
    at: (timestamp === undefined ? undefined : epochOf(timestamp)) ?? now,
  }
}

/** One row a moment. Signed values are left out: nothing here can read them. */
export function measured16(meterValue: readonly MeterValue[]): readonly Measured[] {
  return meterValue.flatMap(({ timestamp, sampledValue }) => {
    const atMs = epochOf(timestamp)
    const values = sampledValue.flatMap(readingOf)
    return atMs === undefined || values.length === 0 ? [] : [measuredAt(atMs, values)]
  })
}

function readingOf({ value, measurand = 'Energy.Active.Import.Register', phase, location, context, unit, format }: SampledValue): readonly MeasuredValue[] {
  const read = Number(value)
  if (format === 'SignedData' || value.trim() === '' || !Number.isFinite(read)) return []
  return [{ measurand, phase, location, context, value: read, unit }]
}
