import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { metering, type Register } from '../../src/core/metering.ts'
import { type SettingName, type SettingValue, type SettingValues, settings } from '../../src/core/settings.ts'
import type { EvseDescription, GuardPort } from '../../src/safety/port.ts'
import { openStore } from '../../src/store/open.ts'
import type { Ledger } from '../../src/store/store.ts'
import { StoreError } from '../../src/store/store-error.ts'

/** The metering of an outlet whose meter shows `wh`, where `kept` Wh were kept before; the disk takes no facts while it is full. */
function bench(set: Partial<SettingValues> = {}, kept?: number) {
  const clock = simulatedClock()
  clock.synchronise(Date.UTC(2026, 2, 1, 12))
  const store = openStore({ directory: undefined, log: silentLog })
  const values = settings(store.documents<SettingValue>('settings'))
  for (const [name, value] of Object.entries(set)) values.set(name as SettingName, value)
  const registers = store.documents<Register>('registers')
  if (kept !== undefined) registers.put('1', { wh: kept, at: clock.now() })
  const meter = { wh: 0 as number | undefined, isFull: false }
  const real = store.ledger<Fact>()
  const ledger: Ledger<Fact> = Object.assign(Object.create(real) as Ledger<Fact>, {
    append: ((...fact) => {
      if (meter.isFull) throw new StoreError('full', 'no room')
      return real.append(...fact)
    }) satisfies Ledger<Fact>['append'],
  })
  const guard = {
    report: () => ({ reading: meter.wh === undefined ? undefined : { at: clock.monotonic(), importWh: meter.wh, phases: [{ voltageV: 230 }] } }),
  } as unknown as GuardPort
  const evse: EvseDescription = { evse: 1, maxAmps: 32, phases: 1, cable: 'socket', nominalVoltageV: 230, hasMirror: true, switchesPhases: false }
  const one = metering({ evse, guard, clock, log: silentLog, ledger, registers, settings: values, offered: () => ({ amps: 16 }), makeRoom: () => false })
  const facts = () => real.after(0, 10_000).flatMap(({ fact }) => (fact.kind === 'meterSampled' ? [fact] : []))
  return { clock, meter, registers, facts, ...one }
}

test('the register is as it was kept while the meter does not answer, and never falls while the program runs', () => {
  const b = bench({}, 500)
  b.meter.wh = undefined
  expect(b.meterWh()).toBe(500)
  b.meter.wh = 600
  expect(b.meterWh()).toBe(600)
  b.meter.wh = 599
  expect(b.meterWh()).toBe(600)
  b.meter.wh = undefined
  expect(b.meterWh()).toBe(600)
})

test('the register is kept each minute of a transaction, and no longer', async () => {
  const b = bench({ sampleInterval: 0 })
  b.begin('tx')
  b.meter.wh = 1_000
  await b.clock.advance(minutes(1))
  expect(b.registers.get('1')?.wh).toBe(1_000)
  b.end()
  b.meter.wh = 2_000
  await b.clock.advance(minutes(5))
  expect(b.registers.get('1')?.wh).toBe(1_000)
})

test('the register is kept with each sample: what is cut off ends not below it', async () => {
  const b = bench({ sampleInterval: 10 })
  b.begin('tx')
  b.meter.wh = 30
  await b.clock.advance(seconds(10))
  expect(b.facts()).toMatchObject([{ transaction: 'tx', context: 'periodic', values: [{ value: 30 }] }])
  expect(b.registers.get('1')?.wh).toBe(30)
})

test('samples that a full disk refuses wait in their order, the newest thousand of them', async () => {
  const b = bench({ sampleInterval: 1 })
  b.begin('tx')
  b.meter.isFull = true
  for (let second = 1; second <= 1_200; second++) {
    b.meter.wh = second
    await b.clock.advance(seconds(1))
  }
  b.meter.isFull = false
  b.catchUp()
  const told = b.facts().map(({ values }) => values[0]?.value)
  expect(told).toEqual(Array.from({ length: 1_000 }, (_, at) => at + 201))
})

test('aligned values for the end of a transaction are taken only in one', async () => {
  const b = bench({ sampleInterval: 0, clockAlignedInterval: 60, alignedMeasurands: [], endAlignedMeasurands: ['Voltage'] })
  await b.clock.advance(minutes(3))
  expect(b.facts()).toEqual([])
  b.begin('tx')
  await b.clock.advance(minutes(1))
  expect(b.facts().map(({ context }) => context)).toEqual(['begin', 'clock'])
})

test('a boundary that the clock stepped over is left out', async () => {
  const b = bench({ clockAlignedInterval: 900 })
  await b.clock.advance(minutes(1))
  b.clock.synchronise(Date.UTC(2026, 2, 1, 12, 20))
  await b.clock.advance(minutes(9))
  expect(b.facts()).toEqual([])
  await b.clock.advance(minutes(2))
  expect(b.facts()).toHaveLength(1)
})
