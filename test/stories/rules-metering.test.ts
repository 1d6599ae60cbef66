import { describe, expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import type { MeterValue } from '../../src/ocpp16/messages/types.ts'
import { answered, ask } from './asking.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

// OCPP 1.6 §3.16, §4.7, §4.10, errata 3.14, 3.16: what is measured, when, and where it goes.

interface Sample {
  readonly connectorId: number
  readonly transactionId?: number
  readonly meterValue: readonly MeterValue[]
}
const samples = (w: World, context?: string) =>
  w
    .sent('MeterValues')
    .map(({ payload }) => payload as Sample)
    .filter(({ meterValue }) => context === undefined || meterValue[0]?.sampledValue[0]?.context === context)
const timeOf = ({ meterValue }: Sample) => Date.parse(meterValue[0]?.timestamp ?? '')
const namesOf = (value: MeterValue | undefined) =>
  value?.sampledValue.map(({ measurand, phase }) => (phase === undefined ? measurand : `${measurand} ${phase}`))
async function charging(options: WorldOptions = {}) {
  const w = await world(options)
  // The meter has been read twice by then.
  await w.clock.advance(seconds(20))
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.until(() => w.status() === 'charging')
  return w
}
const every =
  'Energy.Active.Import.Register,Energy.Active.Export.Register,Power.Active.Import,Current.Import,Voltage,Frequency,Power.Factor,Current.Offered,Power.Offered'

describe('sampled values', () => {
  test('come each MeterValueSampleInterval from the start of the transaction, with its number', async () => {
    const w = await charging({ settings: { MeterValueSampleInterval: '30' } })
    const started = Date.parse(w.csms.last(core.StartTransaction)?.timestamp ?? '')
    await w.clock.advance(seconds(95))
    expect(samples(w).map((sample) => timeOf(sample) - started)).toEqual([30_000, 60_000, 90_000])
    expect(samples(w).every(({ transactionId, connectorId }) => transactionId === 1 && connectorId === 1)).toBe(true)
    expect(samples(w)[0]?.meterValue[0]?.sampledValue).toEqual([
      {
        value: expect.stringMatching(/^\d+$/),
        context: 'Sample.Periodic',
        format: 'Raw',
        measurand: 'Energy.Active.Import.Register',
        location: 'Outlet',
        unit: 'Wh',
      },
    ])
  })
  test('with an interval of 0 do not come at all', async () => {
    const w = await charging({ settings: { MeterValueSampleInterval: '0' } })
    await w.clock.advance(hours(1))
    expect(samples(w)).toEqual([])
  })
  test('a changed interval counts for the running transaction', async () => {
    const w = await charging({ settings: { MeterValueSampleInterval: '0' } })
    expect(await ask(w, w.csms.change('CP-1', 'MeterValueSampleInterval', '10'))).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(30))
    expect(samples(w)).toHaveLength(3)
  })
  test('end with the transaction', async () => {
    const w = await charging({ settings: { MeterValueSampleInterval: '10' } })
    await w.swipe()
    await w.clock.advance(seconds(5))
    const before = samples(w).length
    await w.clock.advance(minutes(5))
    expect(samples(w)).toHaveLength(before)
  })
  test('hold every measurand that is configured, for every phase', async () => {
    const w = await charging({ settings: { MeterValuesSampledData: every } })
    await w.clock.advance(seconds(61))
    expect(namesOf(samples(w)[0]?.meterValue[0])).toEqual(
      expect.arrayContaining([
        'Energy.Active.Import.Register',
        'Power.Active.Import',
        'Power.Active.Import L1',
        'Power.Active.Import L3',
        'Current.Import L1',
        'Current.Import L2',
        'Current.Import L3',
        'Voltage L1-N',
        'Voltage L2-N',
        'Voltage L3-N',
        'Frequency',
        'Current.Offered',
        'Power.Offered',
      ]),
    )
    // §7.45 has no unit for Hz, and Wh would be assumed of none: the measurand itself says it.
    expect(samples(w)[0]?.meterValue[0]?.sampledValue.find(({ measurand }) => measurand === 'Frequency')).not.toHaveProperty('unit')
    expect(samples(w)[0]?.meterValue[0]?.sampledValue.every(({ value }) => /^-?\d+(?:\.\d{1,3})?$/.test(value))).toBe(true)
  })
})

describe('clock-aligned values', () => {
  test('come exactly on the multiples from midnight UTC, of each connector, with a transaction or without', async () => {
    const w = await world({ board: withEvses(2), settings: { ClockAlignedDataInterval: '900' } })
    await w.clock.advance(minutes(20))
    w.plants[1]?.plugIn()
    await w.swipe('TAG1', 2)
    await w.clock.advance(minutes(20))
    const aligned = samples(w, 'Sample.Clock')
    expect(aligned.map(({ connectorId, transactionId, meterValue }) => [meterValue[0]?.timestamp, connectorId, transactionId])).toEqual([
      ['2026-03-01T08:15:00.000Z', 1, undefined],
      ['2026-03-01T08:15:00.000Z', 2, undefined],
      ['2026-03-01T08:30:00.000Z', 1, undefined],
      ['2026-03-01T08:30:00.000Z', 2, 1],
    ])
  })
  test('begin anew at midnight when the interval does not divide the day', async () => {
    const clock = simulatedClock({ epochMs: Date.UTC(2026, 2, 1, 22) })
    const w = await world({ clock, settings: { ClockAlignedDataInterval: '25000' } })
    await w.clock.advance(hours(10))
    expect(samples(w).map(({ meterValue }) => meterValue[0]?.timestamp)).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-02T06:56:40.000Z'])
  })
  test('are on the boundary by the clock that the central system set', async () => {
    const w = await world({ settings: { ClockAlignedDataInterval: '60' } })
    w.clock.shift(17_345)
    await w.clock.advance(minutes(3))
    expect(samples(w).length).toBeGreaterThanOrEqual(2)
    expect(samples(w).every((sample) => timeOf(sample) % 60_000 === 0)).toBe(true)
  })
  test('are kept while offline', async () => {
    const w = await world({ settings: { ClockAlignedDataInterval: '300' } })
    w.network.dials('refused')
    w.network.cut()
    await w.clock.advance(hours(1))
    expect(samples(w)).toEqual([])
    w.network.dials('accept')
    await w.clock.advance(minutes(20))
    expect(samples(w).length).toBeGreaterThanOrEqual(12)
  })
  test('an empty MeterValuesAlignedData sends none', async () => {
    const w = await world({ settings: { ClockAlignedDataInterval: '60', MeterValuesAlignedData: '' } })
    await w.clock.advance(minutes(5))
    expect(samples(w)).toEqual([])
  })
})

describe('transactionData of StopTransaction', () => {
  const stopOf = async (settings: Readonly<Record<string, string>>) => {
    const w = await charging({ settings: { MeterValueSampleInterval: '60', ClockAlignedDataInterval: '0', ...settings } })
    await w.clock.advance(seconds(150))
    await w.swipe()
    await w.clock.advance(seconds(10))
    const data = w.csms.last(core.StopTransaction)?.transactionData
    return data?.map((value) => [value.sampledValue[0]?.context, namesOf(value)?.join(' ')])
  }
  const energy = 'Energy.Active.Import.Register'
  test('is left out when both keys are empty', async () => {
    expect(await stopOf({})).toBeUndefined()
  })
  test('has Begin, the samples and End of what StopTxnSampledData names', async () => {
    expect(await stopOf({ StopTxnSampledData: energy })).toEqual([
      ['Transaction.Begin', energy],
      ['Sample.Periodic', energy],
      ['Sample.Periodic', energy],
      ['Transaction.End', energy],
    ])
  })
  test('has them although MeterValuesSampledData is empty', async () => {
    expect(await stopOf({ StopTxnSampledData: energy, MeterValuesSampledData: '' })).toHaveLength(4)
  })
  test('has Begin, the aligned values and End of what StopTxnAlignedData names', async () => {
    expect(await stopOf({ StopTxnAlignedData: 'Current.Offered', ClockAlignedDataInterval: '60' })).toEqual([
      ['Transaction.Begin', 'Current.Offered'],
      ['Sample.Clock', 'Current.Offered'],
      ['Sample.Clock', 'Current.Offered'],
      ['Transaction.End', 'Current.Offered'],
    ])
  })
  test('with both has both series in the order of time', async () => {
    const data = await stopOf({ StopTxnSampledData: energy, StopTxnAlignedData: 'Current.Offered', ClockAlignedDataInterval: '60' })
    expect(data?.map(([context]) => context)).toEqual([
      'Transaction.Begin',
      'Sample.Clock',
      'Sample.Periodic',
      'Sample.Clock',
      'Sample.Periodic',
      'Transaction.End',
    ])
  })
  test('its first and last register are meterStart and meterStop', async () => {
    const w = await charging({ settings: { StopTxnSampledData: energy } })
    await w.clock.advance(minutes(30))
    await w.swipe()
    await w.clock.advance(seconds(10))
    const stop = w.csms.last(core.StopTransaction)
    const registers = stop?.transactionData?.map(({ sampledValue }) => Number(sampledValue[0]?.value)) ?? []
    expect([registers[0], registers.at(-1)]).toEqual([w.csms.last(core.StartTransaction)?.meterStart, stop?.meterStop])
    expect(registers.toSorted((a, b) => a - b)).toEqual(registers)
  })
})

describe('TriggerMessage(MeterValues)', () => {
  test('sends what MeterValuesSampledData names, of the connector asked for or of each, as Trigger', async () => {
    const w = await charging({ board: withEvses(2), settings: { MeterValuesSampledData: 'Current.Offered,Voltage.L1', MeterValueSampleInterval: '0' } })
    expect(await ask(w, w.csms.trigger('CP-1', 'MeterValues', 2))).toMatchObject(answered('Accepted'))
    expect(await ask(w, w.csms.trigger('CP-1', 'MeterValues'))).toMatchObject(answered('Accepted'))
    expect(samples(w, 'Trigger').map(({ connectorId, transactionId }) => [connectorId, transactionId])).toEqual([
      [2, undefined],
      [1, 1],
      [2, undefined],
    ])
    expect(namesOf(samples(w)[0]?.meterValue[0])).toEqual(['Current.Offered', 'Voltage L1-N'])
  })
  test('is refused where there is nothing to measure', async () => {
    const w = await world({ settings: { MeterValuesSampledData: '' } })
    expect(await ask(w, w.csms.trigger('CP-1', 'MeterValues'))).toMatchObject(answered('Rejected'))
    expect(await ask(w, w.csms.trigger('CP-1', 'MeterValues', 0))).toMatchObject(answered('Rejected'))
    expect(await ask(w, w.csms.trigger('CP-1', 'MeterValues', 9))).toMatchObject(answered('Rejected'))
    expect(samples(w)).toEqual([])
  })
})
