import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import type { Payload } from './frame-rules.ts'
import { octt } from './octt.ts'

interface Sample {
  readonly timestamp: string
  readonly sampledValue: readonly { readonly value: string; readonly context?: string; readonly measurand?: string; readonly phase?: string }[]
}
const samplesOf = (payload: Payload) => payload['meterValue'] as readonly Sample[]
const measurandsOf = (payload: Payload) => new Set(samplesOf(payload).flatMap(({ sampledValue }) => sampledValue.map(({ measurand }) => measurand)))
const contextsOf = (payload: Payload) => new Set(samplesOf(payload).flatMap(({ sampledValue }) => sampledValue.map(({ context }) => context)))
const momentOf = (payload: Payload) => Date.parse(samplesOf(payload)[0]?.timestamp ?? '')

const measurands = ['Energy.Active.Import.Register', 'Power.Active.Import', 'Current.Import', 'Voltage']

octt('TC_070_CS Sampled Meter Values', async (t) => {
  await t.boots()
  await t.configures({ MeterValuesSampledData: measurands.join(','), MeterValueSampleInterval: '30' })
  const transactionId = await t.charges()
  let last = Number.NaN
  let lastWh = 0
  for (let count = 0; count < 4; count++) {
    const values = await t.expects('MeterValues', { connectorId: 1, transactionId }, seconds(31))
    expect(contextsOf(values)).toEqual(new Set(['Sample.Periodic']))
    expect(measurandsOf(values)).toEqual(new Set(measurands))
    if (count > 0) expect(momentOf(values) - last).toBe(30_000)
    last = momentOf(values)
    const wh = Number(samplesOf(values)[0]?.sampledValue.find(({ measurand }) => measurand === measurands[0])?.value)
    expect(wh).toBeGreaterThan(lastWh)
    lastWh = wh
  }
  t.swipe()
  await t.expects('StopTransaction', { transactionId })
  await t.expects('StatusNotification', { connectorId: 1, status: 'Finishing' })
  await t.nothingMore(minutes(2))
})

octt('TC_071_CS Clock-aligned Meter Values', async (t) => {
  await t.boots()
  await t.configures({ MeterValuesAlignedData: measurands.join(','), ClockAlignedDataInterval: '60' })
  const transactionId = await t.charges()
  for (let count = 0; count < 3; count++) {
    // Both connectors have a meter; only one of them a transaction.
    const [charging, idle] = [
      await t.expects('MeterValues', { connectorId: 1, transactionId }, seconds(61)),
      await t.expects('MeterValues', { connectorId: 2 }),
    ]
    expect(idle).not.toHaveProperty('transactionId')
    for (const values of [charging, idle]) {
      expect(contextsOf(values)).toEqual(new Set(['Sample.Clock']))
      expect(momentOf(values) % 60_000).toBe(0)
    }
    expect(measurandsOf(charging)).toEqual(new Set(measurands))
  }
  await t.configures({ ClockAlignedDataInterval: '0' })
  await t.nothingMore(minutes(3))
})
