import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stationConfig } from '../../src/config/merge.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-site-'))
const siteOf = async (yaml: string, board = 'simulated-house') => {
  const station = join(directory, 'station.yaml')
  writeFileSync(station, yaml)
  return (await stationConfig({ station, board, id: 'CP1', csms: 'ws://localhost:9000/x' }, { HOME: '/h' }, '1')).site
}

test('nothing is managed unless the station file says so', async () => expect(await siteOf('id: CP1\n')).toBeUndefined())

test('what is left out has its usual value', async () => {
  expect(await siteOf('site: { fuseA: 35, solar: {} }\n')).toEqual({
    ...{ fuseA: 35, staleAfterS: 5, safeA: 6, raiseAfterS: 10 },
    solar: { mode: 'solar', reserveW: 100, startAfterS: 60, stopAfterS: 180, minOnS: 300, minOffS: 300 },
  })
  expect(await siteOf('site: { limitA: 32 }\n', 'simulated')).toEqual({ limitA: 32, staleAfterS: 5, safeA: 6, raiseAfterS: 10 })
})

test.each([
  [24, 6],
  [23.9, 0],
])('a fuse of %d A and two outlets: a silent meter leaves %d A to each', async (fuseA, safeA) => {
  expect(await siteOf(`site: { fuseA: ${fuseA} }\n`)).toMatchObject({ safeA })
})

test.each([
  ['site: {}', 'simulated-house', /site.fuseA: is missing, and limitA and solar too/],
  ['site: { fuseA: 25 }', 'simulated', /site.fuseA: needs a grid meter, and board simulated has none.*limitA/s],
  ['site: { solar: {} }', 'simulated', /site.solar: needs a grid meter/],
  ['site: { fuseA: 25, safeA: 13 }', 'simulated-house', /site.safeA: of 13 A at each of 2 outlets is more than the 25 A of the fuse/],
  ['site: { solar: { startW: 1000, stopW: 2000 } }', 'simulated-house', /site.solar.stopW: is above startW/],
  ['site: { fuseA: 5 }', 'simulated-house', /site.fuseA/],
  ['site: { fuseA: 25, staleAfterS: 60 }', 'simulated-house', /site.staleAfterS/],
  ['site: { solar: { mode: pv } }', 'simulated-house', /must be fast or min\+solar or solar/],
])('%s on %s is refused, with what to do', async (yaml, board, problem) => {
  await expect(siteOf(`${yaml}\n`, board)).rejects.toThrow(problem)
})
