import { expect, test } from 'vitest'
import { signal } from '../../src/base/signal.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import type { LinkState } from '../../src/ocpp/link.ts'
import { type BootAnswer, type RegistrationOptions, registration } from '../../src/ocpp/registration.ts'
import { keptLog } from './log-lines.ts'

/** A registration on a link that the test opens and drops; each boot is answered by what stands in `answers`, or not at all. */
function registering(options: Partial<RegistrationOptions> = {}) {
  const clock = simulatedClock()
  const [opened, dropped] = [signal<void>(), signal<void>()]
  let state: LinkState = 'connecting'
  const boots: { readonly at: number; readonly answer: (answer: BootAnswer | undefined) => void }[] = []
  const link = {
    get state() {
      return state
    },
    opened,
    dropped,
  }
  const sendBoot = () => new Promise<BootAnswer | undefined>((resolve) => boots.push({ at: clock.monotonic(), answer: resolve }))
  const one = registration({ clock, log: keptLog(), link, sendBoot, ownInterval: () => seconds(60), bootAfterReconnect: () => false, ...options })
  const told: string[] = []
  one.changed.on((to) => told.push(to))
  one.online.on(() => told.push('online'))
  return {
    clock,
    boots,
    told,
    registration: one,
    open: () => {
      state = 'connected'
      opened.emit()
    },
    drop: () => {
      state = 'waiting'
      dropped.emit()
    },
    answer: async (status: BootAnswer['status'] | undefined, intervalS = 300) => {
      boots.at(-1)?.answer(status === undefined ? undefined : { status, interval: seconds(intervalS) })
      await clock.settle()
    },
  }
}

test('BootNotification is the first CALL, once, and nothing may leave before it is accepted', async () => {
  const w = registering()
  expect(w.boots).toHaveLength(0)
  w.open()
  expect(w.boots).toHaveLength(1)
  expect([w.registration.state, w.registration.mayInitiate, w.registration.mayAnswer]).toEqual(['booting', false, true])
  await w.answer('accepted')
  expect([w.registration.state, w.registration.mayInitiate, w.registration.isOnline]).toEqual(['accepted', true, true])
  expect(w.told).toEqual(['accepted', 'online'])
  await w.clock.advance(hours(48))
  expect(w.boots).toHaveLength(1)
})

test('a link that is connected already is used at once', () => {
  const link = { state: 'connected' as const, opened: signal<void>(), dropped: signal<void>() }
  const w = registering({ link })
  expect(w.boots).toHaveLength(1)
})

test('a mere reconnection does not boot again, but is told as online', async () => {
  const w = registering()
  w.open()
  await w.answer('accepted')
  w.drop()
  expect([w.registration.state, w.registration.isOnline]).toEqual(['accepted', false])
  w.open()
  expect(w.boots).toHaveLength(1)
  expect(w.told).toEqual(['accepted', 'online', 'online'])
})

test('where the central system wants it, a reconnection boots again and waits for the answer', async () => {
  const w = registering({ bootAfterReconnect: () => true })
  w.open()
  await w.answer('accepted')
  w.drop()
  w.open()
  expect([w.boots.length, w.registration.mayInitiate]).toEqual([2, false])
  await w.answer('accepted')
  expect(w.told).toEqual(['accepted', 'online', 'booting', 'accepted', 'online'])
})

test('pending answers CALLs, starts none, and boots again after the interval', async () => {
  const w = registering()
  w.open()
  await w.answer('pending', 10)
  expect([w.registration.state, w.registration.mayInitiate, w.registration.mayAnswer]).toEqual(['pending', false, true])
  await w.clock.advance(seconds(10) - 1)
  expect(w.boots).toHaveLength(1)
  await w.clock.advance(1)
  expect(w.boots).toHaveLength(2)
  await w.answer('accepted')
  expect(w.registration.state).toBe('accepted')
})

test('rejected keeps silence, even towards CALLs, until the interval has passed', async () => {
  const w = registering()
  w.open()
  await w.answer('rejected', 3_600)
  expect([w.registration.mayInitiate, w.registration.mayAnswer]).toEqual([false, false])
  await w.clock.advance(hours(1) - 1)
  expect(w.boots).toHaveLength(1)
  await w.clock.advance(1)
  expect(w.boots).toHaveLength(2)
  expect(w.registration.mayAnswer).toBe(false)
})

test('a reconnection does not cut the interval short; an interval that ends offline boots at the next connection', async () => {
  const w = registering()
  w.open()
  await w.answer('rejected', 600)
  w.drop()
  await w.clock.advance(minutes(1))
  w.open()
  expect(w.boots).toHaveLength(1)
  w.drop()
  await w.clock.advance(minutes(20))
  expect(w.boots).toHaveLength(1)
  w.open()
  expect(w.boots).toHaveLength(2)
})

test('without an answer it asks again after 60 s, spread by chance', async () => {
  const w = registering({ chance: () => 0.5 })
  w.open()
  await w.answer(undefined)
  await w.clock.advance(seconds(63) - 1)
  expect(w.boots).toHaveLength(1)
  await w.clock.advance(1)
  expect(w.boots).toHaveLength(2)
})

test('a drop under BootNotification boots again at the next connection, and the answer to the old one counts for nothing', async () => {
  const w = registering()
  w.open()
  w.drop()
  w.open()
  expect(w.boots).toHaveLength(2)
  w.boots[0]?.answer({ status: 'rejected', interval: hours(1) })
  await w.clock.settle()
  expect(w.registration.state).toBe('booting')
  await w.answer('accepted')
  expect(w.registration.state).toBe('accepted')
  await w.clock.advance(hours(2))
  expect(w.boots).toHaveLength(2)
})

test.each([
  [0, seconds(60)],
  [-5, seconds(60)],
  [Number.NaN, seconds(60)],
  [1, seconds(1)],
  [1e9, hours(24)],
])('an interval of %d s waits within bounds', async (intervalS, expected) => {
  const w = registering()
  w.open()
  await w.answer('pending', intervalS)
  expect(w.clock.untilNext()).toBe(expected)
})

test('an own interval of nothing does not flood', async () => {
  const w = registering({ ownInterval: () => 0 })
  w.open()
  await w.answer(undefined)
  expect(w.clock.untilNext()).toBe(seconds(1))
})

test('TriggerMessage boots out of turn while not accepted, and not once accepted', async () => {
  const w = registering()
  w.open()
  await w.answer('pending', 3_600)
  expect(w.registration.bootNow()).toBe(true)
  expect(w.boots).toHaveLength(2)
  expect(w.registration.bootNow()).toBe(true)
  await w.answer('accepted')
  expect(w.boots).toHaveLength(2)
  expect(w.registration.bootNow()).toBe(false)
  w.drop()
  w.open()
  await w.clock.advance(hours(24))
  expect(w.boots).toHaveLength(2)
})

test('what is stopped asks no more', async () => {
  const w = registering()
  w.open()
  await w.answer('pending', 3_600)
  w.registration.stop()
  await w.clock.advance(hours(2))
  expect(w.boots).toHaveLength(1)
  expect(w.clock.untilNext()).toBeUndefined()
})
