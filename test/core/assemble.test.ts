import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { charging, goDark } from '../stories/asking.ts'
import { withEvses, world } from '../stories/world.ts'

const starts = (w: Awaited<ReturnType<typeof world>>) =>
  w.store
    .ledger<Fact>()
    .after(0, 1_000)
    .flatMap(({ fact }) => (fact.kind === 'transactionStarted' ? [fact.token] : []))

test('a remote start and a card at one moment begin one transaction', async () => {
  const w = await charging({ settings: { LocalPreAuthorize: 'true' } })
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.core.remoteStart('TAG2', 1)).toBe('accepted')
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(starts(w)).toHaveLength(2)
  expect(w.core.view(1).transaction?.token).toBe(starts(w)[1])
})

test('what StartTransaction.conf says of a card is known afterwards, also offline', async () => {
  let asked = 0
  const w = await world({ csms: { authorize: () => ({ status: ++asked === 1 ? 'Accepted' : 'Blocked' }) } })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.clock.advance(seconds(30))
  w.plant.unplug()
  void w.core.unlock(1)
  await w.clock.advance(seconds(10))
  goDark(w)
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  expect(await w.swipe()).toBe('blocked')
})

test('a station that no central system ever accepted starts nothing, from afar or at the reader', async () => {
  const w = await world({ offline: true, settings: { AllowOfflineTxForUnknownId: 'true' } })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  expect(w.core.remoteStart('TAG1', 1)).toBe('rejected')
  expect(await w.swipe()).toBe('noEvse')
})

describe('a station that stops', () => {
  test('begins nothing for a card that waited', async () => {
    const w = await charging({ board: withEvses(2) })
    const waits = w.swipe('TAG2', 2)
    await w.clock.advance(seconds(1))
    expect(await waits).toBe('waiting')
    w.plant.setEv({ stopReaction: 60_000 })
    const stopping = w.core.shutDown('softReset', seconds(10))
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(10))
    await stopping
    expect(starts(w)).toEqual(['TAG1'])
  })
  test('ends what could not end in time with the register as it is', async () => {
    const w = await charging()
    w.plant.setEv({ stopReaction: 60_000 })
    const stopping = w.core.shutDown('softReset', 100)
    await w.clock.advance(100)
    await stopping
    expect(w.core.view(1).transaction).toBeUndefined()
  })
})

test('lamps are told of cards, and of what only the core knows', async () => {
  const w = await world({ csms: { authorize: (card) => ({ status: card === 'TAG1' ? 'Accepted' : 'Blocked' }) } })
  const shown: unknown[] = []
  w.core.guard.show = (evse, sign) => shown.push([evse, sign])
  await w.clock.advance(seconds(2))
  const refused = w.swipe('TAG2', 1)
  expect(shown).toEqual([[1, 'authorising']])
  await w.clock.advance(seconds(2))
  expect(await refused).toBe('blocked')
  const accepted = w.swipe('TAG1')
  await w.clock.advance(seconds(2))
  expect(await accepted).toBe('waiting')
  expect(shown.slice(1)).toEqual([
    [1, 'refused'],
    [undefined, 'authorising'],
    [undefined, 'accepted'],
  ])
  void w.swipe('TAG1')
  await w.clock.advance(seconds(1))
  shown.length = 0
  w.core.setAvailability(1, false)
  w.core.setAvailability(1, true)
  expect(shown).toEqual([
    [1, 'unavailable'],
    [1, 'none'],
  ])
  await expect(w.swipe('TAG1', 7)).rejects.toThrow(RangeError)
})
