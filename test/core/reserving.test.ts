import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { type EvseStatus, evseStatuses } from '../../src/core/charge-point.ts'
import type { Reservation, ReserveOutcome } from '../../src/core/reservation.ts'
import { reservations, unasked } from '../../src/core/reserving.ts'
import { type SettingValue, settings } from '../../src/core/settings.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { overriding } from '../overriding.ts'

interface DeskOptions {
  readonly clock?: SimulatedClock
  readonly store?: ReturnType<typeof openStore>
  /** Of the places, in order. */
  readonly statuses?: readonly EvseStatus[]
}

/** Places that are whatever a test says, and free at first. */
function desk({
  clock = simulatedClock(),
  store = openStore({ directory: undefined, log: silentLog }),
  statuses = ['available', 'available'],
}: DeskOptions = {}) {
  const values = settings(store.documents<SettingValue>('settings'))
  const kept = store.documents<Reservation>('reservations')
  const places = new Map(statuses.map((status, at) => [at + 1, status]))
  const waiting = new Map<number, string>()
  const told: number[] = []
  const disk = { isFull: false }
  const put: typeof kept.put = (key, value) => {
    if (disk.isFull) throw new StoreError('full', 'no room')
    kept.put(key, value)
  }
  const book = reservations({
    ...{ kept: overriding(kept, { put }), settings: values, clock, log: silentLog, evses: [...places.keys()], changed: (evse) => told.push(evse) },
    view(evse) {
      const status = places.get(evse) ?? 'available'
      return { status: status === 'available' && book.isReserved(evse) ? 'reserved' : status, waitingToken: waiting.get(evse) }
    },
  })
  const inOneHour = clock.now().epochMs + hours(1)
  const wish = (id: number, evse: number, more: Partial<Reservation> = {}): Reservation => ({ id, evse, token: `TAG${id}`, until: inOneHour, ...more })
  return {
    ...{ book, clock, store, values, places, waiting, told, disk, kept, inOneHour },
    reserve: (id: number, evse: number, more?: Partial<Reservation>) => book.reserve(wish(id, evse, more)),
  }
}

const anybody = (token: string, group?: string) => ({ token, group })

describe('a place', () => {
  const outcomes = {
    available: 'accepted',
    preparing: 'occupied',
    charging: 'occupied',
    suspendedEv: 'occupied',
    suspendedEvse: 'occupied',
    finishing: 'occupied',
    reserved: 'occupied',
    unavailable: 'unavailable',
    faulted: 'faulted',
  } as const satisfies Record<EvseStatus, ReserveOutcome>
  test.each(evseStatuses)('that is %s', (status) => {
    const d = desk({ statuses: [status === 'reserved' ? 'available' : status, 'available'] })
    if (status === 'reserved') d.reserve(9, 1)
    expect(d.reserve(1, 1)).toBe(outcomes[status])
    expect(d.book.isReserved(1)).toBe(status === 'available' || status === 'reserved')
    expect(d.reserve(2, 2)).toBe('accepted')
  })
  test.each([3, -1])('%i, which is none, is refused', (evse) => expect(desk().reserve(1, evse)).toBe('rejected'))
  test('is reserved for its holder already: occupied, for whomever it is asked', () => {
    const d = desk()
    d.reserve(1, 1)
    expect(d.reserve(2, 1, { token: 'TAG1' })).toBe('occupied')
  })
})

describe('a reservation is refused', () => {
  test('where none are taken', () => {
    const d = desk()
    d.values.set('reservationsEnabled', false)
    expect([d.reserve(1, 1), d.reserve(1, 0)]).toEqual(['rejected', 'rejected'])
  })
  test('of any place where the station has none of those', () => {
    const d = desk()
    d.values.set('reserveConnectorZeroSupported', false)
    expect([d.reserve(1, 0), d.reserve(1, 1)]).toEqual(['rejected', 'accepted'])
  })
  test('whose time is over', () => {
    const d = desk()
    expect(d.reserve(1, 1, { until: d.clock.now().epochMs })).toBe('rejected')
  })
  test('that cannot be kept', () => {
    const d = desk()
    d.disk.isFull = true
    expect([d.reserve(1, 1), d.book.isReserved(1)]).toEqual(['rejected', false])
  })
})

describe('the same id again', () => {
  test('replaces: another card, another time, at the place that it holds', async () => {
    const d = desk()
    d.reserve(1, 1)
    expect(d.reserve(1, 1, { token: 'OTHER', until: d.inOneHour + hours(1) })).toBe('accepted')
    expect(d.book.all).toHaveLength(1)
    expect(d.book.usedBy(1, anybody('other'))?.id).toBe(1)
    await d.clock.advance(hours(1.5))
    expect(d.book.isReserved(1)).toBe(true)
  })
  test('moves to another place, and tells of both', async () => {
    const d = desk()
    d.reserve(1, 1)
    d.told.splice(0)
    expect(d.reserve(1, 2)).toBe('accepted')
    expect([d.book.isReserved(1), d.book.isReserved(2)]).toEqual([false, true])
    expect(d.told).toEqual([1, 2])
  })
  test('leaves all as it was where the other place is occupied', () => {
    const d = desk({ statuses: ['available', 'charging'] })
    d.reserve(1, 1)
    expect(d.reserve(1, 2)).toBe('occupied')
    expect(d.book.isReserved(1)).toBe(true)
  })
  test('goes from one place to any, and back', () => {
    const d = desk({ statuses: ['available'] })
    expect([d.reserve(1, 1), d.reserve(1, 0), d.reserve(1, 1)]).toEqual(['accepted', 'accepted', 'accepted'])
  })
  test('while its card waits for the cable is taken, for that card', () => {
    const d = desk({ statuses: ['preparing'] })
    d.kept.put('1', { id: 1, evse: 1, token: 'TAG1', until: d.inOneHour })
    const again = desk({ store: d.store, statuses: ['preparing'] })
    again.waiting.set(1, 'tag1')
    expect([again.reserve(1, 1, { token: 'OTHER' }), again.reserve(1, 1), again.reserve(2, 1, { token: 'TAG1' })]).toEqual(['occupied', 'accepted', 'occupied'])
  })
})

describe('of any place', () => {
  test.each<[readonly EvseStatus[], ReserveOutcome]>([
    [['faulted', 'faulted'], 'faulted'],
    [['unavailable', 'unavailable'], 'unavailable'],
    [['charging', 'preparing'], 'occupied'],
    [['charging', 'faulted'], 'occupied'],
    [['unavailable', 'finishing'], 'occupied'],
    [['faulted', 'unavailable'], 'unavailable'],
    [['faulted', 'available'], 'accepted'],
    [['available', 'charging'], 'accepted'],
  ])('where they are %j', (statuses, outcome) => expect(desk({ statuses }).reserve(1, 0)).toBe(outcome))
  test('there are no more than free places, each by itself or any', () => {
    const d = desk()
    expect([d.reserve(1, 0), d.reserve(2, 2), d.reserve(3, 1), d.reserve(3, 0)]).toEqual(['accepted', 'accepted', 'occupied', 'occupied'])
  })
  test('no place is reserved, and one is always left', () => {
    const d = desk()
    d.reserve(1, 0, { group: 'FAMILY' })
    expect([d.book.isReserved(1), d.book.isReserved(2)]).toEqual([false, false])
    const isKeptFrom = (token: string, free: readonly number[], group?: string) => d.book.isKeptFrom(1, anybody(token, group), free)
    expect([isKeptFrom('STRANGER', [1, 2]), isKeptFrom('STRANGER', [1]), isKeptFrom('TAG1', [1]), isKeptFrom('CHILD', [1], 'family')]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })
  test('a place where a car has finished is not the one that is left, one where a car waits for a card is', () => {
    const d = desk()
    d.reserve(1, 0)
    d.places.set(2, 'finishing')
    expect(d.book.isKeptFrom(1, anybody('STRANGER'), [1, 2])).toBe(true)
    d.places.set(2, 'preparing')
    expect(d.book.isKeptFrom(1, anybody('STRANGER'), [1, 2])).toBe(false)
  })
  test('a place that is reserved by itself is not the one that is left', () => {
    const d = desk()
    d.reserve(1, 0)
    d.reserve(2, 2)
    expect(d.book.isKeptFrom(1, anybody('STRANGER'), [1, 2])).toBe(true)
    expect(d.book.isKeptFrom(2, anybody('TAG2'), [1, 2])).toBe(false)
  })
  test('is over when every place is faulted or out of use, not before', () => {
    const d = desk()
    d.reserve(1, 0)
    d.places.set(1, 'faulted')
    d.book.follow(1, 'faulted')
    expect(d.book.all).toHaveLength(1)
    d.places.set(2, 'unavailable')
    d.book.follow(2, 'unavailable')
    expect(d.book.all).toEqual([])
  })
})

describe('whose it is', () => {
  test.each<[string, Parameters<ReturnType<typeof desk>['book']['isKeptFrom']>[1], boolean]>([
    ['the card, in any case', anybody('tag1'), true],
    ['another', anybody('STRANGER'), false],
    ['one of the group', anybody('CHILD', 'Family'), true],
    ['one of another group', anybody('CHILD', 'OTHERS'), false],
    ['the parent presented as a card', anybody('FAMILY'), false],
    ['one whose group is the card', anybody('CHILD', 'TAG1'), false],
  ])('%s', (_what, who, isTheirs) => {
    const d = desk()
    d.reserve(1, 1, { group: 'FAMILY' })
    expect([!d.book.isKeptFrom(1, who, [1, 2]), d.book.usedBy(1, who)?.id === 1]).toEqual([isTheirs, isTheirs])
    expect(d.book.isKeptFrom(2, who, [1, 2])).toBe(false)
    expect(d.book.usedBy(2, who)).toBeUndefined()
  })
  test('somebody whose group is not known yet may be of it, where there is one', () => {
    const d = desk()
    d.reserve(1, 1, { group: 'FAMILY' })
    d.reserve(2, 2)
    const who = { token: 'CHILD', group: unasked } as const
    expect([d.book.isKeptFrom(1, who, [1, 2]), d.book.isKeptFrom(2, who, [1, 2])]).toEqual([false, true])
    expect(d.book.usedBy(1, who)).toBeUndefined()
  })
  test('the place itself is used before any', () => {
    const d = desk()
    d.reserve(1, 0, { token: 'TAG' })
    d.reserve(2, 2, { token: 'TAG' })
    expect([d.book.usedBy(1, anybody('TAG'))?.id, d.book.usedBy(2, anybody('TAG'))?.id]).toEqual([1, 2])
  })
})

describe('its time', () => {
  test('is over at the moment, not before, and that is told', async () => {
    const d = desk()
    d.reserve(1, 1, { until: d.clock.now().epochMs + 90_500 })
    await d.clock.advance(90_499)
    expect([d.book.isReserved(1), d.told]).toEqual([true, [1]])
    await d.clock.advance(1)
    expect([d.book.isReserved(1), d.told, d.kept.entries()]).toEqual([false, [1, 1], []])
  })
  test('is that of the wall clock, which may be set: noticed within a minute', async () => {
    const d = desk()
    d.reserve(1, 1)
    await d.clock.advance(seconds(10))
    d.clock.shift(hours(2))
    expect(d.book.isReserved(1)).toBe(false)
    await d.clock.advance(minutes(1))
    expect(d.told).toEqual([1, 1])
  })
  test('is longer when the clock is set back', async () => {
    const d = desk()
    d.reserve(1, 1)
    d.clock.shift(-hours(1))
    await d.clock.advance(hours(1.5))
    expect(d.book.isReserved(1)).toBe(true)
    await d.clock.advance(hours(0.5))
    expect(d.book.isReserved(1)).toBe(false)
  })
  test('is not over by a clock that was never set, and nobody looks all the time', async () => {
    const d = desk({ clock: simulatedClock({ epochMs: Date.UTC(2024, 0, 1) }) })
    d.kept.put('1', { id: 1, evse: 1, token: 'TAG1', until: Date.UTC(2023, 0, 1) })
    const again = desk({ store: d.store, clock: d.clock })
    expect(again.book.isReserved(1)).toBe(true)
    expect(d.clock.untilNext()).toBe(minutes(1))
    d.clock.synchronise(Date.UTC(2026, 0, 1))
    await d.clock.advance(minutes(1))
    expect([again.book.isReserved(1), again.told]).toEqual([false, [1]])
  })
  test('goes on over a restart, and what ran out meanwhile is gone', async () => {
    const d = desk()
    d.reserve(1, 1, { group: 'FAMILY' })
    d.reserve(2, 2, { until: d.clock.now().epochMs + minutes(1) })
    d.book.close()
    await d.clock.advance(minutes(2))
    const again = desk({ store: d.store, clock: d.clock })
    expect(again.book.all).toEqual([{ id: 1, evse: 1, token: 'TAG1', group: 'FAMILY', until: d.inOneHour }])
    expect([again.told, again.kept.entries().length]).toEqual([[], 1])
    // The one that was closed looks no more.
    expect(d.told).toEqual([1, 2])
  })
})

test('cancelled it is over, once', () => {
  const d = desk()
  d.reserve(1, 1)
  expect([d.book.cancel(2), d.book.cancel(1), d.book.cancel(1), d.book.isReserved(1)]).toEqual([false, true, false, false])
  expect([d.told, d.kept.entries()]).toEqual([[1, 1], []])
})

test.each(evseStatuses)('its place is %s', (status) => {
  const d = desk()
  d.reserve(1, 1)
  d.places.set(1, status)
  d.book.follow(1, status)
  const isOver = status === 'faulted' || status === 'unavailable'
  expect(d.book.all).toHaveLength(isOver ? 0 : 1)
})
