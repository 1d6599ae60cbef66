import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import type { ChargePointStatus } from '../../src/ocpp16/messages/types.ts'
import { mayFollow } from '../../src/ocpp16/statuses.ts'
import { answered, ask, charging } from './asking.ts'
import { killed, stopped } from './restarts.ts'
import { type World, withEvses, world } from './world.ts'

// OCPP 1.6 §4.9, §5.2: what is told of each connector.

const change = (w: World, connectorId: number, type: 'Operative' | 'Inoperative') => ask(w, w.csms.call('CP-1', core.ChangeAvailability, { connectorId, type }))

describe('ChangeAvailability', () => {
  test('of a free connector takes effect and is told; to the state it is in, it is accepted', async () => {
    const w = await world({ board: withEvses(2) })
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    expect([w.statuses(0), w.statuses(1), w.statuses(2)]).toEqual([['Available'], ['Available', 'Unavailable'], ['Available']])
    expect(await w.swipe('TAG1', 1)).toBe('noEvse')
    expect(await change(w, 1, 'Operative')).toMatchObject(answered('Accepted'))
    expect(w.statuses(1)).toEqual(['Available', 'Unavailable', 'Available'])
  })
  test('of one that charges waits for the end', async () => {
    const w = await charging()
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Scheduled'))
    expect(w.statuses().at(-1)).toBe('Charging')
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.statuses().at(-1)).toBe('Unavailable')
    expect(w.sent('StopTransaction')).toHaveLength(1)
  })
  test('that is taken back before the end changes nothing', async () => {
    const w = await charging()
    await change(w, 1, 'Inoperative')
    expect(await change(w, 1, 'Operative')).toMatchObject(answered('Accepted'))
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.statuses().at(-1)).toBe('Finishing')
  })
  test('of connector 0 is of all; the station follows when the last of them has', async () => {
    const w = await charging({ board: withEvses(2) })
    expect(await change(w, 0, 'Inoperative')).toMatchObject(answered('Scheduled'))
    expect([w.statuses(0).at(-1), w.statuses(1).at(-1), w.statuses(2).at(-1)]).toEqual(['Available', 'Charging', 'Unavailable'])
    await w.swipe('TAG1', 1)
    await w.clock.advance(seconds(10))
    expect([w.statuses(0).at(-1), w.statuses(1).at(-1), w.statuses(2).at(-1)]).toEqual(['Unavailable', 'Unavailable', 'Unavailable'])
    expect(await change(w, 0, 'Operative')).toMatchObject(answered('Accepted'))
    expect([w.statuses(0).at(-1), w.statuses(2).at(-1)]).toEqual(['Available', 'Available'])
  })
  test.each([-1, 2])('of connector %i, which is none, is refused', async (connector) => {
    expect(await change(await world(), connector, 'Inoperative')).toMatchObject(answered('Rejected'))
  })
  test('survives a restart, of the station as well', async () => {
    const first = await world({ board: withEvses(2) })
    await change(first, 2, 'Inoperative')
    const second = await stopped(first, 'reboot', { board: withEvses(2) })
    expect([second.statuses(0), second.statuses(1), second.statuses(2)]).toEqual([['Available'], ['Available'], ['Unavailable']])
    await change(second, 0, 'Inoperative')
    const third = await killed(second, { board: withEvses(2) })
    expect([third.statuses(0), third.statuses(1), third.statuses(2)]).toEqual([['Unavailable'], ['Unavailable'], ['Unavailable']])
  })
  test('that waited for the end of a transaction is done when the end was a power cut', async () => {
    const w = await charging()
    await change(w, 1, 'Inoperative')
    const again = await killed(w)
    await again.clock.advance(seconds(20))
    expect(again.statuses()).toEqual(['Unavailable'])
  })
})

describe('MinimumStatusDuration', () => {
  test('leaves out what did not last, and tells the rest late', async () => {
    const w = await world({ settings: { MinimumStatusDuration: '20' } })
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    await w.swipe()
    await w.until(() => w.status() === 'charging')
    expect(w.statuses()).toEqual(['Available'])
    await w.clock.advance(seconds(25))
    expect(w.statuses()).toEqual(['Available', 'Charging'])
    w.plant.suspend()
    await w.clock.advance(seconds(10))
    w.plant.resume()
    await w.clock.advance(minutes(1))
    expect(w.statuses()).toEqual(['Available', 'Charging'])
  })
  test('does not hold back what a trigger asks for', async () => {
    const w = await world({ settings: { MinimumStatusDuration: '60' } })
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    expect(await ask(w, w.csms.trigger('CP-1', 'StatusNotification', 1))).toMatchObject(answered('Accepted'))
    expect(w.statuses()).toEqual(['Available', 'Preparing'])
    await w.clock.advance(minutes(3))
    expect(w.statuses()).toEqual(['Available', 'Preparing', 'Finishing'])
  })
  test('of 0 drops nothing', async () => {
    const w = await charging()
    w.plant.suspend()
    await w.clock.advance(seconds(2))
    w.plant.resume()
    await w.clock.advance(seconds(10))
    expect(w.statuses()).toEqual(['Available', 'Preparing', 'Charging', 'SuspendedEV', 'Charging'])
  })
})

describe('what is told', () => {
  test('after an outage is the present status, once, and only where it changed', async () => {
    const w = await world({ board: withEvses(2) })
    w.network.dials('refused')
    w.network.cut()
    w.plant.plugIn()
    await w.clock.advance(seconds(30))
    w.plant.unplug()
    await w.clock.advance(seconds(30))
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(5))
    const at = w.clock.now().epochMs
    w.network.dials('accept')
    await w.clock.advance(seconds(50))
    expect([w.statuses(0), w.statuses(1), w.statuses(2)]).toEqual([['Available'], ['Available'], ['Available', 'Preparing']])
    // The time of the report, not of the change.
    expect(Date.parse(w.csms.last(core.StatusNotification)?.timestamp ?? '')).toBeGreaterThanOrEqual(at)
  })
  test('SuspendedEVSE comes before SuspendedEV', async () => {
    const w = await charging()
    w.core.limit(1, 'local', 0)
    await w.clock.advance(seconds(10))
    expect(w.statuses().at(-1)).toBe('SuspendedEVSE')
    w.plant.suspend()
    await w.clock.advance(seconds(10))
    expect(w.statuses().at(-1)).toBe('SuspendedEVSE')
  })
  test('a car that draws nothing from the start is SuspendedEV', async () => {
    const w = await world()
    w.plant.delay(true)
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe()
    await w.clock.advance(seconds(20))
    expect(w.statuses()).toEqual(['Available', 'Preparing', 'SuspendedEV'])
  })
  test('EVCommunicationError is a warning beside a session and never stands with Faulted', async () => {
    const w = await world()
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    w.core.raise(1, 'evCommunication')
    await w.clock.advance(seconds(1))
    expect(w.csms.last(core.StatusNotification)).toMatchObject({ status: 'Preparing', errorCode: 'EVCommunicationError' })
    w.plant.unplug()
    await w.clock.advance(seconds(5))
    expect(w.csms.last(core.StatusNotification)).toMatchObject({
      status: 'Faulted',
      errorCode: 'OtherError',
      vendorErrorCode: 'EVCommunicationError',
      vendorId: 'Pilotwire',
    })
  })
  test('TriggerMessage(StatusNotification) tells the connector asked for, or all, 0 first', async () => {
    const w = await world({ board: withEvses(2) })
    for (const [connector, told] of [
      [0, [0]],
      [2, [2]],
      [undefined, [0, 1, 2]],
    ] as const) {
      const before = w.sent('StatusNotification').length
      expect(await ask(w, w.csms.trigger('CP-1', 'StatusNotification', connector))).toMatchObject(answered('Accepted'))
      expect(
        w
          .sent('StatusNotification')
          .slice(before)
          .map(({ payload }) => (payload as { connectorId: number }).connectorId),
      ).toEqual(told)
    }
    expect(await ask(w, w.csms.trigger('CP-1', 'StatusNotification', 3))).toMatchObject(answered('Rejected'))
  })
})

/** What can happen to an outlet, each a moment apart. */
const events: Readonly<Record<string, (w: World) => unknown>> = {
  plug: (w) => w.plant.plugIn(),
  pull: (w) => w.plant.unplug(),
  'pull at the car': (w) => w.plant.unplugEv(),
  suspend: (w) => w.plant.suspend(),
  resume: (w) => w.plant.resume(),
  full: (w) => w.plant.full(),
  card: (w) => w.swipe('TAG1'),
  'other card': (w) => w.swipe('TAG2'),
  'remote start': (w) => w.core.remoteStart('TAG3', 1),
  stop: (w) => w.core.stop(1, 'remote'),
  'out of use': (w) => w.core.setAvailability(1, false),
  'in use': (w) => w.core.setAvailability(1, true),
  'all out of use': (w) => w.core.setAvailability('all', false),
  'all in use': (w) => w.core.setAvailability('all', true),
  fault: (w) => w.plant.setFault('voltage', true),
  'no fault': (w) => w.plant.setFault('voltage', false),
  raise: (w) => w.core.raise(1, 'ground'),
  lower: (w) => w.core.raise(1, undefined),
  pause: (w) => w.core.limit(1, 'local', 0),
  go: (w) => w.core.limit(1, 'local', undefined),
  reserve: (w) => w.core.reservations.reserve({ id: 1, evse: 1, token: 'TAG2', until: w.clock.now().epochMs + seconds(40) }),
  'reserve any': (w) => w.core.reservations.reserve({ id: 2, evse: 0, token: 'TAG1', until: w.clock.now().epochMs + seconds(90) }),
  'cancel a reservation': (w) => w.core.reservations.cancel(1),
  trigger: (w) => w.csms.trigger('CP-1', 'StatusNotification'),
  cut: (w) => w.network.cut(),
  blocked: (w) => w.core.tokenAnswered(w.core.view(1).transaction?.id ?? '', { status: 'blocked' }),
}

test('whatever happens in whatever order, every pair of statuses is one of the matrix, and connector 0 knows two', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(events)), fc.constantFrom(0, 100, 700, 3_000, 12_000, 70_000)), { minLength: 5, maxLength: 25 }),
      fc.constantFrom('0', '2', '15'),
      async (walk, MinimumStatusDuration) => {
        const w = await world({ settings: { MinimumStatusDuration } })
        for (const [event, wait] of walk) {
          void events[event]?.(w)
          await w.clock.advance(wait)
        }
        await w.clock.advance(minutes(3))
        const told = w.statuses() as ChargePointStatus[]
        for (const [at, status] of told.entries()) {
          const before = told[at - 1]
          if (before === undefined || before === status) continue
          seen.add(`${before} ${status}`)
          expect(mayFollow(before, status), `${before} to ${status} in ${told.join(', ')}`).toBe(true)
        }
        expect(['Available', 'Unavailable']).toEqual(expect.arrayContaining([...new Set(w.statuses(0))]))
      },
    ),
    { numRuns: 60 },
  )
  // The walk goes somewhere.
  expect(seen.size).toBeGreaterThan(12)
}, 60_000)
