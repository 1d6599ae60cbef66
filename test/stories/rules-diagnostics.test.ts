import { expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import { GetDiagnostics } from '../../src/ocpp16/messages/firmware-management.ts'
import { GetLog } from '../../src/ocpp16/messages/security.ts'
import { ask } from './asking.ts'
import { fakeFiles } from './files.ts'
import { killed } from './restarts.ts'
import { type World, world } from './world.ts'

const location = 'ftp://anna:secret@files/logs/'

async function opened() {
  const files = fakeFiles()
  const again = { parts: { files: files.ports } }
  return { w: await world(again), files, again }
}

const diagnostics = (w: World, more: Readonly<Record<string, unknown>> = {}) => ask(w, w.csms.call('CP-1', GetDiagnostics, { location, ...more }))
const getLog = (w: World, requestId: number, logType: 'DiagnosticsLog' | 'SecurityLog' = 'SecurityLog') =>
  ask(w, w.csms.call('CP-1', GetLog, { logType, requestId, log: { remoteLocation: location } }))

/** Both kinds of progress, as they left: `Uploading`, or `7 Uploading` with a number. */
const told = (w: World) =>
  w
    .sent()
    .filter(({ action }) => action === 'DiagnosticsStatusNotification' || action === 'LogStatusNotification')
    .map(({ payload }) => payload as { readonly status: string; readonly requestId?: number })
    .map(({ status, requestId }) => (requestId === undefined ? status : `${requestId} ${status}`))

test('TC_045_1: the answer names the file, then it is uploaded', async () => {
  const { w, files } = await opened()
  const asked = await diagnostics(w, { startTime: '2026-03-01T07:00:00Z', stopTime: '2026-03-01T08:00:00+01:00' })
  expect(asked).toEqual({ kind: 'result', payload: { fileName: 'pilotwire.zip' } })
  await w.clock.advance(seconds(1))
  expect(told(w)).toEqual(['Uploading', 'Uploaded'])
  const oldest = Date.UTC(2026, 2, 1, 7)
  expect(files.asked).toEqual([`archive diagnostics ${oldest}-${oldest}`, `upload /files/pilotwire.zip to ${location}`, 'discard /files/pilotwire.zip'])
})

test('TC_045_2: an upload that fails is tried again as was asked, and told once', async () => {
  const { w, files } = await opened()
  files.failing = ['unreachable', 'unreachable', 'unreachable']
  await diagnostics(w, { retries: 1, retryInterval: 30 })
  await w.clock.advance(seconds(25))
  expect(told(w)).toEqual(['Uploading'])
  await w.clock.advance(seconds(10))
  expect(told(w)).toEqual(['Uploading', 'UploadFailed'])
  // The test tool asks for no retries at all.
  await diagnostics(w, { retries: 0 })
  await w.clock.advance(seconds(1))
  expect(told(w).slice(2)).toEqual(['Uploading', 'UploadFailed'])
})

test('without a file there is no name, and nothing is told', async () => {
  const { w, files } = await opened()
  files.archive = undefined
  expect(await diagnostics(w)).toEqual({ kind: 'result', payload: {} })
  expect(await getLog(w, 7)).toEqual({ kind: 'result', payload: { status: 'Rejected' } })
  await w.clock.advance(seconds(60))
  expect(told(w)).toEqual([])
})

test('TC_079: a log with a number carries it in each message', async () => {
  const { w, files } = await opened()
  expect(await getLog(w, 7)).toEqual({ kind: 'result', payload: { status: 'Accepted', filename: 'pilotwire.zip' } })
  await w.clock.advance(seconds(1))
  expect(told(w)).toEqual(['7 Uploading', '7 Uploaded'])
  expect(files.asked[0]).toBe('archive security -')
})

test.each([
  ['permissionDenied', 'PermissionDenied', 3],
  ['badAddress', 'BadMessage', 1],
  ['notSupported', 'NotSupportedOperation', 1],
  ['local', 'UploadFailure', 3],
] as const)('what went wrong is told as precisely as there are words: %s is %s', async (problem, status, tries) => {
  const { w, files } = await opened()
  files.failing = [problem, problem, problem]
  await getLog(w, 7)
  await w.clock.advance(seconds(200))
  expect(told(w)).toEqual(['7 Uploading', `7 ${status}`])
  expect(files.asked.filter((each) => each.startsWith('upload'))).toHaveLength(tries)
})

test('a second request calls the first one off, and each number comes to its end', async () => {
  const { w, files } = await opened()
  files.isSlow = true
  await getLog(w, 7)
  await w.clock.advance(seconds(1))
  expect(await getLog(w, 8, 'DiagnosticsLog')).toMatchObject({ payload: { status: 'AcceptedCanceled' } })
  files.bring()
  await w.clock.advance(seconds(1))
  expect(told(w)).toEqual(['7 Uploading', '7 UploadFailure', '8 Uploading', '8 Uploaded'])
  expect(files.asked).toContain(`called off: upload /files/pilotwire.zip to ${location}`)
})

test('of two requests without a number only the second one is told of: nobody could tell them apart', async () => {
  const { w, files } = await opened()
  files.isSlow = true
  await diagnostics(w)
  await w.clock.advance(seconds(1))
  await diagnostics(w)
  files.bring()
  await w.clock.advance(seconds(1))
  expect(told(w)).toEqual(['Uploading', 'Uploading', 'Uploaded'])
})

test('an upload that a power cut ends is told to have failed after the start, once', async () => {
  const { w, files, again } = await opened()
  files.isSlow = true
  await getLog(w, 7)
  await w.clock.advance(seconds(1))
  const later = await killed(w, again)
  await later.clock.advance(seconds(3))
  expect(told(later)).toEqual(['7 UploadFailure'])
  const last = await killed(later, again)
  await last.clock.advance(seconds(3))
  expect(told(last)).toEqual([])
})
