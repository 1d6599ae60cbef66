import { describe, expect, test } from 'vitest'
import { isoOf } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { ChangeAvailability, GetConfiguration, RemoteStartTransaction } from '../../src/ocpp16/messages/core.ts'
import { UpdateFirmware } from '../../src/ocpp16/messages/firmware-management.ts'
import { TriggerMessage } from '../../src/ocpp16/messages/remote-trigger.ts'
import { answered, ask, charging, goDark } from './asking.ts'
import { type FakeFiles, fakeFiles } from './files.ts'
import { rudeWorld } from './hand-central.ts'
import { killed, stopped } from './restarts.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

const location = 'ftp://anna:secret@files/fw.tgz'

const update = (w: World, more: Readonly<Record<string, unknown>> = {}, inMs = 0) =>
  ask(w, w.csms.call('CP-1', UpdateFirmware, { location, retrieveDate: isoOf({ ...w.clock.now(), epochMs: w.clock.now().epochMs + inMs }), ...more }))

const told = (w: World) => w.sent('FirmwareStatusNotification').map(({ payload }) => (payload as { status: string }).status)

function opened(options: WorldOptions = {}): Promise<{ readonly w: World; readonly files: FakeFiles; readonly again: WorldOptions }> {
  const files = fakeFiles()
  const again: WorldOptions = { ...options, parts: { ...options.parts, files: files.ports } }
  return world(again).then((w) => ({ w, files, again }))
}

/** Follows the restarts that the station asks for, as the program around it does. */
function restarts(w: World): readonly unknown[] {
  const seen: unknown[] = []
  w.core.restarting.on((restart) => seen.push(restart))
  return seen
}

test('TC_044_1: downloaded, the outlets unavailable, installed, and said so after the restart', async () => {
  const { w, files, again } = await opened()
  const asked = restarts(w)
  expect(await update(w)).toEqual({ kind: 'result', payload: {} })
  await w.until(() => asked.length > 0)
  expect(asked).toEqual([{ scope: 'all', stop: 'softReset' }])
  expect(w.story().slice(-4)).toEqual([
    'FirmwareStatusNotification',
    'FirmwareStatusNotification',
    'StatusNotification Unavailable',
    'FirmwareStatusNotification',
  ])
  expect(told(w)).toEqual(['Downloading', 'Downloaded', 'Installing'])
  expect(w.statuses(0).at(-1)).toBe('Available')
  const later = await stopped(w, 'softReset', again)
  await later.clock.advance(seconds(3))
  expect(later.sent('BootNotification')[0]?.payload).toMatchObject({ firmwareVersion: '9.9.9' })
  expect(told(later)).toEqual(['Installed'])
  expect(later.story()).toEqual(['BootNotification', 'StatusNotification Available', 'StatusNotification Available', 'FirmwareStatusNotification'])
  expect(later.sent('SecurityEventNotification').map(({ payload }) => (payload as { type: string }).type)).toContain('FirmwareUpdated')
  expect(files.asked).toEqual([`download ${location} to /files/firmware-1`, 'install /files/firmware-1', 'discard /files/firmware-1'])
})

test('TC_044_2: a download that fails is tried as often as was asked, with the pause that was asked, and told once', async () => {
  const { w, files } = await opened()
  files.failing = ['unreachable', 'notFound', 'unreachable']
  await update(w, { retries: 2, retryInterval: 100 })
  await w.clock.advance(seconds(90))
  expect([files.asked.length, told(w)]).toEqual([1, ['Downloading']])
  await w.clock.advance(seconds(115))
  expect(told(w)).toEqual(['Downloading', 'DownloadFailed'])
  expect(files.asked.filter((each) => each.startsWith('download'))).toHaveLength(3)
  expect(w.status()).toBe('available')
})

test('without retries there is one try; a protocol that is not known here is not tried again', async () => {
  const { w, files } = await opened()
  files.failing = ['unreachable', 'notSupported']
  await update(w, { retries: 0 })
  await w.clock.advance(seconds(1))
  await update(w)
  await w.clock.advance(minutes(10))
  expect(told(w)).toEqual(['Downloading', 'DownloadFailed', 'Downloading', 'DownloadFailed'])
  expect(files.asked.filter((each) => each.startsWith('download'))).toHaveLength(2)
})

test('TC_044_3: a file that is no firmware changes nothing, and the outlets are available again', async () => {
  const { w, files } = await opened()
  files.offered = undefined
  const asked = restarts(w)
  await update(w)
  await w.clock.advance(minutes(5))
  expect(told(w)).toEqual(['Downloading', 'Downloaded', 'Installing', 'InstallationFailed'])
  expect(w.statuses()).toEqual(['Available', 'Unavailable', 'Available'])
  expect(asked).toEqual([])
})

test('nothing is fetched before its time, whatever restarts come between', async () => {
  const { w, files, again } = await opened()
  await update(w, {}, hours(2))
  await w.clock.advance(hours(1))
  const later = await killed(w, again)
  await later.clock.advance(minutes(58))
  expect(files.asked).toEqual([])
  await later.clock.advance(minutes(3))
  expect(files.asked[0]).toContain('download')
})

test('a clock that nobody has set is waited for', async () => {
  const { w, files } = await opened()
  await update(w, {}, hours(1))
  w.station.drop()
  const store = Object.create(w.store, { isNew: { value: false } }) as World['store']
  const dark = await rudeWorld({
    offline: true,
    clock: simulatedClock({ epochMs: 0, boot: 'another' }),
    parts: { store, files: files.ports },
    before: ({ treat }) =>
      treat('BootNotification', ({ id }, _polite, line) => line.answer(id, { status: 'Accepted', interval: 300, currentTime: '2026-03-01T09:30:00Z' })),
  })
  await dark.clock.advance(hours(5))
  expect(files.asked).toEqual([])
  dark.link.connect()
  await dark.clock.advance(seconds(10))
  expect(files.asked[0]).toContain('download')
})

test('who charges is not disturbed: installed when the last transaction ends, and nobody begins another one', async () => {
  const files = fakeFiles()
  const w = await charging({ board: withEvses(2), parts: { files: files.ports } })
  await update(w)
  await w.clock.advance(hours(3))
  expect(told(w)).toEqual(['Downloading', 'Downloaded'])
  expect([w.status(1), w.status(2)]).toEqual(['charging', 'unavailable'])
  expect(await ask(w, w.csms.call('CP-1', RemoteStartTransaction, { idTag: 'OTHER', connectorId: 2 }))).toMatchObject(answered('Rejected'))
  await w.swipe()
  await w.until(() => told(w).includes('Installing'))
  expect(w.sent('StopTransaction')).toHaveLength(1)
  expect(w.statuses(1).slice(-2)).toEqual(['Charging', 'Unavailable'])
})

test('what the central system says of availability meanwhile holds afterwards', async () => {
  const { w, files } = await opened({ board: withEvses(2) })
  files.isSlow = true
  await update(w)
  files.bring()
  await w.until(() => w.status() === 'unavailable')
  await ask(w, w.csms.call('CP-1', ChangeAvailability, { connectorId: 2, type: 'Inoperative' }))
  files.bring('local')
  await w.clock.advance(seconds(1))
  expect([w.status(1), w.status(2)]).toEqual(['available', 'unavailable'])
  expect(told(w).at(-1)).toBe('InstallationFailed')
})

describe('a power cut', () => {
  test('in a download: it goes on, and nothing is told twice', async () => {
    const { w, files, again } = await opened()
    files.isSlow = true
    await update(w, { retries: 0 })
    const later = await killed(w, again)
    await later.clock.advance(seconds(3))
    expect(told(later)).toEqual([])
    files.isSlow = false
    files.bring()
    await later.until(() => told(later).includes('Installing'))
    expect([...told(w), ...told(later)]).toEqual(['Downloading', 'Downloaded', 'Installing'])
  })

  test('again and again in a download: it is given up', async () => {
    const { w, files, again } = await opened()
    files.isSlow = true
    await update(w, { retries: 0 })
    let now = w
    for (let cuts = 0; cuts < 15 && !told(now).includes('DownloadFailed'); cuts++) {
      now = await killed(now, again)
      await now.clock.advance(seconds(3))
    }
    expect(told(now)).toEqual(['DownloadFailed'])
    expect(files.asked.filter((each) => each.startsWith('download'))).toHaveLength(11)
  })

  test('while it waits for a transaction: it waits on, or installs when none is left', async () => {
    const files = fakeFiles()
    const w = await charging({ parts: { files: files.ports } })
    await update(w)
    await w.clock.advance(minutes(1))
    const later = await killed(w, { parts: { files: files.ports } })
    await later.until(() => told(later).includes('Installing'))
    expect(files.asked.filter((each) => each.startsWith('download'))).toHaveLength(1)
    expect(later.sent('StopTransaction')).toHaveLength(1)
  })

  test('in an installation that did not come to its end: failed, and available again', async () => {
    const { w, files, again } = await opened()
    files.isSlow = true
    await update(w)
    files.bring()
    await w.until(() => told(w).includes('Installing'))
    const later = await killed(w, again)
    await later.clock.advance(seconds(3))
    expect([told(later), later.status()]).toEqual([['InstallationFailed'], 'available'])
  })

  test('after the new version was put in place and before that was noted: what runs is what is told', async () => {
    const { w, files, again } = await opened()
    files.isSlow = true
    await update(w)
    files.bring()
    await w.until(() => told(w).includes('Installing'))
    files.installed = '9.9.9'
    const later = await killed(w, again)
    await later.clock.advance(seconds(3))
    expect(told(later)).toEqual(['Installed'])
  })

  test('before the restart for the new version: that was the restart', async () => {
    const { w, again } = await opened()
    await update(w)
    await w.until(() => told(w).includes('Installing'))
    const later = await killed(w, again)
    await later.clock.advance(seconds(3))
    expect(told(later)).toEqual(['Installed'])
  })

  test('a version that does not run after the restart was not installed', async () => {
    const { w, files, again } = await opened()
    await update(w)
    await w.until(() => told(w).includes('Installing'))
    files.installed = '0.0.9'
    const later = await killed(w, again)
    await later.clock.advance(seconds(3))
    expect(told(later)).toEqual(['InstallationFailed'])
  })
})

test('what happened offline is told in order when the network is back', async () => {
  const { w } = await opened()
  await update(w, {}, minutes(1))
  goDark(w)
  await w.clock.advance(minutes(2))
  expect(told(w)).toEqual([])
  w.network.dials('accept')
  await w.until(() => told(w).length === 3, minutes(5))
  expect(told(w)).toEqual(['Downloading', 'Downloaded', 'Installing'])
})

test('a second request takes the place of the first; one that comes while it installs comes after it', async () => {
  const { w, files, again } = await opened()
  files.isSlow = true
  await update(w)
  await update(w, { location: 'http://files/second' })
  await w.clock.advance(seconds(1))
  expect(files.asked).toEqual([
    `download ${location} to /files/firmware-1`,
    `called off: download ${location} to /files/firmware-1`,
    'discard /files/firmware-1',
    'download http://files/second to /files/firmware-2',
  ])
  files.bring()
  await w.until(() => told(w).includes('Installing'))
  await update(w, { location: 'http://files/third' })
  files.isSlow = false
  files.bring()
  await w.clock.advance(seconds(3))
  expect(files.asked.some((each) => each.includes('third'))).toBe(false)
  files.offered = '10.0.0'
  const later = await killed(w, again)
  await later.until(() => told(later).includes('Installing'))
  expect(told(later)).toEqual(['Installed', 'Downloading', 'Downloaded', 'Installing'])
  expect(files.asked).toContain('download http://files/third to /files/firmware-3')
})

test('one that takes the place of an update that waits for a transaction gives the other outlets back until it is fetched itself', async () => {
  const files = fakeFiles()
  const w = await charging({ board: withEvses(2), parts: { files: files.ports } })
  await update(w)
  await w.clock.advance(minutes(1))
  expect(w.status(2)).toBe('unavailable')
  await update(w, {}, hours(1))
  await w.clock.advance(minutes(1))
  expect([w.status(2), w.statuses(2)]).toEqual(['available', ['Available', 'Unavailable', 'Available']])
})

test('a trigger asks how far it is, Idle before and after', async () => {
  const { w, files } = await opened()
  const triggered = async () => {
    const from = told(w).length
    expect(await ask(w, w.csms.call('CP-1', TriggerMessage, { requestedMessage: 'FirmwareStatusNotification' }))).toMatchObject(answered('Accepted'))
    return told(w).slice(from)
  }
  expect(await triggered()).toEqual(['Idle'])
  files.isSlow = true
  await update(w, { retries: 0 })
  expect(await triggered()).toEqual(['Downloading'])
  files.bring('unreachable')
  await w.clock.advance(seconds(1))
  expect(await triggered()).toEqual(['Idle'])
})

test('a trigger tells Downloaded for as long as it waits for the end of a transaction', async () => {
  const w = await charging({ parts: { files: fakeFiles().ports } })
  await update(w)
  await w.clock.advance(hours(1))
  await ask(w, w.csms.call('CP-1', TriggerMessage, { requestedMessage: 'FirmwareStatusNotification' }))
  expect(told(w)).toEqual(['Downloading', 'Downloaded', 'Downloaded'])
})

test('the profile and its key are there only where files can be brought', async () => {
  const { w } = await opened()
  const key = 'SupportedFileTransferProtocols'
  expect(await ask(w, w.csms.call('CP-1', GetConfiguration, { key: [key, 'SupportedFeatureProfiles'] }))).toMatchObject({
    payload: { configurationKey: [{ key, readonly: true, value: 'FTP,HTTP' }, { value: expect.stringContaining('FirmwareManagement') }] },
  })
  const without = await world()
  expect(await ask(without, without.csms.call('CP-1', GetConfiguration, { key: [key] }))).toMatchObject({ payload: { unknownKey: [key] } })
  expect(await update(without)).toMatchObject({ kind: 'error' })
})
