import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { packageFile } from '../../run/package-file.ts'
import { octt } from './octt.ts'
import type { Rig } from './rig.ts'

async function updates(t: Rig, name: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await t.boots()
  expect(await t.asks('UpdateFirmware', { location: `${t.files.url}${name}`, retrieveDate: t.time(), ...more })).toEqual({})
  await t.expects('FirmwareStatusNotification', { status: 'Downloading' })
}

octt(
  'TC_044_1_CS Firmware update - download and install',
  async (t) => {
    t.files.offered.set('pilotwire.tgz', packageFile({ name: 'pilotwire', version: '9.9.9' }))
    await updates(t, 'pilotwire.tgz')
    await t.expects('FirmwareStatusNotification', { status: 'Downloaded' })
    for (const connectorId of [1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Unavailable' })
    await t.expects('FirmwareStatusNotification', { status: 'Installing' })
    await t.expects('BootNotification', { firmwareVersion: '9.9.9' })
    for (const connectorId of [0, 1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Available' })
    await t.expects('FirmwareStatusNotification', { status: 'Installed' })
    await t.nothingMore(minutes(1))
    // As good as before.
    await t.charges()
  },
  { hasFiles: true },
)

octt(
  'TC_044_2_CS Firmware update - download failed',
  async (t) => {
    await updates(t, 'missing.tgz', { retries: 1, retryInterval: 10 })
    await t.expects('FirmwareStatusNotification', { status: 'DownloadFailed' })
    await t.nothingMore(minutes(1))
    await t.charges()
  },
  { hasFiles: true },
)

octt(
  'TC_044_3_CS Firmware update - installation failed',
  async (t) => {
    t.files.offered.set('damaged.tgz', packageFile({ name: 'pilotwire', version: '9.9.9' }).subarray(0, 200))
    await updates(t, 'damaged.tgz')
    await t.expects('FirmwareStatusNotification', { status: 'Downloaded' })
    for (const connectorId of [1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Unavailable' })
    await t.expects('FirmwareStatusNotification', { status: 'Installing' })
    await t.expectsEach(
      ['FirmwareStatusNotification', { status: 'InstallationFailed' }],
      ['StatusNotification', { connectorId: 1, status: 'Available' }],
      ['StatusNotification', { connectorId: 2, status: 'Available' }],
    )
    await t.nothingMore(minutes(1))
    await t.powerCycle(seconds(10))
    await t.expects('BootNotification', { firmwareVersion: '1.0.0' })
    for (const connectorId of [0, 1, 2]) await t.expects('StatusNotification', { connectorId, status: 'Available' })
  },
  { hasFiles: true },
)
