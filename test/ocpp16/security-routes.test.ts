import { describe, expect, test } from 'vitest'
import { minutes } from '../../src/base/units.ts'
import type { FirmwareUpdates, LogRequest, LogUploads } from '../../src/core/transfer.ts'
import type { TriggerableMessage } from '../../src/ocpp16/messages/remote-trigger.ts'
import * as messages from '../../src/ocpp16/messages/security.ts'
import { answered, ask } from '../stories/asking.ts'
import { type World, type WorldOptions, world } from '../stories/world.ts'

interface Files {
  readonly logs?: LogUploads | undefined
  readonly firmware?: FirmwareUpdates | undefined
}

/** A world whose core has these instead of its own: what carries files is tested elsewhere. */
async function withFiles({ logs, firmware }: Files, options: WorldOptions = {}): Promise<World> {
  const w = await world(options)
  Object.defineProperties(w.core, { logs: { value: logs }, firmware: { value: firmware } })
  return w
}

const getLog = { logType: 'SecurityLog', requestId: 7, log: { remoteLocation: 'ftp://files/' } } as const

describe('GetLog', () => {
  const uploads = (asked: LogRequest[], answer: Awaited<ReturnType<LogUploads['request']>>): LogUploads => ({
    last: undefined,
    async request(upload) {
      asked.push(upload)
      return answer
    },
  })

  test.each([
    [
      { fileName: 'security.jsonl', isInsteadOfAnother: false },
      { status: 'Accepted', filename: 'security.jsonl' },
    ],
    [
      { fileName: 'security.jsonl', isInsteadOfAnother: true },
      { status: 'AcceptedCanceled', filename: 'security.jsonl' },
    ],
    [{ fileName: undefined, isInsteadOfAnother: false }, { status: 'Rejected' }],
    [{ fileName: undefined, isInsteadOfAnother: true }, { status: 'Rejected' }],
  ])('what became of it: %j is %j', async (outcome, payload) => {
    const w = await withFiles({ logs: uploads([], outcome) })
    expect(await ask(w, w.csms.call('CP-1', messages.GetLog, getLog))).toEqual({ kind: 'result', payload })
  })

  test('everything that was asked reaches the core, times as milliseconds', async () => {
    const asked: LogRequest[] = []
    const w = await withFiles({ logs: uploads(asked, { fileName: 'a', isInsteadOfAnother: false }) })
    const log = { remoteLocation: 'https://files/', oldestTimestamp: '2026-03-01T00:00:00Z', latestTimestamp: '2026-03-02T00:00:00+01:00' }
    await ask(w, w.csms.call('CP-1', messages.GetLog, { logType: 'DiagnosticsLog', requestId: -3, retries: 2, retryInterval: 60, log }))
    await ask(w, w.csms.call('CP-1', messages.GetLog, getLog))
    expect(asked).toEqual([
      {
        ...{ log: 'diagnostics', location: 'https://files/', request: -3, retries: 2, retryIntervalS: 60 },
        ...{ oldest: Date.UTC(2026, 2, 1), latest: Date.UTC(2026, 2, 1, 23) },
      },
      { log: 'security', location: 'ftp://files/', request: 7 },
    ])
  })

  test('a station that carries no files refuses', async () => {
    const w = await withFiles({})
    expect(await ask(w, w.csms.call('CP-1', messages.GetLog, getLog))).toEqual(answered('Rejected'))
  })

  test('progress bears the number of its request; that of GetDiagnostics has its own message', async () => {
    const w = await withFiles({})
    const ledger = w.store.ledger()
    for (const status of ['uploading', 'permissionDenied'] as const) {
      ledger.append(w.clock.now(), { kind: 'logProgress', log: 'security', status, request: 7 } as never, { durability: 'durable' })
      ledger.append(w.clock.now(), { kind: 'logProgress', log: 'diagnostics', status } as never, { durability: 'durable' })
    }
    await w.clock.advance(minutes(1))
    const told = ['LogStatusNotification', 'DiagnosticsStatusNotification'].map((action) => w.sent(action).map(({ payload }) => payload))
    expect(told).toEqual([
      [
        { status: 'Uploading', requestId: 7 },
        { status: 'PermissionDenied', requestId: 7 },
      ],
      [{ status: 'Uploading' }, { status: 'UploadFailed' }],
    ])
  })
})

describe('what is triggered', () => {
  const logs = (last: LogUploads['last']): LogUploads => ({ last, request: () => Promise.reject(new Error('not asked')) })
  const firmware = (status: FirmwareUpdates['status']): FirmwareUpdates => ({ protocols: [], status, request() {} })
  /** The frames after the question: the answer, and the one message that follows it. */
  const following = async (w: World, question: () => ReturnType<World['csms']['call']>) => {
    const from = w.frames.length
    const outcome = await ask(w, question())
    const frames = w.frames.slice(from).filter(({ direction }) => direction === 'in')
    return { outcome, frames: frames.map(({ kind, action, payload }) => (kind === 'call' ? [action, payload] : kind)) }
  }
  const plain = (w: World, requestedMessage: TriggerableMessage) => following(w, () => w.csms.trigger('CP-1', requestedMessage))
  const extended = (w: World, requestedMessage: messages.ExtendedTriggerableMessage, connectorId?: number) =>
    following(w, () => w.csms.call('CP-1', messages.ExtendedTriggerMessage, { requestedMessage, ...(connectorId === undefined ? {} : { connectorId }) }))

  test.each([
    [undefined, 'Idle'],
    [{ log: 'diagnostics', status: 'uploading' }, 'Uploading'],
    [{ log: 'diagnostics', status: 'uploaded' }, 'Idle'],
    [{ log: 'diagnostics', status: 'uploadFailed' }, 'Idle'],
    [{ log: 'diagnostics', status: 'uploading', request: 3 }, 'Idle'],
  ] as const)('DiagnosticsStatusNotification with %j: %s', async (last, status) => {
    const w = await withFiles({ logs: logs(last) })
    expect(await plain(w, 'DiagnosticsStatusNotification')).toEqual({
      outcome: answered('Accepted'),
      frames: ['result', ['DiagnosticsStatusNotification', { status }]],
    })
  })

  test.each([
    [undefined, { status: 'Idle' }],
    [
      { log: 'security', status: 'uploading', request: 3 },
      { status: 'Uploading', requestId: 3 },
    ],
    [{ log: 'security', status: 'uploaded', request: 3 }, { status: 'Idle' }],
    [{ log: 'diagnostics', status: 'uploading' }, { status: 'Idle' }],
  ] as const)('LogStatusNotification with %j: %j', async (last, payload) => {
    const w = await withFiles({ logs: logs(last) })
    expect(await extended(w, 'LogStatusNotification')).toEqual({ outcome: answered('Accepted'), frames: ['result', ['LogStatusNotification', payload]] })
  })

  test.each([
    ['idle', 'Idle'],
    ['downloading', 'Downloading'],
    ['downloaded', 'Downloaded'],
    ['installing', 'Installing'],
    ['installed', 'Idle'],
    ['downloadFailed', 'Idle'],
    ['installationFailed', 'Idle'],
  ] as const)('FirmwareStatusNotification while %s: %s; of a signed update there is none', async (state, status) => {
    const w = await withFiles({ firmware: firmware(state) })
    expect((await plain(w, 'FirmwareStatusNotification')).frames).toEqual(['result', ['FirmwareStatusNotification', { status }]])
    expect((await extended(w, 'FirmwareStatusNotification')).frames).toEqual(['result', ['SignedFirmwareStatusNotification', { status: 'Idle' }]])
  })

  test('what this station does not have is NotImplemented, and nothing follows', async () => {
    const w = await withFiles({})
    for (const message of ['DiagnosticsStatusNotification', 'FirmwareStatusNotification'] as const)
      expect(await plain(w, message)).toEqual({ outcome: answered('NotImplemented'), frames: ['result'] })
    for (const message of ['LogStatusNotification', 'FirmwareStatusNotification', 'SignChargePointCertificate'] as const)
      expect(await extended(w, message)).toEqual({ outcome: answered('NotImplemented'), frames: ['result'] })
  })

  test('the extended trigger knows the others too, and refuses as the plain one does', async () => {
    const w = await withFiles({})
    expect((await extended(w, 'Heartbeat')).frames).toEqual(['result', ['Heartbeat', {}]])
    expect((await extended(w, 'MeterValues')).frames).toMatchObject(['result', ['MeterValues', { connectorId: 1 }]])
    expect((await extended(w, 'StatusNotification', 1)).frames).toMatchObject(['result', ['StatusNotification', { connectorId: 1, status: 'Available' }]])
    for (const [message, connector] of [['StatusNotification', 9] as const, ['MeterValues', 0] as const, ['BootNotification', undefined] as const])
      expect((await extended(w, message, connector)).outcome).toEqual(answered('Rejected'))
  })

  test('while the station is pending, what is triggered goes out, and once', async () => {
    const w = await withFiles({ logs: logs(undefined) }, { csms: { bootStatus: () => 'Pending' } })
    expect((await extended(w, 'LogStatusNotification')).frames).toEqual(['result', ['LogStatusNotification', { status: 'Idle' }]])
    expect((await extended(w, 'BootNotification')).frames).toMatchObject(['result', ['BootNotification', {}]])
    await w.clock.advance(minutes(1))
    expect(w.sent('LogStatusNotification')).toHaveLength(1)
    expect(w.sent('SecurityEventNotification')).toEqual([])
  })
})

test('what wants certificates is NotSupported; the profile is not announced, and what it has is there with Core alone', async () => {
  const w = await world({ settings: { SupportedFeatureProfiles: 'Core' } })
  const certificates = [
    messages.CertificateSigned,
    messages.DeleteCertificate,
    messages.GetInstalledCertificateIds,
    messages.InstallCertificate,
    messages.SignedUpdateFirmware,
  ]
  for (const message of certificates) expect(await ask(w, w.csms.call('CP-1', message, {} as never))).toMatchObject({ kind: 'error', code: 'NotSupported' })
  expect(await ask(w, w.csms.trigger('CP-1', 'Heartbeat'))).toMatchObject({ kind: 'error', code: 'NotSupported' })
  expect(await ask(w, w.csms.call('CP-1', messages.ExtendedTriggerMessage, { requestedMessage: 'Heartbeat' }))).toEqual(answered('Accepted'))
})
