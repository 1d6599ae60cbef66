import type { Reading, Register } from '../../hal/types.ts'
import type { Millis } from '../base/units.ts'
import type { Inputs } from './inputs.ts'
import { largestAmps } from './inputs.ts'
import { emptyRecord, freshService, type Latch, type LatchRecord } from './latch.ts'
import { stoppedBelow } from './limits.ts'
import { countOf, follow, type MeterCount, totalWh } from './meter-epochs.ts'
import type { Fault, ServiceData } from './port.ts'
import type { State } from './state.ts'

export interface WeldLatch {
  readonly isSet: boolean
  readonly hasFailed: boolean
  /** Durable before it returns. `isFiring`: the shunt trip is fired for it, which must not happen again when its breaker is on. */
  set(isWelded: boolean, isFiring?: boolean): void
}

/** One EVSE's share of the latch. */
export interface EvseService {
  readonly weld: WeldLatch
  readonly data: ServiceData
  /** Notes what a tick did. */
  count(tick: { readonly before: State; readonly state: State; readonly inputs: Inputs; readonly raised: readonly Fault[] }): void
  /** The reading with the outlet's running register in it. */
  metered(reading: Reading | undefined): Reading | undefined
  reset(): void
}

/** The guard's memory over restarts: welds at once, counters when the contactor opens and else at most once a minute. */
export interface ServiceBook {
  of(evse: number): EvseService
  /** The register of a meter that only pulses. */
  register(evse: number): Register
  /** When `settle` has something to write (monotonic ms); Infinity: nothing. */
  readonly dueAt: Millis
  settle(now: Millis): void
  /** Writes what is left, durably. */
  close(): void
}

const keepEvery: Millis = 60_000
/** A register alone is worth a write after so much: it serves to recognise another meter. */
const registerStep = 1_000
const hour = 3_600_000

export function serviceBook(latch: Latch): ServiceBook {
  let record: LatchRecord = emptyRecord
  /** As it stands on the disk, or is on its way there. */
  let written = record
  let hasFailed = false
  let keptAt = Number.NEGATIVE_INFINITY
  let dueAt = Number.POSITIVE_INFINITY
  try {
    record = latch.load()
    written = record
  } catch {
    hasFailed = true
  }
  const dataOf = (evse: number): ServiceData => record.evses[evse] ?? freshService
  const change = (evse: number, changes: Partial<ServiceData>) => {
    record = { ...record, evses: { ...record.evses, [evse]: { ...dataOf(evse), ...changes } } }
  }
  const note = (isUrgent = false) => {
    dueAt = Math.min(dueAt, isUrgent ? Number.NEGATIVE_INFINITY : keptAt + keepEvery)
  }
  const save = () => {
    // What could not be read is not written over: a person looks at it first.
    if (hasFailed || record === written) return
    dueAt = Number.POSITIVE_INFINITY
    written = record
    try {
      latch.save(record)
    } catch {
      hasFailed = true
    }
  }
  const weldOf = (evse: number): WeldLatch => ({
    get isSet() {
      return record.welded.includes(evse)
    },
    get hasFailed() {
      return hasFailed
    },
    set(isWelded, isFiring = false) {
      if (record.welded.includes(evse) === isWelded) return
      record = { ...record, welded: isWelded ? [...record.welded, evse] : record.welded.filter((each) => each !== evse) }
      if (dataOf(evse).shuntFired !== isFiring) change(evse, { shuntFired: isFiring })
      save()
    },
  })
  const serviceOf = (evse: number): EvseService => {
    let closedAt: Millis | undefined
    let keptWh = dataOf(evse).meter?.lastWh
    const registers = meterOf(dataOf(evse).meter, (meter) => {
      const known = dataOf(evse).meter
      const isAnother = meter.epoch !== known?.epoch || meter.serial !== known.serial
      if (!isAnother && meter.lastWh === known.lastWh) return
      change(evse, { meter })
      if (!isAnother && meter.lastWh - (keptWh ?? Number.NEGATIVE_INFINITY) < registerStep) return
      keptWh = meter.lastWh
      note()
    })
    return {
      weld: weldOf(evse),
      get data() {
        return dataOf(evse)
      },
      metered: registers,
      count({ before, state, inputs, raised }) {
        const data = dataOf(evse)
        if (raised.length > 0) {
          const trips = { ...data.trips }
          for (const each of raised) trips[each] = (trips[each] ?? 0) + 1
          change(evse, { trips })
          note()
        }
        if (state.lockMovedAt !== before.lockMovedAt) {
          change(evse, { lockMoves: data.lockMoves + 1 })
          note()
        }
        if (state.isCommanded === before.isCommanded) return
        if (state.isCommanded) {
          closedAt = state.phaseSince
          change(evse, { cycles: data.cycles + 1 })
          return note()
        }
        // The meter shows what was: an EV that has left C draws nothing any more.
        const isLoaded = (state.pilot === 'C' || state.pilot === 'D') && (largestAmps(inputs.reading) ?? 0) > stoppedBelow
        const hoursClosed = data.hoursClosed + (state.openedAt - (closedAt ?? state.openedAt)) / hour
        change(evse, { hoursClosed, cyclesUnderLoad: data.cyclesUnderLoad + (isLoaded ? 1 : 0) })
        note(true)
      },
      reset() {
        const { shuntFired, meter, pulsesWh } = dataOf(evse)
        const kept = { ...(meter === undefined ? {} : { meter }), ...(pulsesWh === undefined ? {} : { pulsesWh }) }
        record = { ...record, evses: { ...record.evses, [evse]: { ...freshService, shuntFired, ...kept } } }
        note()
      },
    }
  }
  return {
    of: serviceOf,
    register: (evse) => ({
      load: () => dataOf(evse).pulsesWh ?? 0,
      save(pulsesWh) {
        change(evse, { pulsesWh })
        note()
      },
    }),
    get dueAt() {
      return hasFailed ? Number.POSITIVE_INFINITY : dueAt
    },
    settle(now) {
      if (hasFailed || now < dueAt) return
      dueAt = Number.POSITIVE_INFINITY
      keptAt = now
      written = record
      latch.keep(record)
    },
    close: save,
  }
}

/** Each reading once, with the running register. */
function meterOf(kept: ServiceData['meter'], counted: (meter: NonNullable<ServiceData['meter']>) => void): EvseService['metered'] {
  let count: MeterCount | undefined = countOf(kept)
  let last: { readonly raw: Reading; readonly seen: Reading } | undefined
  return (raw) => {
    if (raw === undefined) return undefined
    if (last?.raw === raw) return last.seen
    count = follow(count, raw)
    counted(count.total)
    // The sum may round down by a bit when an epoch begins.
    const importWh = Math.max(totalWh(count.total), last?.seen.importWh ?? Number.NEGATIVE_INFINITY)
    last = { raw, seen: importWh === raw.importWh ? raw : { ...raw, importWh } }
    return last.seen
  }
}
