import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { openStore } from '../../src/store/open.ts'
import { StoreError } from '../../src/store/store-error.ts'
import { advertised, clear, composite, flows, profile, set, stepsOf } from './charging-profiles.ts'
import { type World, type WorldOptions, withEvses, world } from './world.ts'

const max = { chargingProfilePurpose: 'ChargePointMaxProfile' } as const

describe('several connectors under one maximum', () => {
  const both = async (options: WorldOptions = {}) => {
    const w = await world({ board: withEvses(2), ...options })
    for (const plant of w.plants) plant.setEv({ batteryWh: 1e9, reaction: 5_000 })
    return w
  }
  const plug = async (w: World, evse: number) => {
    w.plants[evse - 1]?.plugIn()
    await w.clock.advance(seconds(2))
    await w.swipe(`TAG${evse}`, evse)
    await w.clock.advance(seconds(60))
  }
  test('share it, and never draw more together, whoever comes and goes', async () => {
    const w = await both()
    await set(w, 0, profile(20, max))
    let most = 0
    const watch = w.clock.every('watch', 100, () => {
      most = Math.max(most, flows(w, 1) + flows(w, 2))
    })
    await plug(w, 1)
    expect([flows(w, 1), flows(w, 2)]).toEqual([20, 0])
    await plug(w, 2)
    expect([flows(w, 1), flows(w, 2)]).toEqual([10, 10])
    w.plants[0]?.setEv({ wantsAmps: 6 })
    w.core.limit(1, 'local', 7)
    await w.clock.advance(seconds(60))
    expect([advertised(w, 1), flows(w, 2)]).toEqual([7, 13])
    w.core.limit(1, 'local', undefined)
    await w.clock.advance(seconds(60))
    w.plants[0]?.full()
    await w.clock.advance(minutes(3))
    expect([flows(w, 1), flows(w, 2)]).toEqual([0, 14])
    await w.swipe('TAG1', 1)
    await w.clock.advance(minutes(1))
    expect(flows(w, 2)).toBe(20)
    watch.stop()
    expect(most).toBeLessThanOrEqual(20)
  })
  test('when it does not suffice for both, the first goes on and the other pauses with its transaction, until there is enough', async () => {
    const w = await both()
    await plug(w, 1)
    await plug(w, 2)
    await set(w, 0, profile(11, { ...max, chargingProfileId: 1 }))
    await w.clock.advance(minutes(1))
    expect([flows(w, 1), w.status(1), flows(w, 2), w.status(2)]).toEqual([11, 'charging', 0, 'suspendedEvse'])
    await set(w, 0, profile(16, { ...max, chargingProfileId: 1 }))
    await w.clock.advance(minutes(2))
    expect([flows(w, 1), flows(w, 2)]).toEqual([8, 8])
    expect(w.statuses(2).slice(-4)).toEqual(['Charging', 'SuspendedEVSE', 'SuspendedEV', 'Charging'])
    expect(w.sent('StopTransaction')).toEqual([])
  })
  test('a car that is full comes out of a pause too, though it is kept the least', async () => {
    const w = await both()
    await plug(w, 1)
    await plug(w, 2)
    await set(w, 0, profile(20, { ...max, chargingProfileId: 1 }))
    w.plants[0]?.full()
    await w.clock.advance(minutes(3))
    for (const limit of [0, 20]) {
      await set(w, 0, profile(limit, { ...max, chargingProfileId: 1 }))
      await w.clock.advance(minutes(2))
    }
    expect([w.status(1), advertised(w, 1), w.status(2), flows(w, 2)]).toEqual(['suspendedEv', 6, 'charging', 14])
    // A new maximum knows of a pause that began under another one.
    await set(w, 0, profile(0, { ...max, chargingProfileId: 1 }))
    await w.clock.advance(seconds(20))
    await clear(w, { id: 1 })
    await set(w, 0, profile(12.2, { ...max, chargingProfileId: 1 }))
    await w.clock.advance(minutes(2))
    expect([w.status(1), w.status(2)].filter((each) => each !== 'suspendedEvse')).toHaveLength(1)
    expect([1, 2].reduce((sum, evse) => sum + advertised(w, evse), 0)).toBe(12.2)
  })
  test('a transaction that cannot be ended on a full disk gives its share back all the same', async () => {
    const store = openStore({ directory: undefined, log: silentLog })
    let isFull = false
    const atomically: typeof store.atomically = (run, durability) => {
      if (isFull) throw new StoreError('full', 'no room')
      return store.atomically(run, durability)
    }
    const w = await both({ parts: { store: Object.create(store, { atomically: { value: atomically } }) as typeof store } })
    await set(w, 0, profile(20, max))
    await plug(w, 1)
    await plug(w, 2)
    isFull = true
    await w.swipe('TAG1', 1)
    await w.clock.advance(minutes(1))
    expect([w.core.view(1).transaction === undefined, flows(w, 1), flows(w, 2)]).toEqual([false, 0, 20])
  })
  test('in watts, for the whole station', async () => {
    const w = await both()
    await plug(w, 1)
    await plug(w, 2)
    await set(w, 0, profile(13_800, { ...max, chargingRateUnit: 'W' }))
    await w.clock.advance(minutes(1))
    expect([flows(w, 1), flows(w, 2)]).toEqual([10, 10])
    expect(stepsOf(await composite(w, { connectorId: 0, duration: 60, chargingRateUnit: 'W' }))).toEqual([[0, 13_800]])
  })
  test('are free again without one', async () => {
    const w = await both()
    await plug(w, 1)
    await set(w, 0, profile(10, max))
    await w.clock.advance(minutes(1))
    expect(flows(w, 1)).toBe(10)
    await clear(w, { chargingProfilePurpose: 'ChargePointMaxProfile' })
    await plug(w, 2)
    expect([flows(w, 1), flows(w, 2)]).toEqual([32, 32])
  })
})
