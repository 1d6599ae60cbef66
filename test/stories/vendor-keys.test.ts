import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { answered, ask, goDark } from './asking.ts'
import { killed } from './restarts.ts'
import { type World, withEvses, world } from './world.ts'

// What no specification knows and those who run chargers ask for.

const plug = async (w: World, evse = 1) => {
  w.plants[evse - 1]?.plugIn()
  await w.clock.advance(seconds(2))
}
const set = (w: World, key: string, value: string) => ask(w, w.csms.change('CP-1', key, value))
const free = { settings: { FreeVendActive: 'true', FreeVendIdTag: 'FREE' } }
const starts = (w: World) => w.sent('StartTransaction').map(({ payload }) => (payload as { idTag: string }).idTag)

describe('FreeVendActive', () => {
  test('charges a car as soon as it is plugged in, asks nobody, and names FreeVendIdTag', async () => {
    const w = await world(free)
    await plug(w)
    await w.until(() => w.status() === 'charging')
    expect(w.story()).toEqual([
      'BootNotification',
      'StatusNotification Available',
      'StatusNotification Available',
      'StatusNotification Preparing',
      'StartTransaction',
      'StatusNotification Charging',
    ])
    expect(starts(w)).toEqual(['FREE'])
  })
  test('starts nothing anew for the car whose session was ended, and again for the next one', async () => {
    const w = await world(free)
    await plug(w)
    await w.until(() => w.status() === 'charging')
    w.core.stop(1, 'remote')
    await w.clock.advance(minutes(5))
    expect([w.status(), starts(w).length]).toEqual(['finishing', 1])
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    await plug(w)
    await w.until(() => w.status() === 'charging')
    expect(starts(w)).toHaveLength(2)
  })
  test('leaves alone a place out of use or at fault, and takes it when it is in use again', async () => {
    const w = await world({ ...free, board: withEvses(2) })
    w.core.setAvailability(1, false)
    w.core.raise(2, 'ground')
    await plug(w, 1)
    await plug(w, 2)
    await w.clock.advance(seconds(20))
    expect(starts(w)).toEqual([])
    w.core.setAvailability(1, true)
    w.core.raise(2, undefined)
    await w.clock.advance(seconds(20))
    expect(starts(w)).toEqual(['FREE', 'FREE'])
  })
  test('leaves alone a reserved place, and the last one that is left for somebody who reserved any; their card charges there', async () => {
    const w = await world({ ...free, board: withEvses(2) })
    const until = w.clock.now().epochMs + minutes(30)
    w.core.reservations.reserve({ id: 1, evse: 1, token: 'ANNA', until })
    await plug(w, 1)
    await w.clock.advance(seconds(20))
    expect([w.status(1), starts(w)]).toEqual(['reserved', []])
    expect(await w.swipe('ANNA', 1)).toBe('started')
    w.core.reservations.reserve({ id: 2, evse: 0, token: 'BERT', until })
    await plug(w, 2)
    await w.clock.advance(seconds(20))
    expect(starts(w)).toEqual(['ANNA'])
    w.core.reservations.cancel(2)
    await w.until(() => w.status(2) === 'charging')
    expect(starts(w)).toEqual(['ANNA', 'FREE'])
  })
  test('a card that came first keeps its place, and its own name', async () => {
    const w = await world(free)
    expect(await w.swipe('TAG1')).toBe('waiting')
    await plug(w)
    await w.until(() => w.status() === 'charging')
    expect(starts(w)).toEqual(['TAG1'])
  })
  test('switched on takes the car that waits; without FreeVendIdTag nothing is free', async () => {
    const w = await world()
    await plug(w)
    await set(w, 'FreeVendActive', 'true')
    expect(w.status()).toBe('preparing')
    expect(await set(w, 'FreeVendIdTag', 'x'.repeat(21))).toEqual(answered('Rejected'))
    await set(w, 'FreeVendIdTag', 'FREE')
    await w.until(() => w.status() === 'charging')
    expect(starts(w)).toEqual(['FREE'])
  })
  test('is refused its energy like any card when the central system refuses the token', async () => {
    const w = await world({ ...free, csms: { cards: ['TAG1'] } })
    await plug(w)
    await w.clock.advance(seconds(30))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'DeAuthorized' })
    expect([w.status(), starts(w).length]).toEqual(['finishing', 1])
  })
  test('waits for the first acceptance of the station, and begins with it', async () => {
    const w = await world({ ...free, offline: true, isPlugged: true })
    await w.clock.advance(seconds(10))
    expect([w.core.view(1).transaction, w.status()]).toEqual([undefined, 'preparing'])
    w.link.connect()
    await w.until(() => w.status() === 'charging')
    expect(starts(w)).toEqual(['FREE'])
  })
  test('gives nothing to the next car when one is pulled before it was locked and it is switched off; nor to a card no place', async () => {
    const w = await world(free)
    const pullAtOnce = async () => {
      w.plant.plugIn()
      await w.until(() => w.core.view(1).waitingToken === 'FREE', seconds(2))
      w.plant.unplug()
      await w.clock.advance(seconds(2))
    }
    await pullAtOnce()
    expect([w.core.view(1).waitingToken, w.status()]).toEqual([undefined, 'available'])
    expect(await w.swipe('TAG1')).toBe('waiting')
    await w.swipe('TAG1')
    w.plant.plugIn()
    await w.until(() => w.core.view(1).waitingToken === 'FREE', seconds(2))
    w.core.settings.set('freeVend', false)
    await w.clock.advance(seconds(20))
    expect([w.status(), starts(w)]).toEqual(['preparing', []])
  })
  test('begins nothing at a station that stops', async () => {
    const w = await world(free)
    const stopped = w.core.shutDown('softReset', seconds(2))
    await plug(w)
    await w.clock.advance(seconds(5))
    await stopped
    expect(starts(w)).toEqual([])
  })
})

describe('SilentOfflineTransactions', () => {
  const ends = (w: World) =>
    w.store
      .ledger<Fact>()
      .after(0, 1_000)
      .filter(({ fact }) => fact.kind === 'transactionEnded')
  const settings = { SilentOfflineTransactions: 'true', AllowOfflineTxForUnknownId: 'true', MeterValueSampleInterval: '10' }
  const session = async (w: World) => {
    await plug(w)
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(minutes(2))
  }
  const about = (w: World) => w.story().filter((line) => /Transaction|MeterValues/.test(line ?? ''))

  test('what begins offline is charged, and never told, not even its end after the reconnection', async () => {
    const w = await world({ settings })
    goDark(w)
    await session(w)
    expect(w.status()).toBe('charging')
    w.network.dials('accept')
    await w.until(() => w.link.state === 'connected')
    // It waits for no StartTransaction.
    await w.clock.advance(seconds(2))
    expect(w.statuses().at(-1)).toBe('Charging')
    await w.clock.advance(minutes(2))
    expect(await w.swipe()).toBe('stopped')
    await w.clock.advance(minutes(1))
    expect(ends(w)).toHaveLength(1)
    expect(about(w)).toEqual([])
    expect(w.station.door.reports()).toEqual({ waiting: 0, undeliverable: 0 })
  })
  test('nor when the program starts again between', async () => {
    const first = await world({ settings })
    goDark(first)
    await session(first)
    const w = await killed(first)
    await w.clock.advance(minutes(1))
    expect(ends(w)).toHaveLength(1)
    expect(about(w)).toEqual([])
  })
  test('what begins with a central system is told, also where it ends without one', async () => {
    const w = await world({ settings })
    await session(w)
    goDark(w)
    await w.clock.advance(minutes(1))
    await w.swipe()
    await w.clock.advance(minutes(1))
    w.network.dials('accept')
    await w.clock.advance(minutes(2))
    expect(about(w).filter((line) => line !== 'MeterValues')).toEqual(['StartTransaction', 'StopTransaction'])
  })
  test('and so is, afterwards, what began offline without it', async () => {
    const w = await world({ settings: { ...settings, SilentOfflineTransactions: 'false' } })
    goDark(w)
    await session(w)
    w.network.dials('accept')
    await w.clock.advance(minutes(2))
    expect(about(w)[0]).toBe('StartTransaction')
  })
})

describe('AuthorizationTimeout', () => {
  const asked = async (value: string, cards: readonly string[] = ['TAG1']) => {
    const w = await world({ settings: { AuthorizationTimeout: value, MessageTimeout: '30' } })
    await plug(w)
    for (const card of cards) {
      await w.swipe(card)
      await w.clock.advance(seconds(10))
      await w.swipe(card)
      await w.clock.advance(seconds(10))
    }
    w.network.silence(true)
    let outcome: string | undefined
    void w.swipe().then((known) => {
      outcome = known
    })
    return { w, outcome: () => outcome }
  }
  test('a question that takes longer is decided as if offline', async () => {
    const { w, outcome } = await asked('5')
    await w.clock.advance(seconds(4.9))
    expect(outcome()).toBeUndefined()
    await w.clock.advance(seconds(0.2))
    expect(outcome()).toBe('started')
    const stranger = await asked('5', [])
    await stranger.w.clock.advance(seconds(5.1))
    expect(stranger.outcome()).toBe('unknownOffline')
  })
  test('0 waits as long as MessageTimeout', async () => {
    const { w, outcome } = await asked('0')
    await w.clock.advance(seconds(29))
    expect(outcome()).toBeUndefined()
    await w.clock.advance(seconds(2))
    expect(outcome()).toBe('started')
  })
})

test('PreBootTransactions lets a station charge that no central system accepted, and can be taken back by key', async () => {
  const w = await world({ offline: true, settings: { AllowOfflineTxForUnknownId: 'true' }, parts: { preBootTransactions: true } })
  await plug(w)
  expect(await w.swipe()).toBe('started')
  await w.clock.advance(seconds(10))
  expect(await w.swipe()).toBe('stopped')
  await w.clock.advance(seconds(10))
  w.core.settings.set('preBootTransactions', false)
  expect(await w.swipe()).toBe('noEvse')
  // The key outlives the station file.
  const again = await killed(w, { offline: true, parts: { preBootTransactions: true } })
  expect(again.core.settings.get('preBootTransactions')).toBe(false)
})

test('the station file gives the vendor keys their first values', async () => {
  const w = await world({ parts: { freeVend: { token: 'FREE' }, silentOffline: true } })
  const key = ['FreeVendActive', 'FreeVendIdTag', 'PreBootTransactions', 'SilentOfflineTransactions']
  const told = await ask(w, w.csms.call('CP-1', core.GetConfiguration, { key }))
  expect(told.kind === 'result' && told.payload.configurationKey?.map(({ value }) => value)).toEqual(['true', 'FREE', 'false', 'true'])
})

test('MeterValuesInTxOnly sends clock-aligned samples only while a transaction runs', async () => {
  const w = await world({ settings: { ClockAlignedDataInterval: '60', MeterValueSampleInterval: '0' } })
  await w.clock.advance(minutes(3))
  expect(w.sent('MeterValues')).toHaveLength(3)
  await set(w, 'MeterValuesInTxOnly', 'true')
  await w.clock.advance(minutes(3))
  expect(w.sent('MeterValues')).toHaveLength(3)
  await plug(w)
  await w.swipe()
  await w.clock.advance(minutes(2))
  expect(w.sent('MeterValues')).toHaveLength(5)
})
