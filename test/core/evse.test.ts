import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { charging } from '../stories/asking.ts'
import { killed } from '../stories/restarts.ts'
import { socketBoard, type World, world } from '../stories/world.ts'

const ends = (w: World) =>
  w.store
    .ledger<Fact>()
    .after(0, 1_000)
    .flatMap(({ fact }) => (fact.kind === 'transactionEnded' ? [fact] : []))

/** A store in memory whose disk can be full. */
function narrowStore() {
  const store = openStore({ directory: undefined, log: silentLog })
  const disk = { isFull: false }
  const atomically: Store['atomically'] = (run, durability) => {
    if (disk.isFull) throw new StoreError('full', 'no room')
    return store.atomically(run, durability)
  }
  return { disk, parts: { store: Object.create(store, { isNew: { value: true }, atomically: { value: atomically } }) as Store } }
}

describe('on a disk that is full', () => {
  test('a start is refused, and nothing is charged', async () => {
    const { disk, parts } = narrowStore()
    const w = await world({ parts })
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    disk.isFull = true
    expect(await w.swipe()).toBe('refused')
    await w.clock.advance(seconds(30))
    expect([w.plant.isClosed, w.status()]).toEqual([false, 'preparing'])
  })
  test('a start of the program comes up, and what was cut off ends when there is room; until then nothing begins there', async () => {
    const { disk, parts } = narrowStore()
    const first = await charging({ parts })
    disk.isFull = true
    const w = await killed(first, { isPlugged: true })
    await w.clock.advance(seconds(15))
    expect([w.status(), w.core.view(1).transaction, ends(w)]).toEqual(['finishing', undefined, []])
    // There is room, and nobody has tried again yet.
    disk.isFull = false
    expect(await w.swipe()).toBe('refused')
    await w.clock.advance(seconds(10))
    expect(ends(w)).toMatchObject([{ reason: 'reboot' }])
    expect(await w.swipe()).toBe('started')
  })
  test('a car that comes before the end of the last one is written is a new one', async () => {
    const { disk, parts } = narrowStore()
    const w = await charging({ parts })
    disk.isFull = true
    w.core.stop(1, 'remote')
    await w.clock.advance(seconds(20))
    w.plant.unplug()
    await w.clock.advance(seconds(20))
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(w.status()).toBe('finishing')
    disk.isFull = false
    await w.clock.advance(seconds(10))
    expect(ends(w)).toHaveLength(1)
    expect(w.status()).toBe('preparing')
  })
})

test('a fault that goes away gives the transaction its current back', async () => {
  const w = await charging()
  w.plant.setFault('overTemperature', true)
  await w.until(() => !w.plant.isClosed)
  await w.clock.advance(minutes(1))
  w.plant.setFault('overTemperature', false)
  await w.until(() => w.plant.isClosed, seconds(15))
  expect(ends(w)).toEqual([])
})

test('stopped twice, a transaction ends once, for the first reason', async () => {
  const w = await charging()
  expect(w.core.stop(1, 'remote')).toBe(true)
  expect(w.core.stop(1, 'local', 'TAG1')).toBe(true)
  await w.clock.advance(seconds(20))
  expect(ends(w)).toMatchObject([{ reason: 'remote' }])
})

test('with contacts that have been open for long, a stop ends the transaction at once', async () => {
  const w = await charging()
  w.plant.suspend()
  await w.clock.advance(seconds(30))
  w.core.stop(1, 'remote')
  expect(ends(w)).toHaveLength(1)
  expect(w.status()).toBe('finishing')
})

test('a cable alone after a session is a new beginning', async () => {
  const w = await charging()
  await w.swipe()
  await w.clock.advance(seconds(5))
  w.plant.unplug()
  await w.clock.advance(seconds(5))
  expect(w.status()).toBe('available')
  w.plant.plugCable()
  await w.clock.advance(seconds(15))
  expect(w.status()).toBe('preparing')
})

test('a fixed cable is held for nobody: a card that was refused is asked about again', async () => {
  let asked = 0
  const w = await world({
    board: { ...socketBoard, evses: [{ ...(socketBoard.evses[0] as (typeof socketBoard.evses)[number]), cable: 'fixed' }] },
    csms: { authorize: () => ({ status: ++asked === 1 ? 'Accepted' : 'Blocked' }) },
  })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.until(() => w.status() === 'finishing')
  await w.clock.advance(seconds(1))
  const answer = w.swipe()
  await w.clock.advance(seconds(5))
  expect(await answer).toBe('blocked')
})

describe('an outlet takes nobody', () => {
  const preAuthorized = async () => {
    const w = await charging({ settings: { LocalPreAuthorize: 'true' } })
    await w.swipe()
    await w.clock.advance(seconds(10))
    return w
  }
  test('in the millisecond in which another transaction began: central systems tell them apart by it', async () => {
    const w = await preAuthorized()
    expect(await w.swipe()).toBe('started')
    w.core.stop(1, 'remote')
    expect(ends(w)).toHaveLength(2)
    expect(await w.swipe()).toBe('noEvse')
    await w.clock.advance(1)
    expect(await w.swipe()).toBe('started')
  })
  test('while it is unavailable, or has a fault', async () => {
    const w = await preAuthorized()
    w.core.setAvailability(1, false)
    expect(await w.swipe()).toBe('noEvse')
    w.core.setAvailability(1, true)
    w.core.raise(1, 'other')
    expect(await w.swipe()).toBe('noEvse')
    w.core.raise(1, undefined)
    expect(await w.swipe()).toBe('started')
  })
  test('whose card waits, when it became unavailable or faulted in the meantime', async () => {
    const w = await world()
    expect(await w.swipe()).toBe('waiting')
    w.core.setAvailability(1, false)
    w.core.raise(1, 'other')
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(w.core.view(1).transaction).toBeUndefined()
    w.core.setAvailability(1, true)
    expect(w.core.view(1).transaction).toBeUndefined()
    w.core.setAvailability(1, false)
    w.core.raise(1, undefined)
    expect(w.core.view(1).transaction).toBeUndefined()
    w.core.setAvailability(1, true)
    expect(w.core.view(1).transaction).toBeDefined()
  })
})

test('a refused card gets no current back by a fault that comes and goes', async () => {
  let asked = 0
  const w = await world({
    settings: { StopTransactionOnInvalidId: 'false' },
    csms: { authorize: () => ({ status: ++asked === 1 ? 'Accepted' : 'Blocked' }) },
  })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.clock.advance(seconds(20))
  expect(w.plant.isClosed).toBe(false)
  w.plant.setFault('overTemperature', true)
  await w.clock.advance(minutes(1))
  w.plant.setFault('overTemperature', false)
  await w.clock.advance(minutes(1))
  expect([w.plant.isClosed, w.status()]).toEqual([false, 'suspendedEvse'])
})

test('a fault that is raised from outside takes the current away, and gives it back', async () => {
  const w = await charging()
  w.core.raise(1, 'other')
  await w.until(() => !w.plant.isClosed, seconds(2))
  await w.clock.advance(minutes(1))
  expect([w.plant.isClosed, w.status()]).toEqual([false, 'faulted'])
  w.core.raise(1, undefined)
  await w.until(() => w.plant.isClosed, minutes(1))
})

test('a cable that was unlocked is held for its card no longer', async () => {
  const w = await charging({ settings: { UnlockConnectorOnEVSideDisconnect: 'false' } })
  w.plant.unplugEv()
  await w.clock.advance(seconds(30))
  const answer = w.core.unlock(1)
  await w.clock.advance(seconds(5))
  expect(await answer).toBe('unlocked')
  const again = w.swipe()
  await w.clock.advance(seconds(5))
  expect(await again).toBe('waiting')
})

test('a car that comes right after a cut is a new one when the one before was seen to leave', async () => {
  const w = await killed(await charging(), { isPlugged: true })
  expect(w.status()).toBe('finishing')
  w.plant.unplug()
  await w.clock.advance(1_500)
  w.plant.plugIn()
  await w.clock.advance(1_000)
  expect(w.status()).toBe('preparing')
})

test('a station that is dropped samples no more', async () => {
  const w = await charging({ settings: { MeterValueSampleInterval: '10', ClockAlignedDataInterval: '60' } })
  w.station.drop()
  const { last } = w.store.ledger<Fact>()
  await w.clock.advance(minutes(10))
  expect(w.store.ledger<Fact>().last).toBe(last)
})
