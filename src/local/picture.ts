import type { ChargePoint, EvseView } from '../core/charge-point.ts'
import { figuresOf, rounded } from '../core/figures.ts'
import type { LocalContext } from './command.ts'
import { holderWords, isWorthSaying } from './holders.ts'

/** The internal state as plain data: what `status` prints. Units stand in the names; null: there is none. */
export function pictureOf(context: LocalContext) {
  const { chargePoint, link, automaticEv } = context
  return {
    id: context.stationId,
    link: link.state,
    reports: context.reports(),
    operative: chargePoint.isOperative,
    automaticEv: automaticEv?.isOn ?? false,
    reservations: chargePoint.reservations.all.map(({ id, evse, token, until }) => ({ id, connector: evse, tag: token, until: isoAt(until) })),
    connectors: chargePoint.evses.map((evse) => connectorPicture(chargePoint, evse, context)),
  }
}

function connectorPicture(chargePoint: ChargePoint, evse: number, { transactionNumber }: LocalContext) {
  const view = chargePoint.view(evse)
  const { report, transaction } = view
  const { amps, volts, watts } = figuresOf(report.reading)
  return {
    connector: evse,
    status: view.status,
    info: view.info ?? null,
    transaction: transaction === undefined ? null : (transactionNumber(transaction.id) ?? null),
    transactionUuid: transaction?.id ?? null,
    tag: transaction?.token ?? null,
    waitingTag: view.waitingToken ?? null,
    meterWh: rounded(chargePoint.meterWh(evse), 1) ?? null,
    transactionWh: transaction === undefined ? null : (rounded(chargePoint.meterWh(evse) - transaction.meterStartWh, 1) ?? null),
    amps: rounded(amps, 2) ?? null,
    volts: rounded(volts, 1) ?? null,
    watts: rounded(watts, 0) ?? null,
    offeredAmps: rounded(view.offered.amps, 1) ?? null,
    ...(view.offered.watts === undefined
      ? {}
      : { offeredWatts: rounded(view.offered.watts, 0) ?? null, chargePercent: rounded(report.reading?.evChargePercent, 0) ?? null }),
    heldBy: view.offered.heldBy,
    operative: view.isOperative,
    plugged: report.isPlugged,
    pilot: report.pilot,
    contactor: report.contactor,
    lock: report.lock,
    faults: view.faults,
    raised: view.raised ?? null,
  }
}

/** `1: charging, transaction 17, tag 04A2B3C4, 1234 Wh, 15.9 A, 230 V, 3657 W, charging yes`; connectors apart by `;`. What holds a
 *  transaction back, and whom a place is kept for, stand at the end. */
export function infoOf({ chargePoint, transactionNumber }: LocalContext): string {
  return chargePoint.evses
    .map((evse) => {
      const view = chargePoint.view(evse)
      const { status, transaction, report } = view
      const { amps, volts, watts } = figuresOf(report.reading)
      const number = transaction === undefined ? 'none' : (transactionNumber(transaction.id) ?? transaction.id)
      const figures = `${rounded(chargePoint.meterWh(evse), 0)} Wh, ${rounded(amps, 1) ?? '-'} A, ${rounded(volts, 0) ?? '-'} V, ${rounded(watts, 0) ?? '-'} W`
      const state = `${evse}: ${status}, transaction ${number}, tag ${transaction?.token ?? 'none'}, ${figures}, charging ${status === 'charging' ? 'yes' : 'no'}`
      return [state, ...holdOf(view), ...promisesOf(chargePoint, evse)].join(', ')
    })
    .join('; ')
}

/** Who limits a transaction, in words. */
function holdOf({ transaction, offered: { amps, watts, heldBy } }: EvseView): readonly string[] {
  if (transaction === undefined || !isWorthSaying(heldBy)) return []
  return [`limited to ${watts === undefined ? `${rounded(amps, 1)} A` : `${rounded(watts, 0)} W`} by ${holderWords(heldBy)}`]
}

function promisesOf({ reservations }: ChargePoint, evse: number): readonly string[] {
  return reservations.all.filter((each) => each.evse === evse).map(({ token, until }) => `kept for ${token} until ${isoAt(until)}`)
}

function isoAt(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
