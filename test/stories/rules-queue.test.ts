import { describe, expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import { type HandCentral, type RudeWorld, rudeWorld, type Treatment } from './hand-central.ts'
import { killed } from './restarts.ts'

// OCPP 1.6 §3.7, §3.7.1, errata 3.18; reference rules 3, 28 to 30: what becomes of a transaction's message that is not processed.

const settings = { TransactionMessageAttempts: '3', TransactionMessageRetryInterval: '10', MeterValueSampleInterval: '20' }
const refuse: Treatment = ({ id }, _polite, line) => line.refuse(id)
const silence: Treatment = () => {}
/** The first so many are treated, later ones are answered. */
const first = (count: number, treatment: Treatment): Treatment => {
  let seen = 0
  return (asked, polite, line) => (++seen <= count ? treatment(asked, polite, line) : line.answer(asked.id, polite))
}

/** A session of 50 s, whose StartTransaction is treated like this. */
async function session(treatment: Treatment, more: Readonly<Record<string, string>> = {}) {
  const w = await rudeWorld({ settings: { ...settings, ...more }, before: (hand) => hand.treat('StartTransaction', treatment) })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.clock.advance(seconds(50))
  return w
}
const stop = async (w: RudeWorld) => {
  await w.swipe()
  await w.clock.advance(seconds(10))
}
const sentAt = (hand: HandCentral, action: string) => hand.of(action).map(({ at }) => Math.round((at - (hand.of(action)[0]?.at ?? 0)) / 1_000))
const about = (hand: HandCentral) => hand.asked.filter(({ action }) => ['StartTransaction', 'MeterValues', 'StopTransaction'].includes(action))

describe('a StartTransaction that is refused', () => {
  test('comes again after the interval times its transmissions, each time with an id of its own; what waits behind it bears the real number', async () => {
    const w = await session(first(2, refuse))
    await stop(w)
    expect(sentAt(w.hand, 'StartTransaction')).toEqual([0, 10, 30])
    expect(new Set(w.hand.asked.map(({ id }) => id)).size).toBe(w.hand.asked.length)
    const [one, ...again] = w.hand.of('StartTransaction').map(({ payload }) => payload)
    for (const each of again) expect(each).toEqual(one)
    expect(about(w.hand).map(({ action, payload }) => [action, payload.transactionId])).toEqual([
      ['StartTransaction', undefined],
      ['StartTransaction', undefined],
      ['StartTransaction', undefined],
      ['MeterValues', 1],
      ['MeterValues', 1],
      ['StopTransaction', 1],
    ])
    // What was noted while the start waited tells its own time.
    const times = w.hand.of('MeterValues').map(({ payload }) => Date.parse((payload.meterValue as { timestamp: string }[])[0]?.timestamp ?? ''))
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(20_000)
  })
  test('is overtaken by what is no message of a transaction', async () => {
    const w = await session(refuse, { TransactionMessageRetryInterval: '600' })
    await stop(w)
    expect(about(w.hand)).toHaveLength(1)
    expect(w.hand.of('StatusNotification').at(-1)?.payload).toMatchObject({ status: 'Finishing' })
  })
})

test('the next session is told to charge after 10 s, although its start has to wait behind the one that is refused', async () => {
  const w = await session(refuse, { TransactionMessageRetryInterval: '600' })
  await stop(w)
  w.plant.unplug()
  await w.clock.advance(seconds(5))
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe('TAG2')
  await w.until(() => w.status() === 'charging')
  const told = () => w.hand.of('StatusNotification').map(({ payload }) => payload.status)
  await w.clock.advance(seconds(5))
  expect(told().at(-1)).toBe('Preparing')
  await w.clock.advance(seconds(10))
  expect(told().at(-1)).toBe('Charging')
  expect(w.hand.of('StartTransaction')).toHaveLength(1)
})

test.each([
  ['refused', refuse],
  ['never answered', silence],
])('a StartTransaction that is %s each time is given up, and only then the rest goes out as -1', async (_how, treatment) => {
  const w = await session(treatment, { TransactionMessageAttempts: '2', MessageTimeout: '15' })
  await stop(w)
  await w.clock.advance(minutes(2))
  const told = about(w.hand)
  expect(told.map(({ action }) => action)).toEqual(['StartTransaction', 'StartTransaction', 'MeterValues', 'MeterValues', 'StopTransaction'])
  expect(told.slice(2).every(({ payload }) => payload.transactionId === -1)).toBe(true)
  expect(w.station.door.reports()).toEqual({ waiting: 0, undeliverable: 1 })
})

test('a time without a network is no attempt, however long and however often', async () => {
  const w = await session(first(1, silence), { TransactionMessageAttempts: '2', MessageTimeout: '15' })
  for (let outage = 0; outage < 4; outage++) {
    w.network.dials('refused')
    w.network.cut()
    await w.clock.advance(hours(2))
    w.network.dials('accept')
    await w.clock.advance(minutes(5))
  }
  await stop(w)
  expect(w.hand.of('StartTransaction')).toHaveLength(2)
  expect(w.hand.of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 1 })
  expect(w.station.door.reports()).toEqual({ waiting: 0, undeliverable: 0 })
})

test('a restart in the middle of the wait: the queue goes on in its order, at once, and the attempts count anew', async () => {
  const w = await session(refuse, { TransactionMessageAttempts: '2', TransactionMessageRetryInterval: '600' })
  expect(about(w.hand)).toHaveLength(1)
  w.hand.treat('StartTransaction', first(1, refuse))
  const next = await killed(w, { parts: { dial: w.hand.network.dial } })
  await next.clock.advance(minutes(15))
  // One before the restart, and two of its own after it: the fault may have been this program's.
  expect(about(w.hand).map(({ action, payload }) => [action, payload.transactionId])).toEqual([
    ['StartTransaction', undefined],
    ['StartTransaction', undefined],
    ['StartTransaction', undefined],
    ['MeterValues', 1],
    ['MeterValues', 1],
    ['StopTransaction', 1],
  ])
  expect(w.hand.of('StopTransaction')[0]?.payload).toMatchObject({ reason: 'Reboot' })
})
