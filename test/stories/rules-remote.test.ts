import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { answered, ask, charging } from './asking.ts'
import { isInMatrix } from './matrix.ts'
import { killed, stopped } from './restarts.ts'
import { type World, withEvses, world } from './world.ts'

// OCPP 1.6 §5.2, §5.11, §5.12, §5.18; reference rules 24, 33, 46, 47: what is asked from afar at an awkward moment.

const change = (w: World, connectorId: number, type: 'Operative' | 'Inoperative') => ask(w, w.csms.call('CP-1', core.ChangeAvailability, { connectorId, type }))
const start = (w: World, idTag: string, connectorId?: number) => ask(w, w.csms.requestStart('CP-1', connectorId, idTag))
const stop = (w: World, transactionId: number) => ask(w, w.csms.requestStop('CP-1', transactionId))
const unlock = (w: World, connectorId = 1) => ask(w, w.csms.call('CP-1', core.UnlockConnector, { connectorId }), seconds(15))
const last = (w: World, ...connectors: readonly number[]) => connectors.map((connector) => w.statuses(connector).at(-1))
const plugged = async (options: Parameters<typeof world>[0] = {}) => {
  const w = await world(options)
  w.plant.plugIn()
  await w.clock.advance(seconds(3))
  return w
}
const illegal = (told: readonly string[]) => told.filter((status, at) => at > 0 && status !== told[at - 1] && !isInMatrix(told[at - 1] ?? '', status))
const two = { board: withEvses(2) }

describe('ChangeAvailability', () => {
  test('is answered before the status that it brings about is told', async () => {
    const w = await world()
    await change(w, 1, 'Inoperative')
    const order = w.frames.filter(({ kind, direction }) => kind === 'call' || direction === 'in').map(({ kind, action }) => `${kind} ${action}`)
    expect(order.slice(-3)).toEqual(['call ChangeAvailability', 'result ChangeAvailability', 'call StatusNotification'])
  })
  test.each([
    ['dies', (w: World) => killed(w, two)],
    ['stops in good order', (w: World) => stopped(w, 'reboot', two)],
  ])('of connector 0 that waits for one of two is done when the program %s', async (_what, again) => {
    const w = await charging(two)
    expect(await change(w, 0, 'Inoperative')).toMatchObject(answered('Scheduled'))
    expect(last(w, 0, 1, 2)).toEqual(['Available', 'Charging', 'Unavailable'])
    const after = await again(w)
    await after.clock.advance(seconds(20))
    expect(last(after, 0, 1, 2)).toEqual(['Unavailable', 'Unavailable', 'Unavailable'])
    expect(await start(after, 'TAG1')).toMatchObject(answered('Rejected'))
    const once = await killed(after, two)
    expect(last(once, 0, 1, 2)).toEqual(['Unavailable', 'Unavailable', 'Unavailable'])
  })
  test('of one connector back to Operative leaves the rest of the station out of use', async () => {
    const w = await world(two)
    await change(w, 0, 'Inoperative')
    expect(await change(w, 2, 'Operative')).toMatchObject(answered('Accepted'))
    expect(last(w, 0, 1, 2)).toEqual(['Unavailable', 'Unavailable', 'Available'])
    expect(await start(w, 'TAG1', 2)).toMatchObject(answered('Accepted'))
  })
  test('of one where a card waits for the cable: the card is not taken, then or when the car comes', async () => {
    const w = await world()
    expect(await w.swipe()).toBe('waiting')
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    w.plant.plugIn()
    await w.clock.advance(minutes(2))
    expect([w.status(), w.sent('StartTransaction')]).toEqual(['unavailable', []])
    await change(w, 1, 'Operative')
    expect([w.core.view(1).waitingToken, illegal(w.statuses())]).toEqual([undefined, []])
  })
  test('of one that has finished is done at once, and holds when the car leaves', async () => {
    const w = await charging()
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    w.plant.unplug()
    await w.clock.advance(seconds(10))
    expect(w.statuses().slice(-2)).toEqual(['Finishing', 'Unavailable'])
  })
  test('of one that has finished, and back with the car still there', async () => {
    const w = await charging()
    await w.swipe()
    await w.clock.advance(seconds(10))
    await change(w, 1, 'Inoperative')
    await change(w, 1, 'Operative')
    expect([w.status(), illegal(w.statuses())]).toEqual(['finishing', []])
  })
  test('of one that is faulted shows when the fault is gone', async () => {
    const w = await world()
    w.core.raise(1, 'ground')
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    expect(last(w, 1)).toEqual(['Faulted'])
    w.core.raise(1, undefined)
    await w.clock.advance(seconds(1))
    expect(w.statuses()).toEqual(['Available', 'Faulted', 'Unavailable'])
  })
  test('of one whose transaction is paused or has lost its car waits for the end all the same', async () => {
    const w = await charging({ settings: { StopTransactionOnEVSideDisconnect: 'false' } })
    w.plant.unplugEv()
    await w.clock.advance(seconds(10))
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Scheduled'))
    expect(await stop(w, 1)).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(15))
    expect([last(w, 1), illegal(w.statuses())]).toEqual([['Unavailable'], []])
  })
})

describe('RemoteStartTransaction', () => {
  test('where a car has finished charges it again', async () => {
    const w = await charging()
    await stop(w, 1)
    await w.clock.advance(seconds(10))
    expect(last(w, 1)).toEqual(['Finishing'])
    expect(await start(w, 'TAG2', 1)).toMatchObject(answered('Accepted'))
    await w.until(() => w.status() === 'charging')
    expect([w.csms.last(core.StartTransaction)?.idTag, illegal(w.statuses())]).toEqual(['TAG2', []])
  })
  test('of a card that waits here already is refused, and the card goes on waiting', async () => {
    const w = await world()
    expect(await w.swipe()).toBe('waiting')
    expect(await start(w, 'TAG1', 1)).toMatchObject(answered('Rejected'))
    expect(w.core.view(1).waitingToken).toBe('TAG1')
  })
  test('without a connector passes by what is faulted or out of use', async () => {
    const w = await world({ board: withEvses(3) })
    w.core.raise(1, 'ground')
    await change(w, 2, 'Inoperative')
    expect(await start(w, 'TAG1')).toMatchObject(answered('Accepted'))
    expect(w.core.view(3).waitingToken).toBe('TAG1')
  })
  test('whose place goes out of use while its card is asked about starts nothing', async () => {
    const w = await plugged()
    const asked = w.csms.requestStart('CP-1', 1, 'TAG1')
    w.core.authority = { isReachable: true, isPresentable: () => true, authorize: () => w.clock.settle().then(() => ({ status: 'accepted' })) }
    w.csms.frames.on(({ kind, action }) => {
      if (kind === 'result' && action === 'RemoteStartTransaction') w.core.setAvailability(1, false)
    })
    await w.clock.advance(seconds(5))
    expect(await asked).toMatchObject(answered('Accepted'))
    expect([w.status(), w.sent('StartTransaction')]).toEqual(['unavailable', []])
  })
  test.each(['', 'x'.repeat(21)])('of the card "%s", which is none, starts nothing', async (idTag) => {
    const w = await plugged()
    const outcome = await start(w, idTag, 1)
    expect(outcome).not.toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(5))
    expect(w.sent('StartTransaction')).toEqual([])
  })
})

describe('RemoteStopTransaction', () => {
  test('of one that is ending is accepted and ends it once, for its first reason', async () => {
    const w = await charging()
    const first = w.swipe()
    const second = w.csms.requestStop('CP-1', 1)
    await w.clock.advance(seconds(15))
    expect([await first, w.sent('StopTransaction').length]).toEqual(['stopped', 1])
    expect(await second).toMatchObject(answered('Accepted'))
    expect(await stop(w, 1)).toMatchObject(answered('Rejected'))
  })
  test('of one that is paused by a limit ends it', async () => {
    const w = await charging()
    w.core.limit(1, 'local', 0)
    await w.clock.advance(seconds(10))
    expect(await stop(w, 1)).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(10))
    expect([w.statuses().slice(-2), w.csms.last(core.StopTransaction)?.reason]).toEqual([['SuspendedEVSE', 'Finishing'], 'Remote'])
  })
  test('of one of two leaves the other alone', async () => {
    const w = await charging(two)
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(3))
    await w.swipe('TAG2', 2)
    await w.until(() => w.status(2) === 'charging')
    expect(await stop(w, 2)).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(15))
    expect([w.status(1), w.status(2)]).toEqual(['charging', 'finishing'])
  })
})

describe('UnlockConnector', () => {
  test('with a card that waits for the cable unlocks, and the card goes on waiting', async () => {
    const w = await world()
    await w.swipe()
    expect(await unlock(w)).toMatchObject(answered('Unlocked'))
    expect(w.core.view(1).waitingToken).toBe('TAG1')
  })
  test('of one that is out of use or faulted unlocks', async () => {
    const w = await charging()
    await w.swipe()
    await w.clock.advance(seconds(10))
    await change(w, 1, 'Inoperative')
    expect(await unlock(w)).toMatchObject(answered('Unlocked'))
    w.core.raise(1, 'ground')
    expect(await unlock(w)).toMatchObject(answered('Unlocked'))
  })
  test('of one of two ends and unlocks that one', async () => {
    const w = await charging(two)
    expect(await unlock(w, 2)).toMatchObject(answered('Unlocked'))
    expect([w.status(1), w.plant.lock]).toEqual(['charging', 'locked'])
  })
  test('of a transaction that is to be out of use afterwards: it ends, and the connector is Unavailable', async () => {
    const w = await charging()
    await change(w, 1, 'Inoperative')
    expect(await unlock(w)).toMatchObject(answered('Unlocked'))
    expect([w.csms.last(core.StopTransaction)?.reason, last(w, 1), illegal(w.statuses())]).toEqual(['UnlockCommand', ['Unavailable'], []])
  })
  test('while one is asked for, another is answered too', async () => {
    const w = await charging()
    const both = Promise.all([1, 2].map(() => w.csms.call('CP-1', core.UnlockConnector, { connectorId: 1 })))
    await w.clock.advance(seconds(30))
    expect(await both).toMatchObject([answered('Unlocked'), answered('Unlocked')])
    expect(w.sent('StopTransaction')).toHaveLength(1)
  })
})
