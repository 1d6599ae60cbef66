import { describe, expect, test } from 'vitest'
import { chance } from '../../src/base/chance.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { StopTransaction } from '../../src/ocpp16/messages/core.ts'
import { seeded } from '../seeded.ts'
import { brokenRules } from './broken-rules.ts'
import { rudeWorld } from './hand-central.ts'
import { walk } from './walk.ts'
import { walkWorld } from './walk-world.ts'
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

test.each(Object.entries(brokenRules))('a walk sees the rule %s, broken on purpose', { timeout: 60_000 }, async (_, { make }) => {
  const seen: string[] = []
  // Chance may keep a single walk from where the rule counts.
  for (let seed = 1; seed <= 5 && seen.length === 0; seed++) seen.push(...(await walk(seed, 400, make())).faults)
  expect(seen).not.toEqual([])
})

describe('found by walking, or by reading', () => {
  test('free vending after a crash: a place whose transaction is about to go on is not free', async () => {
    const faults: string[] = []
    const w = await walkWorld(seeded(1), (words) => faults.push(words))
    await w.clock.advance(seconds(10))
    w.core?.settings.set('freeVendToken', 'FREE')
    w.core?.settings.set('freeVend', true)
    for (const plant of w.plants) plant.plugIn()
    await w.clock.advance(seconds(10))
    expect(w.plants.map(({ isClosed }) => isClosed)).toEqual([true, true])
    w.die()
    await w.clock.advance(minutes(2))
    expect(w.lives).toBe(2)
    expect([w.book.all.length, w.plants.map(({ isClosed }) => isClosed), faults]).toEqual([2, [true, true], []])
  })
  test('free vending beside a card that waits: the next car is charged once, for the card', async () => {
    const w = await world({ board: withEvses(2), settings: { FreeVendIdTag: 'FREE' } })
    w.plants[0]?.plugCable()
    await w.clock.advance(seconds(2))
    expect(await w.swipe('CARL')).toBe('waiting')
    w.core.settings.set('freeVend', true)
    w.core.raise(2, 'reader')
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(2))
    w.core.raise(2, undefined)
    await w.until(() => w.status(2) === 'charging')
    expect(w.csms.transactions.all.map(({ start }) => [start.connectorId, start.idTag])).toEqual([[2, 'CARL']])
    expect(w.core.view(1).waitingToken).toBeUndefined()
  })
  test('a core that goes on with a transaction keeps the register at once: nobody knows for how long nobody did', async () => {
    const w = await walkWorld(seeded(1), () => undefined)
    await w.clock.advance(seconds(10))
    w.core?.settings.set('sampleInterval', 0)
    w.plants[0]?.plugIn()
    await w.clock.advance(seconds(3))
    w.swipe('ANNA', 1)
    await w.clock.advance(seconds(70))
    w.die()
    await w.clock.advance(seconds(35))
    expect(w.lives).toBe(2)
    const kept = w.store.documents<{ readonly wh: number }>('registers').get('1')?.wh ?? 0
    const wh = w.plants[0]?.wh ?? 0
    // 22 kW, 35 s, and the meter's second.
    expect(wh).toBeGreaterThan(300)
    expect(wh - kept).toBeLessThan(230)
  })
  test('a card that waits elsewhere does not take the place that was promised to a remote start', async () => {
    const w = await rudeWorld({ board: withEvses(2) })
    w.plants[0]?.plugCable()
    await w.clock.advance(seconds(2))
    const waiting = w.swipe('CARL')
    await w.clock.advance(seconds(1))
    expect(await waiting).toBe('waiting')
    let answer = () => {}
    w.hand.treat('Authorize', ({ id }, polite, line) => {
      answer = () => line.answer(id, polite)
    })
    expect(await w.hand.call('RemoteStartTransaction', { connectorId: 2, idTag: 'REMOTE' })).toMatchObject([3, expect.anything(), { status: 'Accepted' }])
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(2))
    answer()
    await w.until(() => w.status(2) === 'charging')
    expect(w.hand.of('StartTransaction').map(({ payload }) => [payload['connectorId'], payload['idTag']])).toEqual([[2, 'REMOTE']])
    expect(w.core.view(1).waitingToken).toBe('CARL')
  })
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
