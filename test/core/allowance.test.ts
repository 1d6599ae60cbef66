import { expect, test } from 'vitest'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes } from '../../src/base/units.ts'
import { allowance } from '../../src/core/allowance.ts'

test('so often at once, then once in a while, and never more than at first; asking in vain costs nothing', async () => {
  const clock = simulatedClock()
  const left = allowance(clock, 3, minutes(1))
  const takes = () => {
    let taken = 0
    for (; left.isLeft; taken++) left.spend()
    return taken
  }
  expect(takes()).toBe(3)
  for (let n = 0; n < 100; n++) left.spend()
  await clock.advance(minutes(1))
  expect(takes()).toBe(1)
  await clock.advance(hours(1))
  expect(takes()).toBe(3)
})
