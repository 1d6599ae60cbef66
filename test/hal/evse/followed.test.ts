import { expect, test } from 'vitest'
import { followed } from '../../../hal/evse/followed.ts'
import type { Contactor } from '../../../hal/types.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

function contactor(staleAfter = 1_000) {
  const clock = simulatedClock()
  let changes = 0
  const inner = { isClosed: false as boolean | undefined, close() {}, open() {} } satisfies Contactor
  const own = followed(inner, clock, staleAfter, () => changes++)
  const poll = async (ms: number) => {
    own.pollBegins()
    await clock.advance(ms)
    own.pollEnded()
  }
  return {
    clock,
    inner,
    own,
    poll,
    get changes() {
      return changes
    },
    /** Closed, and seen to be. */
    closed() {
      own.close()
      inner.isClosed = true
      return own.isClosed
    },
  }
}

test('contacts that drop by themselves are told after a poll that began later, and after the guard had time to see the pilot', async () => {
  const c = contactor()
  c.closed()
  c.own.pollBegins()
  await c.clock.advance(20)
  c.inner.isClosed = false
  expect(c.own.isClosed).toBe(true)
  // That poll began before: the car may have left C after it was answered.
  c.own.pollEnded()
  await c.clock.advance(200)
  expect(c.own.isClosed).toBe(true)
  await c.poll(50)
  await c.clock.advance(50)
  expect(c.own.isClosed).toBe(true)
  await c.clock.advance(10)
  expect(c.own.isClosed).toBe(false)
  expect(c.changes).toBe(1)
})

test('without a poll they are told when the pilot is stale', async () => {
  const c = contactor()
  c.closed()
  c.inner.isClosed = false
  expect(c.own.isClosed).toBe(true)
  await c.clock.advance(1_000)
  expect(c.own.isClosed).toBe(false)
})

test('polls that come quickly do not put it off', async () => {
  const c = contactor()
  c.closed()
  c.inner.isClosed = false
  for (let turn = 0; turn < 20 && c.own.isClosed; turn++) await c.poll(30)
  expect(c.clock.monotonic()).toBeLessThan(150)
})

test('contacts that bounce and hold are closed, and the next drop is a new one', async () => {
  const c = contactor()
  c.closed()
  c.inner.isClosed = false
  expect(c.own.isClosed).toBe(true)
  await c.poll(10)
  c.inner.isClosed = true
  expect(c.own.isClosed).toBe(true)
  await c.clock.advance(2_000)
  c.inner.isClosed = false
  expect(c.own.isClosed).toBe(true)
})

test('all else is told at once: contacts that do not close, that weld, and a contactor without a mirror', () => {
  const c = contactor()
  c.own.close()
  expect(c.own.isClosed).toBe(false)
  c.inner.isClosed = true
  c.own.open()
  expect(c.own.isClosed).toBe(true)
  c.inner.isClosed = false
  expect(c.own.isClosed).toBe(false)
  c.inner.isClosed = undefined
  expect(c.own.isClosed).toBeUndefined()
})
