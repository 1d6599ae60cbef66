import { describe, expect, test } from 'vitest'
import { chance } from '../../src/base/chance.ts'
import { seconds } from '../../src/base/units.ts'
import { StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { walk } from './walk.ts'
import { withEvses, world } from './world.ts'

/** How many walks, and how long each is; a longer run sets PILOTWIRE_WALKS and PILOTWIRE_WALK_EVENTS. */
const walks = Number(process.env['PILOTWIRE_WALKS'] ?? 20)
const events = Number(process.env['PILOTWIRE_WALK_EVENTS'] ?? 500)
const first = Number(process.env['PILOTWIRE_WALK_SEED'] ?? Math.floor(chance() * 1_000_000))

test.each(Array.from({ length: walks }, (_, index) => first + index))(
  `a random walk of ${events} events loses nothing and says nothing wrong (seed %d)`,
  { timeout: 20_000 + events * 100 },
  async (seed) => {
    const { faults, trail, figures } = await walk(seed, events)
    expect(faults, [...trail.slice(-25), JSON.stringify(figures)].join('\n')).toEqual([])
    expect(figures.frames).toBeGreaterThan(events / 10)
  },
)

describe('found by walking', () => {
  test('one reader, and a cable without a car in each socket: the card waits until a car comes', async () => {
    const w = await world({ board: withEvses(2) })
    for (const plant of w.plants) plant.plugCable()
    await w.clock.advance(seconds(2))
    expect(await w.swipe()).toBe('waiting')
    w.plants[1]?.plugIn()
    await w.until(() => w.status(2) === 'charging')
    expect(w.core.view(1).waitingToken).toBeUndefined()
  })
  test.each([2.1, 2.3, 2.5, 2.7, 2.9])('a session of half a second sells what flowed, though the meter is read once a second (card after %d s)', async (s) => {
    const w = await world()
    w.plant.plugIn()
    await w.clock.advance(seconds(s))
    await w.swipe()
    await w.until(() => w.plant.isClosed)
    await w.clock.advance(500)
    await w.swipe()
    await w.clock.advance(seconds(10))
    expect(w.csms.last(StopTransaction)?.meterStop).toBe(Math.floor(w.plant.wh))
    expect(w.plant.wh).toBeGreaterThan(1)
  })
  test('a session that is stopped while its contacts are on their way sells what flows all the same', async () => {
    const stoppedAfter = async (ms: number) => {
      const w = await world()
      w.plant.setEv({ stopReaction: 3_000 })
      w.plant.plugIn()
      await w.clock.advance(seconds(2))
      await w.swipe()
      const from = w.clock.monotonic()
      for (let at = 0; at < ms && !w.plant.isClosed; at += 5) await w.clock.advance(5)
      const took = w.clock.monotonic() - from
      w.core.stop(1, 'local')
      await w.clock.advance(seconds(15))
      return { took, soldWh: w.csms.last(StopTransaction)?.meterStop, flowedWh: Math.floor(w.plant.wh) }
    }
    const { took } = await stoppedAfter(10_000)
    for (let early = 0; early <= 60; early += 5) {
      const { soldWh, flowedWh } = await stoppedAfter(took - early)
      expect(soldWh, `stopped ${early} ms before the contacts close`).toBe(flowedWh)
    }
  })
})
