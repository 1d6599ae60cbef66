import { describe, expect, test } from 'vitest'
import { hours, seconds } from '../../src/base/units.ts'
import { StartTransaction, StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { charging, goDark } from './asking.ts'
import { killed } from './restarts.ts'
import { type World, withEvses, world } from './world.ts'

const booted = ['BootNotification', 'StatusNotification Available', 'StatusNotification Available']

/** The story after the boot, without samples. */
const storyOf = (w: World) =>
  w
    .story()
    .slice(booted.length)
    .filter((action) => action !== 'MeterValues')

test('plug first: the cable, then the card, then energy, then the card again', async () => {
  const w = await charging()
  await w.clock.advance(seconds(600))
  expect(await w.swipe()).toBe('stopped')
  await w.clock.advance(seconds(10))
  expect(w.status()).toBe('finishing')
  w.plant.unplug()
  await w.clock.advance(seconds(5))
  expect(w.story()).toEqual([
    ...booted,
    'StatusNotification Preparing',
    'Authorize',
    'StartTransaction',
    'StatusNotification Charging',
    ...Array.from({ length: 10 }, () => 'MeterValues'),
    'StopTransaction',
    'StatusNotification Finishing',
    'StatusNotification Available',
  ])
  expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'Local', idTag: 'TAG1', transactionId: 1, meterStop: Math.floor(w.plant.wh) })
})

test('card first: the card waits for the cable', async () => {
  const w = await world()
  expect(await w.swipe()).toBe('waiting')
  await w.clock.advance(seconds(5))
  w.plant.plugIn()
  await w.until(() => w.status() === 'charging')
  expect(storyOf(w)).toEqual(['Authorize', 'StatusNotification Preparing', 'StartTransaction', 'StatusNotification Charging'])
})

test('card first, then nothing: after ConnectionTimeOut the place is free again', async () => {
  const w = await world({ settings: { ConnectionTimeOut: '30' } })
  await w.swipe()
  await w.clock.advance(seconds(29))
  expect(w.status()).toBe('preparing')
  await w.clock.advance(seconds(2))
  expect(w.status()).toBe('available')
  w.plant.plugIn()
  await w.clock.advance(seconds(20))
  expect(w.sent('StartTransaction')).toEqual([])
})

test('cable first, then nothing: after ConnectionTimeOut the car is done, and a card starts it all the same', async () => {
  const w = await world({ settings: { ConnectionTimeOut: '30' } })
  w.plant.plugIn()
  await w.clock.advance(seconds(40))
  expect(w.status()).toBe('finishing')
  expect(await w.swipe()).toBe('started')
  await w.until(() => w.status() === 'charging')
  expect(w.statuses()).toEqual(['Available', 'Preparing', 'Finishing', 'Preparing', 'Charging'])
})

test('a ConnectionTimeOut that is changed counts for the card that waits already', async () => {
  const w = await world({ settings: { ConnectionTimeOut: '0' } })
  await w.swipe()
  await w.clock.advance(seconds(20))
  w.core.settings.set('connectionTimeout', 30)
  await w.clock.advance(seconds(9))
  expect(w.status()).toBe('preparing')
  await w.clock.advance(seconds(2))
  expect(w.status()).toBe('available')
})

test('a card that waits is taken back by showing it again', async () => {
  const w = await world()
  await w.swipe()
  expect(await w.swipe()).toBe('cancelled')
  expect(w.status()).toBe('available')
})

describe('remote start', () => {
  test('with the cable in: asked about, answered before it starts', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    const outcome = w.csms.requestStart('CP-1', 1, 'REMOTE1')
    await w.until(() => w.status() === 'charging')
    expect(await outcome).toMatchObject({ kind: 'result', payload: { status: 'Accepted' } })
    expect(storyOf(w)).toEqual(['StatusNotification Preparing', 'Authorize', 'StartTransaction', 'StatusNotification Charging'])
  })
  test('without the cable: it waits for it, and gives up in time', async () => {
    const w = await world()
    void w.csms.requestStart('CP-1', undefined, 'REMOTE1')
    await w.clock.advance(seconds(5))
    expect(w.status()).toBe('preparing')
    await w.clock.advance(seconds(60))
    expect(w.status()).toBe('available')
  })
  test('is refused at connector 0, at one that does not exist and at one that charges', async () => {
    const w = await charging()
    for (const connector of [0, 2, 1]) {
      const outcome = w.csms.requestStart('CP-1', connector, 'REMOTE1')
      await w.clock.advance(seconds(1))
      expect(await outcome).toMatchObject({ payload: { status: 'Rejected' } })
    }
  })
})

test('remote stop ends the transaction, an unknown number ends nothing', async () => {
  const w = await charging()
  const wrong = w.csms.requestStop('CP-1', 4711)
  const right = w.csms.requestStop('CP-1', 1)
  await w.clock.advance(seconds(10))
  expect(await wrong).toMatchObject({ payload: { status: 'Rejected' } })
  expect(await right).toMatchObject({ payload: { status: 'Accepted' } })
  expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'Remote' })
  expect(w.csms.last(StopTransaction)).not.toHaveProperty('idTag')
  expect(w.status()).toBe('finishing')
  expect(w.plant.isClosed).toBe(false)
})

describe('the cable is pulled at the car', () => {
  test('and the transaction ends, and the cable at the socket after it', async () => {
    const w = await charging()
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'EVDisconnected' })
    expect(w.statuses()).toEqual(['Available', 'Preparing', 'Charging', 'Finishing', 'Available'])
  })
  test('and with StopTransactionOnEVSideDisconnect=false it outlives the plug', async () => {
    const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
    w.plant.unplugEv()
    await w.clock.advance(seconds(20))
    expect(w.status()).toBe('suspendedEv')
    expect(w.core.view(1).info).toBe('EV side disconnected')
    expect(w.sent('StopTransaction')).toEqual([])
    w.plant.plugIn()
    await w.until(() => w.status() === 'charging')
    expect(w.sent('StartTransaction')).toHaveLength(1)
  })
})

describe('the central system refuses the card afterwards', () => {
  /** Accepted at the reader, blocked in the answer to StartTransaction. */
  const refused = async (settings: Readonly<Record<string, string>>) => {
    let asked = 0
    const w = await world({ settings, csms: { authorize: () => ({ status: ++asked === 1 ? 'Accepted' : 'Blocked' }) } })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('started')
    await w.clock.advance(seconds(20))
    return w
  }
  test('and the transaction ends as DeAuthorized', async () => {
    const w = await refused({})
    expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'DeAuthorized' })
    expect(w.status()).toBe('finishing')
  })
  test('and with StopTransactionOnInvalidId=false only the energy stops', async () => {
    const w = await refused({ StopTransactionOnInvalidId: 'false' })
    expect(w.status()).toBe('suspendedEvse')
    expect(w.sent('StopTransaction')).toEqual([])
    expect(w.plant.isClosed).toBe(false)
  })
})

test('a card that the central system does not know starts nothing', async () => {
  const w = await world({ csms: { cards: ['GOOD'] } })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  expect(await w.swipe('BAD')).toBe('invalid')
  expect(w.sent('StartTransaction')).toEqual([])
  expect(await w.swipe('good')).toBe('started')
})

test('another card of the same parent stops the transaction, one without it does not', async () => {
  const parents: Readonly<Record<string, string>> = { TAG1: 'FAMILY', TAG2: 'FAMILY', TAG3: 'OTHERS' }
  const w = await charging({ csms: { authorize: (idTag) => ({ status: 'Accepted', parentIdTag: parents[idTag] ?? '' }) } })
  expect(await w.swipe('TAG3')).toBe('noEvse')
  expect(w.status()).toBe('charging')
  expect(await w.swipe('TAG2')).toBe('stopped')
  await w.clock.advance(seconds(10))
  expect(w.csms.last(StopTransaction)).toMatchObject({ reason: 'Local', idTag: 'TAG2' })
})

test('one reader for two outlets, and a car that has finished at one: its own card starts it again, another waits for its own car', async () => {
  const w = await world({ board: withEvses(2) })
  w.plants[0]?.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe('TAG1')
  await w.until(() => w.status(1) === 'charging')
  await w.swipe('TAG1')
  await w.clock.advance(seconds(10))
  expect(await w.swipe('TAG2')).toBe('waiting')
  w.plants[1]?.plugIn()
  await w.until(() => w.status(2) === 'charging')
  expect(await w.swipe('TAG1')).toBe('started')
  await w.until(() => w.status(1) === 'charging')
  expect([1, 2].map((evse) => w.core.view(evse).transaction?.token)).toEqual(['TAG1', 'TAG2'])
})

test('one reader for two outlets, and the power fails: the card starts the car again that it had charged', async () => {
  const before = await charging({ board: withEvses(2) })
  const w = await killed(before, { board: withEvses(2), isPlugged: true })
  await w.clock.advance(seconds(10))
  expect(await w.swipe('TAG1')).toBe('started')
  await w.until(() => w.status(1) === 'charging')
})

test('one reader for two outlets: the token follows the cable', async () => {
  const w = await world({ board: withEvses(2) })
  expect(await w.swipe()).toBe('waiting')
  expect([w.status(1), w.status(2)]).toEqual(['preparing', 'available'])
  w.plants[1]?.plugIn()
  await w.until(() => w.status(2) === 'charging')
  expect(w.status(1)).toBe('available')
  expect(w.csms.last(StartTransaction)).toMatchObject({ connectorId: 2 })
})

test('a transaction goes on through a night without a network, and arrives whole', async () => {
  const w = await charging()
  w.network.dials('refused')
  w.network.cut()
  await w.clock.advance(hours(3))
  expect(await w.swipe()).toBe('stopped')
  await w.clock.advance(seconds(10))
  const before = w.sent().length
  w.network.dials('accept')
  await w.clock.advance(hours(1))
  const after = w.story().slice(before)
  expect(after.filter((action) => action === 'MeterValues').length).toBeGreaterThanOrEqual(179)
  expect(after.at(-1)).toBe('StopTransaction')
  expect(w.csms.last(StopTransaction)).toMatchObject({ transactionId: 1, meterStop: Math.floor(w.plant.wh) })
})

test('a tripped residual current device opens the contactor before anything is reported', async () => {
  const w = await charging()
  const before = w.sent().length
  w.plant.setFault('residualCurrent', true)
  await w.clock.advance(100)
  expect(w.plant.isClosed).toBe(false)
  await w.clock.advance(seconds(1))
  expect(w.statuses().at(-1)).toBe('Faulted')
  expect(w.sent().slice(before)[0]?.payload).toMatchObject({ status: 'Faulted', errorCode: 'GroundFailure' })
})

test('after an outage Charging is not reported before the start of its transaction, which stands behind an older session', async () => {
  const w = await world({ settings: { MeterValueSampleInterval: '10' } })
  await w.swipe()
  await w.swipe()
  goDark(w)
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  expect(await w.swipe()).toBe('started')
  await w.clock.advance(seconds(60))
  expect(await w.swipe()).toBe('stopped')
  await w.clock.advance(seconds(10))
  expect(await w.swipe()).toBe('started')
  await w.until(() => w.status() === 'charging')
  const before = w.sent().length
  w.network.dials('accept')
  await w.clock.advance(seconds(130))
  const story = w.story().slice(before)
  const starts = story.flatMap((action, at) => (action === 'StartTransaction' ? [at] : []))
  expect(starts).toHaveLength(2)
  expect(story.indexOf('StatusNotification Charging')).toBeGreaterThan(starts[1] as number)
})
