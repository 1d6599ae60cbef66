import { expect, test } from 'vitest'
import type { Reading } from '../../hal/types.ts'
import { signal } from '../../src/base/signal.ts'
import { seconds } from '../../src/base/units.ts'
import { readBoard } from '../../src/config/files.ts'
import { dice, type SiteWorld, siteKilled, siteWorld, usualSolar } from './site-world.ts'

const slowest = { reaction: 5_000, stopReaction: 3_000 } as const
/** The meter of a car shows up to a second later what it takes: its own current wavers by 1 %. */
const wavers = 0.4

test('a car of the slowest reaction and 200 steps of the house: the offer goes down within 1 s of the reading, the fuse is relieved within 7 s', async () => {
  const w = await siteWorld({ site: { fuseA: 25 } })
  w.plant.setEv(slowest)
  await w.charge()
  await w.clock.advance(seconds(60))
  expect(w.offered()).toBeGreaterThan(24)
  const chance = dice(1)
  let reductions = 0
  for (let step = 0; step < 200; step++) {
    const load = [1, 2, 3].map(() => chance() ** 3 * 24.5)
    w.house.setLoad(load)
    const steppedAt = w.clock.monotonic()
    if (w.offered() > 0 && Math.max(...load) + w.offered() > 26) reductions++
    const lasts = seconds(9 + chance() * 60)
    let readAt: number | undefined
    for (let spent = 0; spent < lasts; spent += 100) {
      await w.clock.advance(100)
      const read = w.core.guard.grid?.newest?.at ?? 0
      if (read > steppedAt) readAt ??= read
      const now = w.clock.monotonic()
      if (readAt !== undefined && now - readAt >= 1_000) expect(Math.max(...load) + w.offered(), `step ${step}`).toBeLessThanOrEqual(25 + wavers)
      if (now - steppedAt >= 7_000) expect(w.fuse(), `step ${step}`).toBeLessThanOrEqual(25 + wavers)
    }
  }
  expect(reductions).toBeGreaterThan(70)
  expect(w.core.view(1).faults).toEqual([])
  expect(w.core.view(1).transaction).toBeDefined()
})

test('what the house gives back is offered again, later and not for every flicker', async () => {
  const w = await siteWorld({ site: { fuseA: 25 }, grid: { loadA: [10, 0, 0] } })
  await w.charge()
  await w.clock.advance(seconds(60))
  expect(w.offered()).toBeGreaterThan(14)
  expect(w.core.view(1).offered.heldBy).toBe('site')
  w.house.setLoad([2])
  await w.clock.advance(seconds(8))
  expect(w.offered()).toBeLessThanOrEqual(15)
  w.house.setLoad([10])
  await w.clock.advance(seconds(5))
  w.house.setLoad([2])
  await w.clock.advance(seconds(9))
  expect(w.offered()).toBeLessThanOrEqual(15)
  await w.clock.advance(seconds(10))
  expect(w.offered()).toBeGreaterThan(22)
})

test('a car that does not follow is stopped, and the fuse is relieved', async () => {
  const w = await siteWorld({ site: { fuseA: 25 } })
  await w.charge()
  await w.clock.advance(seconds(30))
  w.plant.setFault('evNotFollowing', true)
  w.house.setLoad([12, 0, 0])
  await w.until(() => w.core.view(1).faults.includes('evNotFollowing'), seconds(20))
  await w.clock.advance(seconds(1))
  expect(w.plant.isClosed).toBe(false)
  expect(w.fuse()).toBe(12)
})

test('a silent grid meter: the safe current within 10 s of its last reading, and the fuse again when it is back', async () => {
  const w = await siteWorld({ site: { fuseA: 25 } })
  await w.charge()
  await w.clock.advance(seconds(30))
  const last = w.core.guard.grid?.newest?.at ?? 0
  w.house.setMeter(false)
  await w.until(() => w.offered() === 6, seconds(10))
  expect(w.clock.monotonic() - last).toBeLessThan(seconds(10))
  expect(w.core.site?.picture()).toMatchObject({ meter: 'stale' })
  await w.clock.advance(seconds(30))
  expect(w.offered()).toBe(6)
  w.house.setMeter(true)
  await w.clock.advance(seconds(15))
  expect(w.offered()).toBeGreaterThan(24)
  expect(w.core.site?.picture()).toMatchObject({ meter: 'fresh', fuseA: 25 })
})

test('a grid meter that falls silent while the house needs the fuse: no car takes more than before, until it is back', async () => {
  const w = await siteWorld({ site: { fuseA: 25 }, evses: 2, grid: { loadA: [18, 0, 0] } })
  await w.charge(1)
  await w.clock.advance(seconds(30))
  await w.charge(2)
  await w.clock.advance(seconds(30))
  expect(w.offered(1)).toBeGreaterThanOrEqual(6)
  expect(w.offered(2)).toBe(0)
  w.house.setMeter(false)
  await w.clock.advance(seconds(120))
  expect([w.offered(1), w.offered(2)]).toEqual([6, 0])
  expect(w.fuse()).toBeLessThanOrEqual(25)
  // Another car, another session: what was agreed.
  w.plants[0]?.unplug()
  await w.clock.advance(seconds(5))
  await w.charge(1)
  await w.clock.advance(seconds(10))
  expect([w.offered(1), w.offered(2)]).toEqual([6, 0])
  w.house.setLoad([3])
  w.house.setMeter(true)
  await w.clock.advance(seconds(60))
  expect(w.offered(2)).toBeGreaterThan(9)
})

/** A grid meter behind the network that says what it is told, each second. */
async function bySayings(site: Parameters<typeof siteWorld>[0]['site'], says: (w: () => SiteWorld, at: number) => Reading | undefined) {
  const changed = signal<number>()
  let newest: Reading | undefined
  const grid = {
    get newest() {
      return newest
    },
  }
  const w = await siteWorld({ grid: { loadA: [5, 5, 5] }, site, parts: { networkMeters: { evses: [], grid, newest: () => undefined, changed, close() {} } } })
  w.clock.every('publishes', 1_000, () => {
    newest = says(() => w, w.clock.monotonic()) ?? newest
    changed.emit(0)
  })
  return w
}
const reading = (at: number, amps: readonly number[]): Reading => ({ at, importWh: 0, phases: amps.map((currentA) => ({ currentA, powerW: currentA * 230 })) })

test('a grid meter that repeats its last answer for ever is silent as soon as a car shows it', async () => {
  let stuckAt: readonly number[] | undefined
  const w = await bySayings({ fuseA: 25 }, (world, at) => reading(at, stuckAt ?? world().house.amps))
  await w.clock.advance(seconds(20))
  stuckAt = w.house.amps
  await w.clock.advance(seconds(20))
  let most = 0
  await w.charge()
  for (let spent = 0; spent < 60_000; spent += 100) {
    await w.clock.advance(100)
    most = Math.max(most, w.fuse())
  }
  expect(w.core.site?.picture().meter).toBe('stale')
  expect(most).toBeLessThanOrEqual(25 + wavers)
  expect(w.offered()).toBe(6)
  stuckAt = undefined
  await w.clock.advance(seconds(30))
  expect(w.core.site?.picture().meter).toBe('fresh')
  expect(w.offered()).toBeGreaterThan(18)
})

test('a grid meter with its clock in the future falls silent like any other', async () => {
  let isOn = true
  const w = await bySayings({ fuseA: 25 }, (world, at) => (isOn ? reading(at + 3_600_000, world().house.amps) : undefined))
  await w.clock.advance(seconds(20))
  await w.charge()
  await w.clock.advance(seconds(40))
  expect(w.offered()).toBeGreaterThan(18)
  isOn = false
  await w.clock.advance(seconds(10))
  expect(w.offered()).toBe(6)
})

test('a grid meter of one phase keeps no fuse of an outlet with three', async () => {
  const w = await bySayings({ fuseA: 25 }, (world, at) => reading(at, world().house.amps.slice(0, 1)))
  await w.clock.advance(seconds(20))
  await w.charge()
  let most = 0
  for (let spent = 0; spent < 60_000; spent += 100) {
    await w.clock.advance(100)
    most = Math.max(most, w.fuse())
  }
  expect(w.core.site?.picture().meter).toBe('stale')
  expect(most).toBeLessThanOrEqual(11)
})

test('a rotation that is wrong is not believed any more once the fuse had to be relieved', async () => {
  const grid = { loadA: [2, 2, 2], rotations: ['STR'] }
  const w = await siteWorld({ site: { fuseA: 25 }, grid, settings: { ConnectorPhaseRotation: '1.RST' } })
  w.plant.setEv({ ...slowest, phases: 1 })
  await w.charge()
  await w.clock.advance(seconds(60))
  w.house.setLoad([2, 14, 2])
  await w.clock.advance(seconds(120))
  let over = 0
  for (let spent = 0; spent < 300_000; spent += 100) {
    await w.clock.advance(100)
    if (w.fuse() > 25 + wavers) over += 100
  }
  expect(over).toBe(0)
  expect(w.offered()).toBeGreaterThan(9)
})

test('a silent grid meter with a safe current of 0 A: a pause', async () => {
  const w = await siteWorld({ site: { fuseA: 25, safeA: 0 } })
  await w.charge()
  await w.clock.advance(seconds(30))
  w.house.setMeter(false)
  await w.until(() => !w.plant.isClosed, seconds(10))
  await w.clock.advance(seconds(1))
  expect(w.core.view(1).status).toBe('suspendedEvse')
})

test('a house that needs the whole fuse: a pause, and the car goes on by itself afterwards', async () => {
  const w = await siteWorld({ site: { fuseA: 25 } })
  await w.charge()
  await w.clock.advance(seconds(30))
  w.house.setLoad([0, 22])
  await w.until(() => !w.plant.isClosed, seconds(8))
  await w.clock.advance(seconds(1))
  expect(w.core.view(1)).toMatchObject({ status: 'suspendedEvse', offered: { heldBy: 'site' } })
  w.house.setLoad([0, 3])
  await w.until(() => w.plant.isClosed, seconds(60))
  expect(w.fuse()).toBeLessThan(25)
})

test('two cars share what the house leaves, and one that ends leaves its share to the other', async () => {
  const w = await siteWorld({ site: { fuseA: 25 }, evses: 2, grid: { loadA: [5, 5, 5] } })
  for (const plant of w.plants) plant.setEv(slowest)
  await w.charge(1)
  await w.clock.advance(seconds(30))
  expect(w.offered(1)).toBeGreaterThan(19)
  await w.charge(2)
  await w.clock.advance(seconds(40))
  expect(w.offered(1)).toBeGreaterThan(9)
  expect(w.offered(2)).toBeGreaterThan(9)
  expect(w.fuse()).toBeLessThanOrEqual(25 + wavers)
  w.plants[0]?.full()
  w.core.stop(1, 'local')
  await w.clock.advance(seconds(40))
  expect(w.offered(2)).toBeGreaterThan(19)
})

test.each([
  ['told', { ConnectorPhaseRotation: '1.RST,2.STR' }, 60],
  // Both count on the phase that carries most; what it has left is given step by step.
  ['not told', {}, 180],
] as const)('two cars with one phase each, on different phases, rotation %s: each has a phase for itself in the end', async (_words, settings, within) => {
  const w = await siteWorld({ site: { fuseA: 16 }, evses: 2, grid: { loadA: [2, 2, 2], rotations: ['RST', 'STR'] }, settings })
  for (const plant of w.plants) plant.setEv({ ...slowest, phases: 1 })
  await w.charge(1)
  await w.charge(2)
  for (let spent = 0; spent < within; spent++) {
    await w.clock.advance(seconds(1))
    expect(w.fuse()).toBeLessThanOrEqual(16 + wavers)
  }
  expect(w.offered(1) + w.offered(2)).toBeGreaterThan(25)
})

test.each([
  ['told', { ConnectorPhaseRotation: '1.STR,2.TRS' }],
  ['not told', {}],
] as const)('a random walk of house and cars, rotation %s: the fuse is over its limit for 7 s at the most', async (_words, keys) => {
  const chance = dice(7)
  const w = await siteWorld({ site: { fuseA: 32 }, evses: 2, grid: { loadA: [0, 0, 0], rotations: ['STR', 'TRS'] }, settings: keys })
  let over = 0
  let drew = 0
  const whims: readonly ((evse: number) => void)[] = [
    (evse) => w.plants[evse - 1]?.suspend(),
    (evse) => w.plants[evse - 1]?.resume(),
    (evse) => w.plants[evse - 1]?.setEv({ ...slowest, reaction: chance() * 5_000, wantsAmps: 6 + chance() * 26 }),
    (evse) => {
      const plant = w.plants[evse - 1]
      if (w.core.view(evse).transaction !== undefined) return plant?.unplug()
      plant?.setEv({ ...slowest, phases: chance() < 0.5 ? 1 : 3 })
      plant?.resume()
      plant?.plugIn()
      void w.swipe(`CARD${evse}`, evse)
    },
    () => w.house.setLoad([1, 2, 3].map(() => chance() ** 3 * 31)),
    () => w.house.setLoad([1, 2, 3].map(() => chance() ** 3 * 31)),
  ]
  for (let step = 0; step < 400; step++) {
    whims[Math.floor(chance() * whims.length)]?.(chance() < 0.5 ? 1 : 2)
    const lasts = seconds(8 + chance() * 20)
    over = 0
    for (let spent = 0; spent < lasts; spent += 100) {
      await w.clock.advance(100)
      over = w.fuse() > 32 + wavers ? over + 100 : 0
      expect(over, `step ${step}`).toBeLessThanOrEqual(7_000)
      if (w.plants.every((plant) => plant.isClosed)) drew++
    }
  }
  expect(drew).toBeGreaterThan(1_000)
  expect(w.plants.flatMap((_, at) => w.core.view(at + 1).faults)).toEqual([])
})

test('without a meter all outlets together keep to their limit', async () => {
  const w = await siteWorld({ site: { limitA: 20 }, evses: 2 })
  await w.charge(1)
  await w.clock.advance(seconds(20))
  expect(w.offered(1)).toBe(20)
  await w.charge(2)
  let most = 0
  for (let spent = 0; spent < 60_000; spent += 100) {
    await w.clock.advance(100)
    most = Math.max(most, w.fuse())
  }
  expect(most).toBeLessThanOrEqual(20)
  expect([w.offered(1), w.offered(2)]).toEqual([10, 10])
})

test('a limit of the central system and one of the site: both cars rise again when the site has more', async () => {
  const w = await siteWorld({ site: { fuseA: 25 }, evses: 2, grid: { loadA: [13, 0, 0] } })
  w.core.profiles.set({ id: 1, evse: 0, stackLevel: 0, purpose: 'stationMax', kind: 'relative', schedule: { unit: 'A', periods: [{ from: 0, limit: 24 }] } })
  await w.charge(1)
  await w.charge(2)
  await w.clock.advance(seconds(60))
  expect(w.offered(1) + w.offered(2)).toBeLessThanOrEqual(12.1)
  w.house.setLoad([0])
  await w.clock.advance(seconds(60))
  expect(w.offered(1) + w.offered(2)).toBeGreaterThan(22)
})

test('the core dies and comes again: never more than the fuse has, not even at first', async () => {
  const options = { site: { fuseA: 25 }, grid: { loadA: [0, 15, 0] } } as const
  const w = await siteWorld(options)
  await w.charge()
  await w.clock.advance(seconds(30))
  const again = await siteKilled(w, { ...options, isPlugged: true })
  let most = 0
  await again.charge()
  for (let spent = 0; spent < 40_000; spent += 100) {
    await again.clock.advance(100)
    most = Math.max(most, again.offered())
  }
  expect(most).toBeGreaterThan(9)
  expect(most).toBeLessThanOrEqual(10)
})

test('a car that ends does not make the other pause, whichever meter tells it first', async () => {
  const w = await siteWorld({ site: { fuseA: 25 }, evses: 2, grid: { loadA: [7, 7, 7] } })
  await w.charge(1)
  await w.charge(2)
  await w.clock.advance(seconds(60))
  for (const offset of [100, 300, 340, 400, 700, 990]) {
    await w.clock.advance(1_000 - (w.clock.monotonic() % 1_000) + offset)
    w.plants[0]?.suspend()
    for (let spent = 0; spent < 30_000; spent += 50) {
      await w.clock.advance(50)
      expect(w.offered(2), `ended at ${offset}`).toBeGreaterThanOrEqual(8)
    }
    w.plants[0]?.resume()
    await w.clock.advance(seconds(60))
  }
})

test('an outlet without a session has no share of anything: no limit of 0 A is shown', async () => {
  const w = await siteWorld({ site: { fuseA: 25, solar: usualSolar } })
  w.core.profiles.set({ id: 1, evse: 0, stackLevel: 0, purpose: 'stationMax', kind: 'relative', schedule: { unit: 'A', periods: [{ from: 0, limit: 24 }] } })
  await w.clock.advance(seconds(5))
  expect(w.core.limitsOf(1).map(({ name }) => name)).toEqual(expect.not.arrayContaining(['site', 'solar', 'station profile']))
  await w.charge()
  await w.clock.advance(seconds(5))
  expect(w.core.limitsOf(1).map(({ name }) => name)).toEqual(expect.arrayContaining(['site', 'solar', 'station profile']))
})

test('nothing happens at an outlet whose share stays the same', async () => {
  const w = await siteWorld({ site: { limitA: 16 } })
  await w.charge()
  await w.clock.advance(seconds(30))
  const views: number[] = []
  w.core.changed.on(({ evse }) => views.push(evse))
  await w.clock.advance(seconds(10))
  // Its meter, each second.
  expect(views.length).toBeLessThanOrEqual(11)
})

test('a DC outlet counts by what its supply takes', async () => {
  const board = await readBoard('simulated-dc')
  if (board.kind !== 'simulated') throw new TypeError('not simulated')
  const w = await siteWorld({ site: { fuseA: 50 }, board: { ...board, grid: { loadA: [20, 10, 5] } } })
  await w.swipe('DC', 1)
  w.plant.plugIn()
  await w.clock.advance(seconds(60))
  // 30 A x 3 x 230 V.
  expect(w.core.view(1).offered.watts).toBeGreaterThan(20_000)
  expect(w.core.view(1).offered.watts).toBeLessThanOrEqual(20_700)
  expect(w.core.view(1).offered.heldBy).toBe('site')
})
