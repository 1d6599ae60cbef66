import { expect, test } from 'vitest'
import { rounds, within } from '../../../hal/bus/rounds.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'

test('turns follow one another, each after the pause that the last one asked for', async () => {
  const clock = simulatedClock()
  const at: number[] = []
  const pauses = [100, 50, 1_000]
  rounds('test', clock, async () => {
    at.push(clock.monotonic())
    return pauses[at.length - 1] ?? 1e9
  })
  await clock.advance(5_000)
  expect(at).toEqual([0, 100, 150, 1_150])
})

test('a turn that takes long is never overtaken; waking it makes the next one follow at once', async () => {
  const clock = simulatedClock()
  const at: number[] = []
  let running = 0
  const round = rounds('test', clock, async () => {
    expect(++running).toBe(1)
    at.push(clock.monotonic())
    await new Promise<void>((resolve) => clock.after('work', 300, resolve))
    running--
    return 10_000
  })
  clock.after('wake', 100, () => round.wake())
  clock.after('wake', 2_000, () => round.wake())
  await clock.advance(3_000)
  expect(at).toEqual([0, 300, 2_000])
  round.close()
  await clock.advance(60_000)
  expect(at.length).toBe(3)
})

test('what takes too long is a time-out, and its late end harms nobody', async () => {
  const clock = simulatedClock()
  const outcome = within('reader', clock, 100, new Promise((_, reject) => clock.after('late', 500, () => reject(new Error('late'))))).catch(
    (error) => error.message,
  )
  await clock.advance(1_000)
  expect(await outcome).toBe('reader: timeout')
  expect(clock.untilNext()).toBeUndefined()
})
