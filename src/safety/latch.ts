import type { WattHours } from '../base/units.ts'
import { type Fault, faults, type MeterTotal, type ServiceData } from './port.ts'
import { fields, flag, list, Malformed, maybe, number, oneOf, type Shape, text, whole } from './shape.ts'

/** What outlives the guard: one small file in the field, nothing on the desk. */
export interface LatchRecord {
  readonly version: 2
  /** Numbers of the EVSEs whose contacts are taken for welded. */
  readonly welded: readonly number[]
  /** By the EVSE's number. */
  readonly evses: Readonly<Record<string, ServiceData>>
}

export interface Latch {
  /** @throws when it cannot be read: the guard then charges nowhere */
  load(): LatchRecord
  /** Durable before it returns: welds. @throws when it cannot be written: the guard then charges nowhere */
  save(record: LatchRecord): void
  /** Durable soon, without the tick waiting for it: counters. What cannot be written is tried again with the next one. Never throws,
   *  and never undoes a later `save`. */
  keep(record: LatchRecord): void
}

export const emptyRecord: LatchRecord = { version: 2, welded: [], evses: {} }
export const freshService: ServiceData = { cycles: 0, cyclesUnderLoad: 0, lockMoves: 0, trips: {}, hoursClosed: 0, shuntFired: false }

/** A latch that forgets with the process. */
export function volatileLatch(record: LatchRecord = emptyRecord): Latch {
  let kept = record
  const put = (next: LatchRecord) => {
    kept = next
  }
  return { load: () => kept, save: put, keep: put }
}

const mostEvses = 64
const evse = whole(1, mostEvses)
const count = whole(0, Number.MAX_SAFE_INTEGER)
/** 1 TWh. */
const energy: Shape<WattHours> = number(-1e12, 1e12)

const meter: Shape<MeterTotal> = fields<MeterTotal>({ serial: maybe(text(100)), epoch: count, offsetWh: energy, lastWh: energy })
const counters = Object.fromEntries(faults.map((each) => [each, maybe(count)])) as { readonly [Name in Fault]: Shape<number | undefined> }
export const service: Shape<ServiceData> = fields<ServiceData>({
  cycles: count,
  cyclesUnderLoad: count,
  lockMoves: count,
  trips: fields<ServiceData['trips']>(counters),
  hoursClosed: number(0, 1e9),
  shuntFired: flag,
  meter: maybe(meter),
  pulsesWh: maybe(number(0, 1e12)),
})

const byEvse: Shape<Readonly<Record<string, ServiceData>>> = (value, at) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(at, 'an object')
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([key, each]) => [String(evse(Number(key), `${at}.${key}`)), service(each, `${at}.${key}`)]))
}

const second = fields<LatchRecord>({ version: oneOf(2), welded: list(evse, mostEvses), evses: byEvse })
/** The first version knew nothing but welds. */
const first = fields<Pick<LatchRecord, 'welded'>>({ welded: list(evse, mostEvses) })

/** A record as it was written by this version or an earlier one, rebuilt from what is known. @throws Malformed for anything else */
export function latchRecordOf(value: unknown): LatchRecord {
  const isFirst = typeof value === 'object' && value !== null && !Object.hasOwn(value, 'version')
  return isFirst ? { ...emptyRecord, ...first(value, 'latch') } : second(value, 'latch')
}
