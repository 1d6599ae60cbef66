import { expect, test } from 'vitest'
import type { Reading } from '../../hal/types.ts'
import { signal } from '../../src/base/signal.ts'
import { seconds } from '../../src/base/units.ts'
import { site } from '../../src/core/site/site.ts'
import { withNetworkMeters } from '../../src/run/network-meters.ts'
import { usualSite } from '../stories/site-world.ts'
import { socketBoard } from '../stories/world.ts'
import { twoPrograms } from './two-programs.ts'

const board = { ...socketBoard, grid: { loadA: [4, 15, 0] } }
const managed = { site: (parts: Parameters<typeof site>[1]) => site({ ...usualSite, fuseA: 25 }, parts) }

test('the grid is read by the guard and known to the core; a core that is killed leaves the car alone, and the next one gives it no more than the fuse has', async () => {
  const w = await twoPrograms({ board, parts: managed })
  await w.charge()
  await w.clock.advance(seconds(30))
  const { core } = w.core.station
  expect(core.guard.grid?.newest).toEqual(w.keeper.grid?.newest)
  expect(w.keeper.report(1).offered).toBeCloseTo(10, 0)
  w.core.kill()
  await w.clock.advance(seconds(3))
  let most = 0
  let least = 80
  w.keeper.reported.on(({ offered }) => {
    most = Math.max(most, offered)
    least = Math.min(least, offered)
  })
  const next = await w.startCore()
  await w.clock.advance(seconds(30))
  expect(next.station.core.view(1).transaction).toBeDefined()
  expect([least, most]).toEqual([expect.closeTo(10, 0), expect.closeTo(10, 0)])
  expect(w.openings).toEqual([])
  w.house?.setLoad([4, 17])
  await w.clock.advance(seconds(2))
  expect(w.keeper.report(1).offered).toBeLessThanOrEqual(8.2)
})

test("a grid meter behind the network is the core's own", async () => {
  const w = await twoPrograms({ board })
  const changed = signal<number>()
  let newest: Reading | undefined
  const grid = {
    get newest() {
      return newest
    },
  }
  const port = withNetworkMeters(w.keeper, { evses: [], grid, newest: () => undefined, changed, close() {} })
  const heard: Reading[] = []
  port.grid?.read.on((reading) => heard.push(reading))
  newest = { at: 1, importWh: 0, phases: [{ currentA: 3 }] }
  changed.emit(1)
  expect(heard).toEqual([])
  changed.emit(0)
  changed.emit(0)
  expect(heard).toEqual([newest])
  // One that has gone silent is told by its age.
  newest = undefined
  changed.emit(0)
  expect(port.grid?.newest).toEqual(heard[0])
  expect(withNetworkMeters(w.keeper, { evses: [], newest: () => undefined, changed, close() {} }).grid).toBe(w.keeper.grid)
})
