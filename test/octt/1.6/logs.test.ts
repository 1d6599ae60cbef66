import { strFromU8, unzipSync } from 'fflate'
import { expect } from 'vitest'
import { minutes, seconds } from '../../../src/base/units.ts'
import { octt } from './octt.ts'

octt(
  'TC_045_1_CS Get Diagnostics',
  async (t) => {
    await t.boots()
    const { fileName } = await t.asks('GetDiagnostics', { location: t.files.url, startTime: t.time(-minutes(60)), stopTime: t.time() })
    expect(fileName).toMatch(/\.zip$/)
    await t.expects('DiagnosticsStatusNotification', { status: 'Uploading' })
    await t.expects('DiagnosticsStatusNotification', { status: 'Uploaded' })
    const file = t.files.received.get(String(fileName))
    expect(Object.keys(unzipSync(file ?? new Uint8Array()))).toContain('configuration.json')
    await t.nothingMore(minutes(1))
  },
  { hasFiles: true },
)

octt(
  'TC_045_2_CS Get Diagnostics - upload failed',
  async (t) => {
    await t.boots()
    const { fileName } = await t.asks('GetDiagnostics', { location: `${t.files.url}away/`, retries: 2, retryInterval: 10 })
    expect(fileName).toMatch(/\.zip$/)
    await t.expects('DiagnosticsStatusNotification', { status: 'Uploading' })
    await t.nothingMore(seconds(15))
    await t.expects('DiagnosticsStatusNotification', { status: 'UploadFailed' })
    await t.nothingMore(minutes(1))
  },
  { hasFiles: true },
)

octt(
  'TC_079_CS Get security log',
  async (t) => {
    await t.boots()
    const asked = { logType: 'SecurityLog', requestId: 17, log: { remoteLocation: t.files.url } }
    const { status, filename } = await t.asks('GetLog', asked)
    expect(status).toBe('Accepted')
    await t.expects('LogStatusNotification', { status: 'Uploading', requestId: 17 })
    await t.expects('LogStatusNotification', { status: 'Uploaded', requestId: 17 })
    const [content] = Object.values(unzipSync(t.files.received.get(String(filename)) ?? new Uint8Array()))
    expect(strFromU8(content ?? new Uint8Array())).toContain('startupOfTheDevice')
    await t.nothingMore(minutes(1))
  },
  { hasFiles: true },
)
