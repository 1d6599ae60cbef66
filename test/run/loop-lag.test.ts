import { expect, test } from 'vitest'
import type { Clock } from '../../src/base/clock.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { seconds } from '../../src/base/units.ts'
import { loopLag } from '../../src/run/loop-lag.ts'

/** A loop that stands still: the clock has gone on by `lateMs` when timers fire. */
function standingClock() {
  const clock = simulatedClock()
  let lateMs = 0
  const late: Clock = { ...clock, monotonic: () => clock.monotonic() + lateMs }
  return { clock, late, stand: (ms: number) => (lateMs += ms) }
}

test('the worst of the last minute is told, and forgotten after it', async () => {
  const { clock, late, stand } = standingClock()
  const lag = loopLag(late)
  expect(lag.worst()).toBe(0)
  await clock.advance(seconds(5))
  stand(300)
  await clock.advance(seconds(1))
  expect(lag.worst()).toBe(300)
  await clock.advance(seconds(40))
  expect(lag.worst()).toBe(300)
  await clock.advance(seconds(30))
  expect(lag.worst()).toBe(0)
  lag.close()
})

test('nothing is measured before somebody asks, nor a minute after', async () => {
  const { clock, late } = standingClock()
  const lag = loopLag(late)
  expect(clock.untilNext()).toBeUndefined()
  lag.worst()
  expect(clock.untilNext()).toBe(500)
  await clock.advance(seconds(62))
  expect(clock.untilNext()).toBeUndefined()
  lag.worst()
  expect(clock.untilNext()).toBe(500)
  lag.close()
  expect(clock.untilNext()).toBeUndefined()
})
