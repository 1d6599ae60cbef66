import { expect } from 'vitest'
import { octt } from './octt.ts'

octt(
  'TC_054_CS Trigger message',
  async (t) => {
    await t.boots()
    // The confirmation comes first, which `asks` sees to.
    const triggers = async (requestedMessage: string, connectorId?: number) => {
      const asked = { requestedMessage, ...(connectorId === undefined ? {} : { connectorId }) }
      expect([requestedMessage, await t.asks('TriggerMessage', asked)]).toEqual([requestedMessage, { status: 'Accepted' }])
    }
    const isTriggered = (meterValue: unknown) =>
      expect(meterValue).toMatchObject([{ sampledValue: [{ context: 'Trigger', measurand: 'Energy.Active.Import.Register' }] }])
    await triggers('MeterValues', 1)
    isTriggered((await t.expects('MeterValues', { connectorId: 1 }))['meterValue'])
    await triggers('MeterValues')
    for (const connectorId of [1, 2]) isTriggered((await t.expects('MeterValues', { connectorId }))['meterValue'])
    await triggers('Heartbeat')
    await t.expects('Heartbeat', {})
    await triggers('StatusNotification', 1)
    await t.expects('StatusNotification', { connectorId: 1, status: 'Available' })
    await triggers('StatusNotification')
    for (const connectorId of [0, 1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Available' })
    await triggers('DiagnosticsStatusNotification')
    await t.expects('DiagnosticsStatusNotification', { status: 'Idle' })
    await triggers('FirmwareStatusNotification')
    await t.expects('FirmwareStatusNotification', { status: 'Idle' })
  },
  { hasFiles: true },
)

octt('TC_055_CS Trigger message - Rejected', async (t) => {
  await t.boots()
  for (const asked of [
    { requestedMessage: 'MeterValues', connectorId: 3 },
    { requestedMessage: 'StatusNotification', connectorId: 3 },
    // Errata 3.35: an accepted station has no reason to boot again.
    { requestedMessage: 'BootNotification' },
  ])
    expect(await t.asks('TriggerMessage', asked)).toEqual({ status: 'Rejected' })
  await t.nothingMore()
})
