import { type MeterValue, readingContexts } from '../../../src/ocpp16/messages/types.ts'
import type { Measured } from '../store/store.ts'
import type { BookedStop, StartRequest } from './booking.ts'
import type { BookedEvent } from './event-book.ts'

// A transaction of OCPP 2.0.1 in the words of the book, which are those of OCPP 1.6: everybody who looks into the book sees both alike.

const isoAt = (epochMs: number) => new Date(epochMs).toISOString()

/** Connector 0 until the EVSE is known, an empty card until one was shown, register 0 until one was told. */
export function startOf({ evse, tag, atMs, measured }: BookedEvent): StartRequest {
  return { connectorId: evse ?? 0, idTag: tag ?? '', meterStart: meterStartOf(measured) ?? 0, timestamp: isoAt(atMs) }
}

/** What an event knows better than the start does; undefined: nothing. */
export function learnt(start: StartRequest, event: BookedEvent, hasRegister: boolean): StartRequest | undefined {
  const { kind, evse, tag, measured, atMs } = event
  const meterStart = kind === 'started' || !hasRegister ? meterStartOf(measured) : undefined
  const better = {
    ...start,
    ...(start.connectorId === 0 && evse !== undefined ? { connectorId: evse } : {}),
    ...(start.idTag === '' && tag !== undefined ? { idTag: tag } : {}),
    ...(meterStart === undefined || (start.meterStart !== 0 && kind !== 'started') ? {} : { meterStart }),
    // The start itself came after what followed it (E04).
    ...(kind === 'started' ? { timestamp: isoAt(atMs) } : {}),
  }
  return (Object.keys(better) as (keyof StartRequest)[]).every((field) => better[field] === start[field]) ? undefined : better
}

/** @param lastWh the newest register of the samples before */
export function stopOf({ atMs, measured, reason, tag }: BookedEvent, transactionId: number, lastWh: number): BookedStop {
  const meterStop = Math.round(meterStopOf(measured) ?? lastWh)
  return { transactionId, meterStop, timestamp: isoAt(atMs), reason: reason ?? 'Local', ...(tag === undefined ? {} : { idTag: tag }) }
}

/** Wh, of the first register that tells of the beginning, or else of the first one. */
function meterStartOf(measured: readonly Measured[]): number | undefined {
  const known = measured.filter(({ energy_wh }) => energy_wh !== undefined)
  const wh = (known.find(({ context }) => context === 'Transaction.Begin') ?? known[0])?.energy_wh
  return wh === undefined ? undefined : Math.round(wh)
}

/** Wh, of the register that tells of the end, or else of the last one. */
function meterStopOf(measured: readonly Measured[]): number | undefined {
  const known = measured.filter(({ energy_wh }) => energy_wh !== undefined)
  return (known.findLast(({ context }) => context === 'Transaction.End') ?? known.at(-1))?.energy_wh
}

export function meterValueOf({ atMs, context, power_w, energy_wh, current_a, voltage_v, soc_percent }: Measured): MeterValue {
  const rows = [
    ['Energy.Active.Import.Register', 'Wh', energy_wh],
    ['Power.Active.Import', 'W', power_w],
    ['Current.Import', 'A', current_a],
    ['Voltage', 'V', voltage_v],
    ['SoC', 'Percent', soc_percent],
  ] as const
  const why = readingContexts.find((each) => each === context)
  return {
    timestamp: isoAt(atMs),
    sampledValue: rows.flatMap(([measurand, unit, value]) =>
      value === undefined ? [] : [{ value: `${value}`, measurand, unit, ...(why === undefined ? {} : { context: why }) }],
    ),
  }
}

/** Wh, of the newest sample that has a register. */
export function lastRegister(samples: readonly MeterValue[]): number | undefined {
  for (const { sampledValue } of samples.toReversed()) {
    const found = sampledValue.find(
      ({ measurand, phase }) => phase === undefined && (measurand ?? 'Energy.Active.Import.Register') === 'Energy.Active.Import.Register',
    )
    if (found !== undefined) return Number(found.value) * (found.unit === 'kWh' ? 1_000 : 1)
  }
  return undefined
}
