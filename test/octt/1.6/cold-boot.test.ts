import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt('TC_001_CS Cold Boot Charge Point', async (t) => {
  await t.boots()
  await t.powerCycle()
  t.answers('BootNotification', { status: 'Rejected', interval: 60 }, { status: 'Accepted', interval: 300 })
  await t.expects('BootNotification', { chargePointVendor: 'Pilotwire', chargePointModel: 'Simulated' })
  await t.nothingMore(seconds(58))
  await t.boots()
  expect(await t.valueOf('HeartbeatInterval')).toBe('300')
})

octt('TC_002_CS Cold Boot Charge Point - Pending', async (t) => {
  t.answers('BootNotification', { status: 'Pending', interval: 120 }, { status: 'Accepted', interval: 300 })
  await t.expects('BootNotification')
  expect(await t.valueOf('MeterValueSampleInterval')).toBe('0')
  expect(await t.asks('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '10' })).toEqual({ status: 'Accepted' })
  expect(await t.asks('RemoteStartTransaction', { connectorId: 1, idTag: 'TAG1' })).toEqual({ status: 'Rejected' })
  expect(await t.asks('RemoteStopTransaction', { transactionId: 1 })).toEqual({ status: 'Rejected' })
  t.plugIn()
  await t.nothingMore(seconds(60))
  t.unplug()
  await t.nothingMore(seconds(30))
  await t.boots()
  expect(await t.valueOf('MeterValueSampleInterval')).toBe('10')
  await t.nothingMore(minutes(1))
})
