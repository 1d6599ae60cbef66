import type { Clock, Timer } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Moment } from '../base/moment.ts'
import { seconds, type WattHours } from '../base/units.ts'
import type { EvseDescription, GuardPort } from '../safety/port.ts'
import type { Documents, Ledger } from '../store/store.ts'
import { attempted, withRoom } from '../store/store-error.ts'
import type { Fact, MeterSampled, SampleContext, SampledValue } from './facts.ts'
import { valuesOf } from './measurands.ts'
import type { Offered } from './offer.ts'
import type { Settings } from './settings.ts'
import { alignedTimetable, timetable } from './timetables.ts'

/** The meter's register as it was last seen: what a power loss leaves of it. */
export interface Register {
  readonly wh: WattHours
  readonly at: Moment
}

/** Reference rule 35: the register is kept at each sample, and each minute. */
const keepEvery = seconds(60)
/** Samples that may wait for a disk that is full. */
const mostUnwritten = 1_000

export interface Metering {
  /** The register now, or as it was last seen when the meter does not answer. Never decreases while the program runs. */
  meterWh(): WattHours
  /** Starts the timetable of a transaction, with its first sample. */
  begin(transaction: string): void
  /** Goes on with the timetable of a transaction that another core began. */
  resume(transaction: string): void
  /** Ends it with the last sample. */
  end(): void
  /** What a sample would hold now. */
  sampleNow(): readonly SampledValue[]
  /** Writes the samples that the disk would not take, if it takes them now. */
  catchUp(): void
  stop(): void
}

export function metering(parts: {
  readonly evse: EvseDescription
  readonly guard: GuardPort
  readonly clock: Clock
  readonly log: Log
  readonly ledger: Ledger<Fact>
  readonly registers: Documents<Register>
  readonly settings: Settings
  readonly offered: () => Pick<Offered, 'amps' | 'watts'>
  /** On a full disk: deletes what can be done without, and says whether there was any. */
  readonly makeRoom: () => boolean
}): Metering {
  const { evse, guard, clock, log, ledger, registers, settings } = parts
  const key = String(evse.evse)
  let lastWh = registers.get(key)?.wh ?? 0
  let wasRead = false
  let transaction: string | undefined
  let keepTimer: Timer | undefined

  const measure = (names: readonly string[]) =>
    valuesOf(names, {
      reading: guard.report(evse.evse).reading,
      offered: parts.offered(),
      phases: guard.report(evse.evse).phases,
      nominalVoltageV: evse.nominalVoltageV,
    })
  const meterWh = () => {
    const wh = guard.report(evse.evse).reading?.importWh
    if (wh === undefined) return lastWh
    // What was kept may be of another meter, which was exchanged while the power was off.
    lastWh = wasRead ? Math.max(lastWh, wh) : wh
    wasRead = true
    return lastWh
  }
  /** Samples that the disk would not take: they go first when it does again. */
  let unwritten: { readonly at: Moment; readonly fact: MeterSampled }[] = []
  const write = (): void => {
    attempted(
      () => {
        for (let next = unwritten[0]; next !== undefined; next = unwritten[0]) {
          const { at, fact } = next
          const options = { durability: 'grouped', ...(fact.transaction === undefined ? {} : { subject: fact.transaction }) } as const
          withRoom(() => ledger.append(at, fact, options), parts.makeRoom)
          unwritten.shift()
        }
      },
      (error) => {
        unwritten = unwritten.slice(-mostUnwritten)
        log.error({ evse: evse.evse, waiting: unwritten.length, error: error.message }, 'a sample cannot be written; it waits in memory')
      },
    )
  }
  const keep = () => {
    attempted(
      () => registers.put(key, { wh: meterWh(), at: clock.now() }, 'grouped'),
      (error) => log.error({ evse: evse.evse, error: error.message }, 'the meter register cannot be written'),
    )
  }
  const append = (at: Moment, context: SampleContext, values: readonly SampledValue[], endValues: readonly SampledValue[]) => {
    // The register first: a transaction that is cut off here must not end below a sample of its own.
    keep()
    if (values.length === 0 && endValues.length === 0) return
    unwritten.push({ at, fact: { kind: 'meterSampled', evse: evse.evse, context, values, endValues, ...(transaction === undefined ? {} : { transaction }) } })
    write()
  }
  // Transaction.Begin and .End exist as soon as any transaction data is asked for (errata 3.14).
  const endpoint = (context: 'begin' | 'end') => {
    const sampled = settings.get('endSampledMeasurands')
    append(clock.now(), context, [], measure(sampled.length > 0 ? sampled : settings.get('endAlignedMeasurands')))
  }
  const periodic = () => {
    append(clock.now(), 'periodic', measure(settings.get('sampledMeasurands')), measure(settings.get('endSampledMeasurands')))
  }
  const sampler = timetable(clock, `samples ${key}`)
  const restartSampler = () => {
    const interval = seconds(settings.get('sampleInterval'))
    sampler.set(transaction === undefined || interval === 0 ? undefined : interval, periodic)
  }
  const aligned = alignedTimetable(clock, log, `clock-aligned ${key}`, (at) => {
    if (transaction === undefined && settings.get('samplesInTransactionsOnly')) return
    append(at, 'clock', measure(settings.get('alignedMeasurands')), transaction === undefined ? [] : measure(settings.get('endAlignedMeasurands')))
  })
  const startAligned = () => aligned.set(seconds(settings.get('clockAlignedInterval')))
  const off = settings.changed.on((name) => {
    if (name === 'sampleInterval') restartSampler()
    if (name === 'clockAlignedInterval') startAligned()
  })
  startAligned()
  const goOn = () => {
    keepTimer = clock.every(`register ${key}`, keepEvery, keep)
    restartSampler()
  }
  return {
    meterWh,
    catchUp: write,
    sampleNow: () => measure(settings.get('sampledMeasurands')),
    begin(id) {
      transaction = id
      endpoint('begin')
      goOn()
    },
    resume(id) {
      transaction = id
      // The last time that it was kept is as long ago as the core was dead.
      keep()
      goOn()
    },
    end() {
      endpoint('end')
      transaction = undefined
      keepTimer?.stop()
      restartSampler()
    },
    stop() {
      off()
      keepTimer?.stop()
      sampler.set(undefined, periodic)
      aligned.set(0)
    },
  }
}
