import { afterEach, expect, test } from 'vitest'
import { buildBoard } from '../../hal/build.ts'
import type { Plant } from '../../hal/simulated/plant.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { dialWebSocket } from '../../src/ocpp/websocket.ts'
import { type InlineStation, inlineStation } from '../../src/run/inline.ts'
import { openStore } from '../../src/store/open.ts'
import { handStation } from '../bench/csms/station.ts'
import { type FakeFiles, fakeFiles } from './files.ts'
import { now, type Payload, type StrictCentral, strictPeers } from './strict-peers.ts'
import { socketBoard } from './world.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each()
})

const energy = 'Energy.Active.Import.Register'
const measurands = `${energy},Energy.Active.Export.Register,Power.Active.Import,Current.Import,Voltage,Frequency,Power.Factor,Current.Offered,Power.Offered`

function station(csmsUrl: string, files: FakeFiles): InlineStation {
  const clock = systemClock()
  const made = inlineStation({
    id: 'CP 1/ä',
    csmsUrl,
    built: buildBoard(socketBoard, { clock }),
    clock,
    log: silentLog,
    store: openStore({ directory: undefined, log: silentLog }),
    dial: dialWebSocket({ log: silentLog }),
    identity: {
      vendor: 'Pilotwire',
      model: 'Simulated',
      firmwareVersion: '0.0.0',
      chargePointSerial: 'S1',
      chargeBoxSerial: 'S2',
      iccid: '89',
      imsi: '26',
      meterType: 'Simulated',
      meterSerial: 'M1',
    },
    settings: {
      MeterValueSampleInterval: '1',
      MeterValuesSampledData: measurands,
      ClockAlignedDataInterval: '1',
      MeterValuesAlignedData: measurands,
      StopTxnSampledData: measurands,
      StopTxnAlignedData: measurands,
    },
    password: undefined,
    bootAfterReconnect: false,
    preBootTransactions: false,
    files: files.ports,
    chance: () => 0,
  })
  cleanUp.push(() => made.drop())
  return made
}

interface Session {
  readonly csms: StrictCentral
  readonly made: InlineStation
  readonly files: FakeFiles
  readonly plant: Plant
  ask(method: string, params: Payload): Promise<Payload>
  /** The next such status of a connector, 1 when left out. */
  status(word: string, connectorId?: number): Promise<Payload>
}

async function begun(open: () => Promise<StrictCentral>): Promise<Session> {
  const csms = await open()
  cleanUp.push(() => csms.close())
  const files = fakeFiles()
  const made = station(csms.url, files)
  const [plant] = made.built.simulation?.plants ?? []
  if (plant === undefined) throw new Error('no plant')
  const status = (word: string, connectorId = 1) => csms.next('StatusNotification', { status: word, connectorId })
  const [{ ask }] = await Promise.all([
    csms.connected(),
    csms.next('BootNotification'),
    csms.next('SecurityEventNotification', { type: 'StartupOfTheDevice' }),
    status('Available', 0),
    status('Available'),
    made.link.connect(),
  ])
  return { csms, made, files, plant, ask, status }
}

/** Plug, swipe, charge, meter; a card of the same family stops it. */
async function chargeLocally({ csms, made: { core }, plant, status }: Session): Promise<void> {
  plant.plugIn()
  await status('Preparing')
  const started = csms.next('StartTransaction')
  const isCharging = status('Charging')
  // The cable is seen before the car at its end.
  expect(['waiting', 'started']).toContain(await core.present('04A2B3C4'))
  expect(await started).toMatchObject({ connectorId: 1, idTag: '04A2B3C4' })
  await isCharging
  for (let samples = 0; samples < 2; samples++) await csms.next('MeterValues', { transactionId: 1 })
  const stopped = csms.next('StopTransaction')
  const isFinishing = status('Finishing')
  expect(await core.present('SIBLING')).toBe('stopped')
  const { transactionData } = (await stopped) as { transactionData: { sampledValue: { context: string }[] }[] }
  const contexts = transactionData.map(({ sampledValue }) => sampledValue[0]?.context)
  expect([contexts[0], contexts.at(-1)]).toEqual(['Transaction.Begin', 'Transaction.End'])
  expect(contexts).toEqual(expect.arrayContaining(['Sample.Periodic', 'Sample.Clock']))
  await isFinishing
}

async function configure({ ask }: Session): Promise<void> {
  const all = (await ask('GetConfiguration', {})) as { configurationKey: { key: string; readonly: boolean; value?: string }[] }
  expect(all.configurationKey.length).toBeGreaterThan(45)
  // Each key is written with what it told; a security profile can only be raised.
  for (const { key, value, readonly } of all.configurationKey) {
    const outcome = readonly || key === 'SecurityProfile' ? 'Rejected' : 'Accepted'
    if (value !== undefined) expect([key, await ask('ChangeConfiguration', { key, value })]).toEqual([key, { status: outcome }])
  }
  expect(await ask('GetConfiguration', { key: ['HeartbeatInterval', 'Nonsense'] })).toMatchObject({ unknownKey: ['Nonsense'] })
  expect(await ask('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '-1' })).toEqual({ status: 'Rejected' })
  expect(await ask('ChangeConfiguration', { key: 'Nonsense', value: '' })).toEqual({ status: 'NotSupported' })
}

async function trigger({ csms, ask }: Session): Promise<void> {
  for (const [requestedMessage, sent = requestedMessage] of [
    ['Heartbeat'],
    ['MeterValues'],
    ['StatusNotification'],
    ['FirmwareStatusNotification'],
    ['DiagnosticsStatusNotification'],
  ] as const) {
    const [answer] = await Promise.all([ask('TriggerMessage', { requestedMessage }), csms.next(sent)])
    expect([requestedMessage, answer]).toEqual([requestedMessage, { status: 'Accepted' }])
  }
  expect(await ask('TriggerMessage', { requestedMessage: 'BootNotification' })).toEqual({ status: 'Rejected' })
  for (const [requestedMessage, sent] of [
    ['Heartbeat', 'Heartbeat'],
    ['LogStatusNotification', 'LogStatusNotification'],
    ['FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
  ] as const) {
    const [answer] = await Promise.all([ask('ExtendedTriggerMessage', { requestedMessage }), csms.next(sent)])
    expect([requestedMessage, answer]).toEqual([requestedMessage, { status: 'Accepted' }])
  }
  expect(await ask('ExtendedTriggerMessage', { requestedMessage: 'SignChargePointCertificate' })).toEqual({ status: 'NotImplemented' })
}

async function limitCharging({ ask }: Session): Promise<void> {
  const schedule = {
    duration: 3_600,
    startSchedule: now(-60_000),
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 16.1 }],
    minChargingRate: 6.5,
  }
  const profile = (chargingProfileId: number, chargingProfilePurpose: string, more: Payload) => ({
    ...{ chargingProfileId, stackLevel: 1, chargingProfilePurpose, chargingProfileKind: 'Absolute', chargingSchedule: schedule },
    ...more,
  })
  const daily = { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily', validFrom: now(-60_000), validTo: now(60_000) }
  const relative = {
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 9_000, numberPhases: 3 }] },
  }
  for (const [connectorId, csChargingProfiles] of [
    [0, profile(1, 'ChargePointMaxProfile', {})],
    [0, profile(2, 'TxDefaultProfile', daily)],
    [1, profile(3, 'TxProfile', { ...relative, transactionId: 2 })],
  ] as const) {
    expect(await ask('SetChargingProfile', { connectorId, csChargingProfiles })).toEqual({ status: 'Accepted' })
  }
  expect(await ask('SetChargingProfile', { connectorId: 1, csChargingProfiles: profile(4, 'TxProfile', { transactionId: 77 }) })).toEqual({
    status: 'Rejected',
  })
  for (const chargingRateUnit of ['A', 'W']) {
    const composite = await ask('GetCompositeSchedule', { connectorId: 1, duration: 600, chargingRateUnit })
    expect(composite).toMatchObject({ status: 'Accepted', connectorId: 1, chargingSchedule: { chargingRateUnit } })
  }
  expect(await ask('GetCompositeSchedule', { connectorId: 0, duration: 86_400 })).toMatchObject({ status: 'Accepted' })
  expect(await ask('GetCompositeSchedule', { connectorId: 7, duration: 60 })).toEqual({ status: 'Rejected' })
  expect(await ask('ClearChargingProfile', {})).toEqual({ status: 'Accepted' })
  expect(await ask('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Unknown' })
}

async function keepList({ ask }: Session): Promise<void> {
  const idTagInfo = { status: 'Accepted', expiryDate: '2099-01-01T00:00:00Z', parentIdTag: 'FAMILY' }
  const list = (listVersion: number, updateType: string, localAuthorizationList: readonly Payload[]) =>
    ask('SendLocalList', { listVersion, updateType, localAuthorizationList })
  expect(
    await list(3, 'Full', [
      { idTag: 'A', idTagInfo },
      { idTag: 'B', idTagInfo: { status: 'Blocked' } },
    ]),
  ).toEqual({ status: 'Accepted' })
  expect(await list(3, 'Differential', [{ idTag: 'B' }])).toEqual({ status: 'VersionMismatch' })
  expect(await list(4, 'Differential', [{ idTag: 'B' }])).toEqual({ status: 'Accepted' })
  expect(await ask('GetLocalListVersion', {})).toEqual({ listVersion: 4 })
}

async function moveFiles({ csms, ask, files }: Session): Promise<void> {
  const told = async (request: () => Promise<Payload>, action: string, statuses: readonly string[]) => {
    const heard = statuses.map((status) => csms.next(action, { status }))
    const answer = await request()
    await Promise.all(heard)
    return answer
  }
  const location = 'http://files/'
  const diagnostics = () => ask('GetDiagnostics', { location, startTime: now(-60_000), stopTime: now(), retries: 1, retryInterval: 1 })
  expect(await told(diagnostics, 'DiagnosticsStatusNotification', ['Uploading', 'Uploaded'])).toEqual({ fileName: expect.any(String) })
  const log = () =>
    ask('GetLog', {
      logType: 'SecurityLog',
      requestId: 7,
      retries: 0,
      log: { remoteLocation: location, oldestTimestamp: now(-60_000), latestTimestamp: now() },
    })
  expect(await told(log, 'LogStatusNotification', ['Uploading', 'Uploaded'])).toMatchObject({ status: 'Accepted' })
  files.failing = ['permissionDenied']
  expect(await told(log, 'LogStatusNotification', ['Uploading', 'PermissionDenied'])).toMatchObject({ status: 'Accepted' })
  files.archive = undefined
  expect(await ask('GetDiagnostics', { location })).toEqual({})
  files.offered = undefined
  const update = () => ask('UpdateFirmware', { location: `${location}firmware`, retrieveDate: now(), retries: 1, retryInterval: 1 })
  expect(await told(update, 'FirmwareStatusNotification', ['Downloading', 'Downloaded', 'Installing', 'InstallationFailed'])).toEqual({})
}

test.each(strictPeers)(
  '%s: a session, and all that a central system may ask, without one frame that a strict peer would refuse',
  async (_, open) => {
    const session = await begun(open)
    const { csms, plant, ask, status } = session
    const { core } = session.made
    await chargeLocally(session)

    // Remote start at the same car, everything else meanwhile, remote stop.
    const chargingProfile = {
      ...{ chargingProfileId: 9, stackLevel: 0, chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Relative' },
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 20 }] },
    }
    const [remote] = await Promise.all([
      ask('RemoteStartTransaction', { connectorId: 1, idTag: 'REMOTE', chargingProfile }),
      csms.next('StartTransaction', { idTag: 'REMOTE' }),
      status('Charging'),
    ])
    expect(remote).toEqual({ status: 'Accepted' })
    await configure(session)
    await trigger(session)
    await limitCharging(session)
    await keepList(session)
    expect(await ask('DataTransfer', { vendorId: 'nobody', messageId: 'm', data: 'd' })).toEqual({ status: 'UnknownVendorId' })
    expect(await ask('ClearCache', {})).toEqual({ status: 'Accepted' })
    expect(await ask('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })).toEqual({ status: 'Scheduled' })
    const [remoteStop] = await Promise.all([
      ask('RemoteStopTransaction', { transactionId: 2 }),
      csms.next('StopTransaction', { transactionId: 2, reason: 'Remote' }),
      status('Unavailable'),
    ])
    expect(remoteStop).toEqual({ status: 'Accepted' })
    await Promise.all([ask('ChangeAvailability', { connectorId: 0, type: 'Operative' }), status('Finishing')])
    expect(await ask('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
    expect(await ask('UnlockConnector', { connectorId: 2 })).toEqual({ status: 'NotSupported' })

    // A fault with a vendor's code, then the car leaves.
    await Promise.all([status('Faulted'), core.raise(1, 'ground')])
    await Promise.all([status('Finishing'), core.raise(1, undefined)])
    await Promise.all([status('Available'), plant.unplug()])

    const reservation = { connectorId: 1, expiryDate: now(60_000), idTag: 'X', parentIdTag: 'Y', reservationId: 1 }
    const [reserved] = await Promise.all([ask('ReserveNow', reservation), status('Reserved')])
    expect(reserved).toEqual({ status: 'Accepted' })
    const [cancelled] = await Promise.all([ask('CancelReservation', { reservationId: 1 }), status('Available')])
    expect([cancelled, await ask('CancelReservation', { reservationId: 1 })]).toEqual([{ status: 'Accepted' }, { status: 'Rejected' }])
    await moveFiles(session)
    expect(await ask('Reset', { type: 'Soft' })).toEqual({ status: 'Accepted' })

    expect(csms.violations).toEqual([])
    expect(new Set(csms.calls.map(({ method }) => method))).toEqual(new Set(everySent))
    expect(csms.answers).toBeGreaterThan(90)
  },
  60_000,
)

/** All that a station without certificates sends; DataTransfer it has no use for. */
const everySent = [
  'Authorize',
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'LogStatusNotification',
  'MeterValues',
  'SecurityEventNotification',
  'SignedFirmwareStatusNotification',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
]

test.each(strictPeers)('%s is strict: it refuses a bad call, a bad answer, and bad words of its own', async (_, open) => {
  const csms = await open()
  cleanUp.push(() => csms.close())
  const [{ ask }, bad] = await Promise.all([csms.connected(), handStation(csms.url, 'BAD')])
  cleanUp.push(() => bad.close())
  const [kind] = await bad.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Sleeping' })
  const [, , code] = await bad.call('StartTransaction', { connectorId: 1, idTag: 'A', meterStart: 1.5, timestamp: now() })
  expect([kind, code]).toEqual([4, 'TypeConstraintViolation'])
  await bad.call('SecurityEventNotification', { type: 'StartupOfTheDevice', timestamp: 'yesterday' })
  await expect(ask('Reset', { type: 'Medium' })).rejects.toThrow()
  bad.answers['Reset'] = { status: 'Perhaps' }
  await expect(ask('Reset', { type: 'Soft' })).rejects.toThrow()
  expect(csms.violations).toHaveLength(5)
})
