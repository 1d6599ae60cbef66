import { expect, test } from 'vitest'
import type { Reading } from '../../hal/types.ts'
import { signal } from '../../src/base/signal.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import { type SiteWorld, siteKilled, siteWorld, usualSolar } from './site-world.ts'

const roof = { site: { solar: usualSolar }, grid: { loadA: [1, 1, 1] } } as const

/** When the contactor closes and opens, s since the call. */
function switchings(w: SiteWorld): { readonly at: number; readonly isClosed: boolean }[] {
  const seen: { at: number; isClosed: boolean }[] = []
  const begun = w.clock.monotonic()
  let was = w.plant.isClosed
  w.core.guard.reported.on(({ contactor }) => {
    if ((contactor === 'closed') === was) return
    was = contactor === 'closed'
    seen.push({ at: (w.clock.monotonic() - begun) / 1_000, isClosed: was })
  })
  return seen
}

test('a car waits for the sun, follows it, and pauses when it is gone', async () => {
  const w = await siteWorld(roof)
  await w.charge()
  await w.clock.advance(seconds(30))
  expect(w.plant.isClosed).toBe(false)
  expect(w.core.view(1)).toMatchObject({ status: 'suspendedEvse', offered: { heldBy: 'solar' } })
  w.house.setSolar(8_000)
  await w.clock.advance(seconds(58))
  expect(w.plant.isClosed).toBe(false)
  await w.clock.advance(seconds(20))
  expect(w.plant.isClosed).toBe(true)
  await w.clock.advance(seconds(30))
  // 8000 W less 690 W of the house and 100 W that stay exported, over three phases.
  expect(w.offered()).toBeGreaterThan(9.9)
  expect(w.offered()).toBeLessThan(10.6)
  expect(Math.max(...w.house.amps)).toBeLessThan(0)
  w.house.setSolar(6_500)
  await w.clock.advance(seconds(20))
  expect(w.offered()).toBeLessThan(8.5)
  w.house.setSolar(1_000)
  await w.clock.advance(seconds(120))
  // A cloud: 6 A for a while.
  expect(w.offered()).toBe(6)
  await w.clock.advance(minutes(5))
  expect(w.plant.isClosed).toBe(false)
})

test('clouds by turns: charging and pauses last as long as the settings say', async () => {
  const w = await siteWorld(roof)
  await w.charge()
  const seen = switchings(w)
  let sun = 0
  for (let spent = 0; spent < 3_600; spent += 10) {
    // 100 s of sun, then 200 s without.
    sun = spent % 300 < 100 ? 9_000 : 0
    w.house.setSolar(sun)
    await w.clock.advance(seconds(10))
  }
  expect(seen.length).toBeGreaterThan(3)
  for (const [at, { at: now, isClosed }] of seen.entries()) {
    const before = seen[at - 1]
    if (before !== undefined) expect(now - before.at, isClosed ? 'pause' : 'charging').toBeGreaterThanOrEqual(295)
  }
})

test('a one-phase car needs a third of the surplus', async () => {
  const w = await siteWorld(roof)
  w.plant.setEv({ phases: 1 })
  await w.charge()
  await w.core.site?.setMode('fast')
  // It has shown that it uses one.
  await w.clock.advance(seconds(30))
  await w.core.site?.setMode('solar')
  w.house.setSolar(3_000)
  await w.clock.advance(seconds(60))
  expect(w.plant.isClosed).toBe(true)
  expect(w.offered()).toBeGreaterThan(8.5)
  expect(w.offered()).toBeLessThan(10)
})

test('modes: min+solar always charges, fast does not look at the sun; the choice outlives the core', async () => {
  const w = await siteWorld(roof)
  await w.charge()
  expect(w.core.site?.setMode('min+solar')).toBe(true)
  await w.clock.advance(seconds(40))
  expect(w.offered()).toBe(6)
  w.house.setSolar(9_000)
  await w.clock.advance(minutes(2))
  expect(w.offered()).toBeGreaterThan(11)
  w.core.site?.setMode('fast')
  await w.clock.advance(seconds(10))
  expect(w.offered()).toBe(32)
  const again = await siteKilled(w, roof)
  expect(again.core.site?.mode).toBe('fast')
})

test('the fuse counts with the sun: the lesser of both', async () => {
  const w = await siteWorld({ site: { fuseA: 10, solar: usualSolar }, grid: { loadA: [2, 2, 2], solarW: 15_000 } })
  await w.charge()
  await w.clock.advance(minutes(3))
  expect(w.core.view(1).offered.heldBy).toBe('solar')
  w.house.setSolar(0)
  await w.clock.advance(seconds(3))
  expect(w.offered()).toBeLessThanOrEqual(8)
})

test('a silent grid meter is no sun', async () => {
  const w = await siteWorld({ ...roof, grid: { ...roof.grid, solarW: 9_000 } })
  await w.charge()
  await w.clock.advance(minutes(3))
  expect(w.plant.isClosed).toBe(true)
  w.house.setMeter(false)
  await w.clock.advance(seconds(10))
  expect(w.offered()).toBe(6)
  await w.clock.advance(minutes(6))
  expect(w.plant.isClosed).toBe(false)
})

test('a meter of the network that tells only the power of all phases: enough for the sun, not for a fuse', async () => {
  const changed = signal<number>()
  let newest: Reading | undefined
  const grid = {
    get newest() {
      return newest
    },
  }
  const networkMeters = { evses: [], grid, newest: () => undefined, changed, close() {} }
  const options = { grid: undefined, parts: { networkMeters } } as const
  const said = async (site: Parameters<typeof siteWorld>[0]['site']) => {
    const w = await siteWorld({ ...options, site })
    w.clock.every('publishes', 1_000, () => {
      const at = w.clock.monotonic()
      newest = { at, importWh: 0, powerW: -6_000 - ((at / 1_000) % 2), phases: [] }
      changed.emit(0)
    })
    await w.charge()
    await w.clock.advance(minutes(2))
    return [w.offered() > 6, w.core.site?.picture().meter]
  }
  expect(await said({ solar: usualSolar })).toEqual([true, 'fresh'])
  expect(await said({ fuseA: 25 })).toEqual([false, 'stale'])
})
