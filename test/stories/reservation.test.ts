import { describe, expect, test } from 'vitest'
import { isoOf } from '../../src/base/moment.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { CancelReservation, ReserveNow } from '../../src/ocpp16/messages/reservation.ts'
import { twoPrograms } from '../run/two-programs.ts'
import { answered, ask, goDark } from './asking.ts'
import { isInMatrix } from './matrix.ts'
import { killed, stopped } from './restarts.ts'
import { type World, withEvses, world } from './world.ts'

// OCPP 1.6 §5.1, §5.13, reference rules 18, 49: a place that is kept for somebody.

const anHour = hours(1)
const reserve = (w: World, connectorId = 1, more: { reservationId?: number; idTag?: string; parentIdTag?: string; within?: number } = {}) => {
  const { within = anHour, ...rest } = more
  const now = w.clock.now()
  const expiryDate = isoOf({ ...now, epochMs: now.epochMs + within })
  return ask(w, w.csms.call('CP-1', ReserveNow, { connectorId, expiryDate, idTag: 'ANNA', reservationId: 7, ...rest }))
}
const reserved = async (options: Parameters<typeof world>[0] = {}, more: Parameters<typeof reserve>[2] = {}, connectorId = 1) => {
  const w = await world(options)
  expect(await reserve(w, connectorId, more)).toMatchObject(answered('Accepted'))
  return w
}
const cancel = (w: World, reservationId = 7) => ask(w, w.csms.call('CP-1', CancelReservation, { reservationId }))
const start = (w: World, idTag: string, connectorId?: number) => ask(w, w.csms.requestStart('CP-1', connectorId, idTag))
const change = (w: World, connectorId: number, type: 'Operative' | 'Inoperative') => ask(w, w.csms.call('CP-1', core.ChangeAvailability, { connectorId, type }))
const plug = async (w: World, connector = 1) => {
  w.plants[connector - 1]?.plugIn()
  await w.clock.advance(seconds(3))
}
/** A card, and the time that the question about it takes. */
const swipe = async (w: World, card: string, connector?: number) => {
  const outcome = w.swipe(card, connector)
  await w.clock.advance(seconds(1))
  return await outcome
}
const started = (w: World) => w.csms.last(core.StartTransaction)
/** ANNA and BERT are of one family, CARL of another. */
const families = {
  csms: {
    authorize: (idTag: string) => ({ status: 'Accepted', parentIdTag: idTag === 'CARL' ? 'OTHERS' : 'FAMILY' }) as const,
  },
}
const illegal = (told: readonly string[]) => told.filter((status, at) => at > 0 && status !== told[at - 1] && !isInMatrix(told[at - 1] ?? '', status))

describe('a reserved connector', () => {
  test('is told after the answer, and started by its card with the number of the reservation', async () => {
    const w = await reserved()
    const order = w.frames.filter(({ action }) => action === 'ReserveNow' || action === 'StatusNotification').map(({ kind, action }) => `${kind} ${action}`)
    expect(order.slice(-4)).toEqual(['call ReserveNow', 'result ReserveNow', 'call StatusNotification', 'result StatusNotification'])
    expect(await swipe(w, 'anna')).toBe('waiting')
    await plug(w)
    await w.until(() => w.status() === 'charging')
    expect(started(w)).toMatchObject({ idTag: 'anna', reservationId: 7 })
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Preparing', 'Charging'])
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
  })
  test.each([1, undefined])('is started from afar with connector %s', async (connectorId) => {
    const w = await reserved({ board: withEvses(2) }, {}, 2)
    await plug(w, 2)
    expect(await start(w, 'ANNA', connectorId === undefined ? undefined : 2)).toMatchObject(answered('Accepted'))
    await w.until(() => w.status(2) === 'charging')
    expect(started(w)).toMatchObject({ connectorId: 2, reservationId: 7 })
    expect(illegal(w.statuses(2))).toEqual([])
  })
  test('is refused to a stranger, at the reader and from afar, without a question', async () => {
    const w = await reserved()
    expect(await swipe(w, 'STRANGER')).toBe('reserved')
    expect(await start(w, 'STRANGER', 1)).toMatchObject(answered('Rejected'))
    expect(await start(w, 'STRANGER')).toMatchObject(answered('Rejected'))
    expect(w.sent('Authorize')).toEqual([])
  })
  test("stays Reserved with a stranger's car, without a time-out, and is Preparing with one when the reservation is cancelled", async () => {
    const w = await reserved()
    await plug(w)
    expect(await swipe(w, 'STRANGER')).toBe('reserved')
    await w.clock.advance(minutes(5))
    expect(w.statuses()).toEqual(['Available', 'Reserved'])
    expect(await cancel(w)).toMatchObject(answered('Accepted'))
    expect(w.statuses().at(-1)).toBe('Preparing')
    await w.clock.advance(seconds(61))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Preparing', 'Finishing'])
  })
  test("is started by its card with a car that is there already, as its holder's is as a rule", async () => {
    const w = await reserved()
    await plug(w)
    expect(await swipe(w, 'ANNA')).toBe('started')
    await w.until(() => w.status() === 'charging')
    expect(started(w)).toMatchObject({ reservationId: 7 })
    expect(illegal(w.statuses())).toEqual([])
  })
  test('is kept when its card waited for the cable in vain: a reservation ends with a start, not with a card', async () => {
    const w = await reserved()
    await swipe(w, 'ANNA')
    await w.clock.advance(seconds(70))
    // The matrix has no way from Preparing to Reserved.
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Preparing', 'Available', 'Reserved'])
    expect(await swipe(w, 'STRANGER')).toBe('reserved')
    expect(await cancel(w)).toMatchObject(answered('Accepted'))
  })
  test('is Available at the moment of the expiry date, and not before', async () => {
    const w = await reserved({}, { within: seconds(150) })
    await w.clock.advance(seconds(148))
    expect(w.statuses()).toEqual(['Available', 'Reserved'])
    await w.clock.advance(seconds(2))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Available'])
    expect(await swipe(w, 'STRANGER')).toBe('waiting')
  })
  test('is cancelled once', async () => {
    const w = await reserved()
    expect(await cancel(w, 8)).toMatchObject(answered('Rejected'))
    expect(await cancel(w)).toMatchObject(answered('Accepted'))
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Available'])
  })
  test('is given to another card, another connector and another time by the same number', async () => {
    const w = await reserved({ board: withEvses(2) })
    expect(await reserve(w, 1, { reservationId: 8 })).toMatchObject(answered('Occupied'))
    expect(await reserve(w, 1, { idTag: 'BERT' })).toMatchObject(answered('Accepted'))
    expect(await swipe(w, 'ANNA', 1)).toBe('reserved')
    expect(await reserve(w, 2)).toMatchObject(answered('Accepted'))
    expect([w.statuses(1), w.statuses(2)]).toEqual([
      ['Available', 'Reserved', 'Available'],
      ['Available', 'Reserved'],
    ])
  })
  test('is free again by a fault, for good', async () => {
    const w = await reserved()
    w.plant.setFault('voltage', true)
    await w.until(() => w.status() === 'faulted')
    w.plant.setFault('voltage', false)
    await w.until(() => w.status() === 'available')
    await w.clock.advance(seconds(1))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Faulted', 'Available'])
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
  })
  test('is out of use at once by ChangeAvailability, and not reserved when it is back', async () => {
    const w = await reserved()
    expect(await change(w, 1, 'Inoperative')).toMatchObject(answered('Accepted'))
    expect(await change(w, 1, 'Operative')).toMatchObject(answered('Accepted'))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Unavailable', 'Available'])
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
  })
  test('stays reserved when it is set Operative, which it is', async () => {
    const w = await reserved()
    expect(await change(w, 1, 'Operative')).toMatchObject(answered('Accepted'))
    expect([w.status(), w.statuses()]).toEqual(['reserved', ['Available', 'Reserved']])
  })
  test('is unlocked as any other and stays reserved', async () => {
    const w = await reserved()
    expect(await ask(w, w.csms.call('CP-1', core.UnlockConnector, { connectorId: 1 }), seconds(15))).toMatchObject(answered('Unlocked'))
    expect(w.status()).toBe('reserved')
  })
  test('shows its lamp', async () => {
    const w = await world()
    const shown: string[] = []
    const show = w.core.guard.show
    w.core.guard.show = (evse, sign) => {
      shown.push(`${evse} ${sign}`)
      show(evse, sign)
    }
    await reserve(w)
    await cancel(w)
    expect(shown).toEqual(['1 reserved', '1 none'])
  })
})

describe('ReserveNow is answered', () => {
  test.each<[string, (w: World) => unknown]>([
    ['Faulted', (w) => w.plant.setFault('voltage', true)],
    ['Occupied', (w) => w.plant.plugIn()],
    ['Unavailable', (w) => w.core.setAvailability(1, false)],
  ])('%s for the connector, or the only one', async (status, act) => {
    const w = await world()
    act(w)
    await w.clock.advance(seconds(20))
    expect(await reserve(w)).toMatchObject(answered(status))
    expect(await reserve(w, 0)).toMatchObject(answered(status))
  })
  test.each<[string, Record<string, string>, number, Parameters<typeof reserve>[2]]>([
    ['ReservationsEnabled is false', { ReservationsEnabled: 'false' }, 1, {}],
    ['ReserveConnectorZeroSupported is false', { ReserveConnectorZeroSupported: 'false' }, 0, {}],
    ['there is no such connector', {}, 2, {}],
    ['the expiry date is past', {}, 1, { within: -seconds(5) }],
    ['there is no card', {}, 1, { idTag: '' }],
  ])('Rejected where %s', async (_what, settings, connectorId, more) => {
    const w = await world({ settings })
    expect(await reserve(w, connectorId, more)).toMatchObject(answered('Rejected'))
    expect(w.statuses()).toEqual(['Available'])
  })
})

describe('a parent', () => {
  test.each([true, false])('lets another card of the family in at the reader, and no other (LocalPreAuthorize=%s)', async (isLocal) => {
    const w = await reserved({ ...families, settings: { LocalPreAuthorize: String(isLocal) } }, { parentIdTag: 'FAMILY' })
    await plug(w)
    expect(await swipe(w, 'CARL')).toBe('reserved')
    expect(await swipe(w, 'FAMILY2')).toBe('started')
    await w.until(() => w.status() === 'charging')
    expect(started(w)).toMatchObject({ idTag: 'FAMILY2', reservationId: 7 })
    expect(illegal(w.statuses())).toEqual([])
  })
  test.each(['true', 'false'])(
    'lets another card of the family in from afar, and no other (AuthorizeRemoteTxRequests=%s)',
    async (AuthorizeRemoteTxRequests) => {
      const w = await reserved({ ...families, settings: { AuthorizeRemoteTxRequests } }, { parentIdTag: 'FAMILY' })
      await plug(w)
      await start(w, 'CARL', 1)
      await w.clock.advance(seconds(10))
      expect([w.status(), started(w)]).toEqual(['reserved', undefined])
      expect(await start(w, 'BERT', 1)).toMatchObject(answered('Accepted'))
      await w.until(() => w.status() === 'charging')
      expect(started(w)).toMatchObject({ idTag: 'BERT', reservationId: 7 })
      // Somebody must know the family.
      expect(w.sent('Authorize').length).toBe(2)
    },
  )
  test('that is reserved for sends nobody there who can go elsewhere without a question', async () => {
    const w = await reserved({ board: withEvses(2), settings: { AuthorizeRemoteTxRequests: 'false' } }, { parentIdTag: 'FAMILY' })
    expect(await start(w, 'STRANGER')).toMatchObject(answered('Accepted'))
    expect([w.core.view(2).waitingToken, w.sent('Authorize')]).toEqual(['STRANGER', []])
  })
  test('presented as a card is a stranger', async () => {
    const w = await reserved({}, { parentIdTag: 'FAMILY' })
    expect(await swipe(w, 'FAMILY')).toBe('reserved')
  })
  test('offline is the one that is remembered', async () => {
    const w = await world(families)
    for (const card of ['BERT', 'BERT', 'CARL', 'CARL']) await swipe(w, card)
    expect(w.status()).toBe('available')
    await reserve(w, 1, { parentIdTag: 'FAMILY' })
    goDark(w)
    await w.clock.advance(seconds(5))
    expect(await swipe(w, 'CARL')).toBe('reserved')
    expect(await swipe(w, 'BERT')).toBe('waiting')
  })
})

describe('a reservation lasts', () => {
  test.each([
    ['kill', killed],
    ['restart', (w: World) => stopped(w, 'softReset')],
  ])('over a %s', async (_what, again) => {
    const w = await again(await reserved())
    expect(w.statuses()).toEqual(['Reserved'])
    expect(await swipe(w, 'STRANGER')).toBe('reserved')
    await plug(w)
    expect(await swipe(w, 'ANNA')).toBe('started')
    await w.until(() => w.status() === 'charging')
    expect(started(w)).toMatchObject({ reservationId: 7 })
    const after = await killed(w)
    expect(await cancel(after)).toMatchObject(answered('Rejected'))
  })
  test('over a power cut, but not beyond its time', async () => {
    const first = await reserved({}, { within: minutes(10) })
    first.station.drop()
    await first.clock.advance(minutes(11))
    const second = await killed(first)
    expect(second.statuses()).toEqual(['Available'])
    expect(await cancel(second)).toMatchObject(answered('Rejected'))
  })
  test("over a restart with a stranger's car at the cable", async () => {
    const w = await reserved()
    await plug(w)
    const again = await killed(w, { isPlugged: true })
    await again.clock.advance(minutes(3))
    expect(again.statuses()).toEqual(['Reserved'])
    await cancel(again)
    expect(again.status()).toBe('preparing')
    await again.clock.advance(minutes(2))
    expect(illegal(again.statuses())).toEqual([])
    expect(again.status()).toBe('finishing')
  })
  test("over a core that is started anew beside a guard that saw the stranger's car come", async () => {
    const w = await twoPrograms()
    w.core.station.core.reservations.reserve({ id: 7, evse: 1, token: 'ANNA', until: w.clock.now().epochMs + anHour })
    w.plant.plugIn()
    await w.clock.advance(seconds(5))
    w.core.kill()
    const { core: again } = (await w.startCore()).station
    await w.clock.advance(minutes(3))
    expect(again.view(1).status).toBe('reserved')
    again.reservations.cancel(7)
    expect(again.view(1).status).toBe('preparing')
  })
  test('until the wall clock says so, wherever it was set: within a minute', async () => {
    const w = await reserved({}, { within: hours(5) })
    w.clock.shift(hours(6))
    await w.clock.advance(seconds(61))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Available'])
  })
  test('offline to its end, and what is told then is the present', async () => {
    const w = await reserved({}, { within: minutes(5) })
    goDark(w)
    await w.clock.advance(minutes(10))
    w.network.dials('accept')
    await w.clock.advance(minutes(10))
    expect(w.statuses()).toEqual(['Available', 'Reserved', 'Available'])
  })
})

describe('connector 0', () => {
  const two = { board: withEvses(2) }
  test('reserves none by itself: its card goes anywhere', async () => {
    const w = await reserved(two, {}, 0)
    expect([w.statuses(0), w.statuses(1), w.statuses(2)]).toEqual([['Available'], ['Available'], ['Available']])
    await plug(w, 2)
    expect(await swipe(w, 'ANNA', 2)).toBe('started')
    await w.until(() => w.status(2) === 'charging')
    expect(started(w)).toMatchObject({ connectorId: 2, reservationId: 7 })
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
  })
  test('keeps one place free: a stranger gets the first and not the last', async () => {
    const w = await reserved(two, {}, 0)
    expect(await swipe(w, 'STRANGER', 1)).toBe('waiting')
    expect(await swipe(w, 'SECOND', 2)).toBe('reserved')
    expect(await start(w, 'SECOND')).toMatchObject(answered('Rejected'))
    expect(await reserve(w, 2, { reservationId: 8 })).toMatchObject(answered('Occupied'))
    expect(await swipe(w, 'ANNA', 2)).toBe('waiting')
  })
  test('two remote starts at one moment do not take both', async () => {
    const w = await reserved(two, {}, 0)
    const answers = Promise.all([w.csms.requestStart('CP-1', 1, 'ONE'), w.csms.requestStart('CP-1', 2, 'TWO')])
    await w.clock.advance(seconds(1))
    expect(await answers).toMatchObject([answered('Accepted'), answered('Rejected')])
  })
  test('for a group: its member starts from afar at the last place, also where nobody would be asked', async () => {
    const w = await reserved({ ...two, ...families, settings: { AuthorizeRemoteTxRequests: 'false' } }, { parentIdTag: 'FAMILY' }, 0)
    expect(await swipe(w, 'CARL', 1)).toBe('waiting')
    expect(await start(w, 'DORA', 2)).toMatchObject(answered('Accepted'))
    expect(w.core.view(2).waitingToken).toBe('DORA')
  })
  test('is over when the last place is out of use', async () => {
    const w = await reserved(two, {}, 0)
    await change(w, 1, 'Inoperative')
    expect(w.core.reservations.all).toHaveLength(1)
    await change(w, 0, 'Inoperative')
    expect(await cancel(w)).toMatchObject(answered('Rejected'))
  })
})

describe('one reader for two connectors', () => {
  const two = { board: withEvses(2) }
  test('its card goes to the place that is kept for it, and waits there', async () => {
    const w = await reserved(two, {}, 2)
    await plug(w, 1)
    expect(await swipe(w, 'ANNA')).toBe('waiting')
    expect([w.status(1), w.status(2)]).toEqual(['preparing', 'preparing'])
    await w.clock.advance(seconds(10))
    await plug(w, 2)
    await w.until(() => w.status(2) === 'charging')
    expect(started(w)).toMatchObject({ connectorId: 2, reservationId: 7 })
  })
  test('another goes to the other, and its card does not follow a cable to the kept one', async () => {
    const w = await reserved(two, {}, 1)
    expect(await swipe(w, 'STRANGER')).toBe('waiting')
    expect(w.core.view(2).waitingToken).toBe('STRANGER')
    await plug(w, 1)
    expect([w.status(1), w.status(2)]).toEqual(['reserved', 'preparing'])
    await plug(w, 2)
    await w.until(() => w.status(2) === 'charging')
    expect(started(w)?.reservationId).toBeUndefined()
    expect(await swipe(w, 'NEXT')).toBe('reserved')
  })
  test("a card of the family starts at the kept place, although another of it charges; there it stops the other's", async () => {
    const w = await world({ ...two, ...families })
    await plug(w, 1)
    await swipe(w, 'BERT')
    await w.until(() => w.status(1) === 'charging')
    await reserve(w, 2, { parentIdTag: 'FAMILY' })
    await plug(w, 2)
    expect(await swipe(w, 'DORA')).toBe('started')
    expect(await swipe(w, 'DORA', 1)).toBe('stopped')
  })
})

test('a cable in the socket without a car occupies it', async () => {
  const w = await world()
  w.plant.plugCable()
  await w.clock.advance(seconds(5))
  expect(await reserve(w)).toMatchObject(answered('Occupied'))
})

test("a stranger's cable without a car leaves it Reserved, and goes no illegal way when the time is over", async () => {
  const w = await reserved({}, { within: minutes(3) })
  w.plant.plugCable()
  await swipe(w, 'ANNA')
  await w.clock.advance(minutes(5))
  expect(illegal(w.statuses())).toEqual([])
  w.plant.unplug()
  await w.clock.advance(minutes(2))
  expect([w.status(), illegal(w.statuses())]).toEqual(['available', []])
})
