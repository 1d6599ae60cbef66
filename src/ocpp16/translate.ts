import { epochOf, isoOf } from '../base/moment.ts'
import type { TokenInfo } from '../core/charge-point.ts'
import type { Fact, MeterSampled, SampleContext, SampledValue, StopReason, TransactionEnded, TransactionStarted } from '../core/facts.ts'
import type { RequestOf } from '../ocpp/message.ts'
import type { Entry } from '../store/store.ts'
import type { MeterValues, StartTransaction, StopTransaction } from './messages/core.ts'
import type {
  AuthorizationStatus,
  IdTagInfo,
  MeterValue,
  ReadingContext,
  UnitOfMeasure,
  StopReason as WireReason,
  SampledValue as WireValue,
} from './messages/types.ts'

/** The longest identifier that 1.6 can carry (CiString20Type). */
export const longestIdTag = 20

/** OCPP 1.6 errata 3.18: the transaction whose StartTransaction was never answered. */
export const unknownTransaction = -1

const reasons = {
  local: 'Local',
  remote: 'Remote',
  evDisconnected: 'EVDisconnected',
  deAuthorized: 'DeAuthorized',
  hardReset: 'HardReset',
  softReset: 'SoftReset',
  unlockCommand: 'UnlockCommand',
  powerLoss: 'PowerLoss',
  reboot: 'Reboot',
  emergencyStop: 'EmergencyStop',
  other: 'Other',
} as const satisfies Record<StopReason, WireReason>

const contexts = {
  begin: 'Transaction.Begin',
  periodic: 'Sample.Periodic',
  clock: 'Sample.Clock',
  end: 'Transaction.End',
  trigger: 'Trigger',
} as const satisfies Record<SampleContext, ReadingContext>

// Hz has no unit in 1.6 and a factor has none at all: both go without. Degrees are spelled as each message's schema wants them.
const units = {
  Wh: 'Wh',
  W: 'W',
  A: 'A',
  V: 'V',
  Percent: 'Percent',
  Celsius: 'Celsius',
  Hz: undefined,
  none: undefined,
} as const satisfies Record<SampledValue['unit'], UnitOfMeasure | undefined>

const tokenStatuses = {
  Accepted: 'accepted',
  Blocked: 'blocked',
  Expired: 'expired',
  Invalid: 'invalid',
  ConcurrentTx: 'concurrent',
} as const satisfies Record<AuthorizationStatus, TokenInfo['status']>

export function tokenInfoOf(info: IdTagInfo): TokenInfo {
  const expiresAt = info.expiryDate === undefined ? undefined : epochOf(info.expiryDate)
  return {
    status: tokenStatuses[info.status],
    // Empty where a central system fills every field: no group, or all cards would be one family.
    ...(info.parentIdTag === undefined || info.parentIdTag === '' ? {} : { group: info.parentIdTag }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** Numbers as short decimals: energy in whole Wh, else three digits after the point. */
const decimalOf = (value: SampledValue) => (value.unit === 'Wh' ? String(Math.floor(value.value)) : String(Math.round(value.value * 1_000) / 1_000))

export function wireValue(value: SampledValue, context: SampleContext, message: 'MeterValues' | 'StopTransaction' = 'MeterValues'): WireValue {
  const unit = units[value.unit]
  return {
    value: decimalOf(value),
    context: contexts[context],
    format: 'Raw',
    measurand: value.measurand as NonNullable<WireValue['measurand']>,
    ...(value.phase === undefined ? {} : { phase: value.phase }),
    location: value.location ?? 'Outlet',
    ...(unit === undefined ? {} : { unit: unit === 'Celsius' && message === 'StopTransaction' ? 'Celcius' : unit }),
  }
}

export function startRequest(entry: Entry<Fact>, fact: TransactionStarted): RequestOf<typeof StartTransaction> {
  return {
    connectorId: fact.evse,
    idTag: fact.token,
    meterStart: Math.floor(fact.meterWh),
    timestamp: isoOf(entry.at),
    ...(fact.reservation === undefined ? {} : { reservationId: fact.reservation }),
  }
}

export function meterValuesRequest(entry: Entry<Fact>, fact: MeterSampled, transactionId: number | undefined): RequestOf<typeof MeterValues> {
  return {
    connectorId: fact.evse,
    ...(transactionId === undefined ? {} : { transactionId }),
    meterValue: [{ timestamp: isoOf(entry.at), sampledValue: fact.values.map((value) => wireValue(value, fact.context)) }],
  }
}

/** Values in the transactionData of one StopTransaction: some 150 KB. More would not pass most central systems' limits, and what
 *  they cannot read would be sent again and again. */
const mostEndValues = 1_000

/** As many samples as fit, evenly: the first and the last stay (OCPP 1.6 §4.8, errata 3.14). */
function thinned(samples: MeterValue[]): MeterValue[] {
  const values = samples.reduce((sum, { sampledValue }) => sum + sampledValue.length, 0)
  const step = Math.ceil(values / mostEndValues)
  return step <= 1 ? samples : samples.filter((_sample, at) => at % step === 0 || at === samples.length - 1)
}

/** @param history all entries about the transaction, in order: its samples become transactionData */
export function stopRequest(
  entry: Entry<Fact>,
  fact: TransactionEnded,
  transactionId: number,
  history: readonly Entry<Fact>[],
): RequestOf<typeof StopTransaction> {
  const transactionData = thinned(
    history.flatMap(({ at, fact: sample }): readonly MeterValue[] =>
      sample.kind !== 'meterSampled' || sample.endValues.length === 0
        ? []
        : [{ timestamp: isoOf(at), sampledValue: sample.endValues.map((value) => wireValue(value, sample.context, 'StopTransaction')) }],
    ),
  )
  return {
    transactionId,
    meterStop: Math.floor(fact.meterWh),
    timestamp: isoOf(entry.at),
    reason: reasons[fact.reason],
    ...(fact.token === undefined ? {} : { idTag: fact.token }),
    ...(transactionData.length === 0 ? {} : { transactionData }),
  }
}
