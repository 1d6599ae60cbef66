import { expect, test } from 'vitest'
import { seconds } from '../../src/base/units.ts'
import type { Command, LocalContext } from '../../src/local/command.ts'
import { houseCommands } from '../../src/run/simulated-house.ts'
import { handsAt } from '../../src/run/simulated-world.ts'
import { siteCommands } from '../../src/run/site.ts'
import { siteWorld, usualSolar } from '../stories/site-world.ts'
import { type World, world } from '../stories/world.ts'

/** Types lines at a station. */
function typedAt(w: Pick<World, 'core' | 'station'>) {
  const simulation = w.station.built.simulation
  if (simulation === undefined) throw new Error('not simulated')
  const hands = handsAt(simulation)
  const rows: readonly Command[] = [...siteCommands, ...houseCommands(hands.house)]
  const type = async (line: string) => {
    const [name, ...words] = line.split(' ')
    return await rows.find((each) => each.name === name)?.run(words, { chargePoint: w.core } as unknown as LocalContext, { end() {}, after() {} })
  }
  return { hands, type }
}

test('the house and its roof are played by commands, and the site says what it makes of them', async () => {
  const w = await siteWorld({ site: { fuseA: 25, solar: { ...usualSolar, mode: 'fast' } }, grid: { loadA: [1, 2, 3] } })
  const { type, hands } = typedAt(w)
  expect(await type('house 10')).toBe('ok')
  expect(await type('solar 6900')).toBe('ok')
  await w.clock.advance(seconds(2))
  expect(w.house.amps).toEqual([0, -8, -7])
  expect(await type('site')).toBe('ok main fuse 25 A, grid 0, -8, -7 A, charging as fast as the fuse allows')
  expect(await type('mode')).toBe('ok fast')
  expect(await type('mode SOLAR')).toBe('ok solar')
  expect(w.core.site?.mode).toBe('solar')
  expect(await type('site')).toBe('ok main fuse 25 A, grid 0, -8, -7 A, charging with solar power only, surplus 3450 W')
  expect(await type('mode pv')).toBe('error mode "pv" is not one of fast, min+solar, solar')
  expect(await type('gridmeter off')).toBe('ok')
  await w.clock.advance(seconds(7))
  expect(await type('site')).toBe('ok main fuse 25 A, the grid meter is silent: the safe current holds, charging with solar power only')
  expect(await type('house 300')).toMatch(/^error L1 "300" is not a number from 0 to 200/)
  await hands.house.reset()
  await w.clock.advance(seconds(2))
  expect(w.house.amps).toEqual([1, 2, 3])
  expect(w.core.site?.picture()).toMatchObject({ meter: 'fresh', gridA: [1, 2, 3], gridW: 1_380 })
})

test('where there is no house and no load management the commands say so', async () => {
  const { type } = typedAt(await world())
  for (const line of ['house 10', 'solar 100', 'gridmeter on'])
    expect(await type(line)).toBe('error this board has no house: start with --board simulated-house')
  expect(await type('site')).toMatch(/^error there is no load management/)
  expect(await type('mode solar')).toMatch(/^error nothing follows the sun/)
})
