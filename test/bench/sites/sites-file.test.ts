import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Site } from '../../../bench/csms/rest/shapes.ts'
import type { BenchStore, ChargerFacts } from '../../../bench/csms/store/store.ts'
import { importPlaces, placesWords } from '../../../bench/sites/import.ts'
import { shippedSites, sitesPath } from '../../../bench/sites/shipped.ts'
import { readSites } from '../../../bench/sites/sites-file.ts'
import { findings, sitesTable } from '../../../bench/sites/verify.ts'
import { ConfigError } from '../../../src/base/errors.ts'

const directory = mkdtempSync(join(tmpdir(), 'pilotwire-sites-'))
function file(name: string, content: string | object): string {
  const path = join(directory, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
async function wordsOf(content: string | object, name = 'sites.yaml'): Promise<string> {
  try {
    await readSites(file(name, content))
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace(`${directory}/`, '')
    throw error
  }
  throw new Error('nothing was refused')
}

const site = 'sites:\n  - id: here\n    name: Here\n    latitude: 33.5\n    longitude: 126.5\n'

describe('a file of sites', () => {
  test('the Jeju sites are 12 x 100, 10 x 50 and 12 x 100 kW', async () => {
    expect(shippedSites().names).toEqual(['demo', 'desk', 'jeju'])
    const places = await readSites(sitesPath('jeju'))
    const own = places.sites.map(({ id }) => places.chargers.filter(({ site_id }) => site_id === id).map(({ max_kw }) => max_kw))
    expect(own).toEqual([Array(12).fill(100), Array(10).fill(50), Array(12).fill(100)])
    expect(places.chargers.every(({ kind }) => kind === 'dc')).toBe(true)
    expect(places.chargers[11]).toEqual({ site_id: 'jeju-airport', id: 'JEJU-A-12', name: 'Airport 12', kind: 'dc', max_kw: 100 })
    expect(placesWords(places)).toBe('3 sites, 34 chargers, 2,900 kW')
    expect(findings(places)).toEqual([])
  })

  test('GeoJSON says the same: points, longitude first, chargers by their site', async () => {
    const point = (coordinates: readonly number[], properties: object) => ({ type: 'Feature', geometry: { type: 'Point', coordinates }, properties })
    const path = file('sites.geojson', {
      type: 'FeatureCollection',
      features: [
        point([126.5, 33.5], { id: 'here', name: 'Here', colour: 'red' }),
        point([126.501, 33.5, 12], { id: 'CP-1', site_id: 'here', kind: 'ac', max_kw: 22, state: 'charging', power_w: 7 }),
      ],
    })
    expect(await readSites(path)).toEqual({
      sites: [{ id: 'here', name: 'Here', latitude: 33.5, longitude: 126.5 }],
      chargers: [{ id: 'CP-1', site_id: 'here', kind: 'ac', max_kw: 22, latitude: 33.5, longitude: 126.501 }],
    })
    const north = { type: 'FeatureCollection', features: [point([33.5, 126.5], { id: 'here', name: 'Here' })] }
    expect(await wordsOf(north, 'north.json')).toMatch(/^north\.json: features\.0\.geometry\.coordinates\.1: .*126\.5.*GeoJSON has the longitude first$/)
    const line = { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [1, 2] }, properties: {} }] }
    expect(await wordsOf(line, 'line.json')).toMatch(/features\.0\.geometry\.type: must be Point, not "LineString"/)
  })

  test.each<[string, string, RegExp]>([
    ['a mistyped field', `${site}    max_kv: 3\n`, /^sites\.yaml: sites\.0\.max_kv: there is no such field \(line 6\)\. Did you mean max_kw\?$/],
    ['no place', 'sites: [{ id: here, name: Here, latitude: 33.5 }]', /sites\.0\.longitude: is missing.*Degrees east/],
    ['a place off the globe', site.replace('33.5', '133.5'), /sites\.0\.latitude: .*not 133\.5 \(line 4\)\. Degrees north, WGS 84, from -90 to 90$/],
    ['a site twice', `${site}${site.replace('sites:\n', '')}`, /sites\.1\.id: there is another site here in this file \(line 6\)/],
    ['a charger twice', `${site}    chargers: [{ id: CP-1 }, { id: "CP-{1..3}" }]\n`, /sites\.0\.chargers\.1\.id: there is another charger CP-1/],
    ['half a place', `${site}    chargers: [{ id: CP-1, latitude: 33 }]\n`, /chargers\.0\.longitude: is missing/],
    ['a row backwards', `${site}    chargers: [{ id: "CP-{9..1}" }]\n`, /\{9\.\.1\} is a row of -7/],
    ['an endless row', `${site}    chargers: [{ id: "CP-{1..999999}" }]\n`, /at most 1000/],
    ['braces without a row', `${site}    chargers: [{ id: "CP-{x}" }]\n`, /braces without a row/],
    ['an id with a space', `${site}    chargers: [{ id: "CP 1" }]\n`, /chargers\.0\.id: .*letters, digits/],
    ['nothing', '', /sites: is missing\. Write sites: /],
  ])('%s is refused with its field and a remedy', async (_what, content, words) => {
    expect(await wordsOf(content)).toMatch(words)
  })

  test('a name that does not come along is told with the nearest one', () => {
    expect(() => sitesPath('jejj')).toThrow(/Did you mean jeju\?/)
    expect(sitesPath('./own.yaml')).toBe('./own.yaml')
  })
})

describe('verify', () => {
  const here: Site = { id: 'here', name: 'He\u001bre', latitude: 33.5, longitude: 126.5, max_kw: 30 }
  test('what somebody should look at is told, a line each', () => {
    const chargers = [
      { id: 'CP-1', site_id: 'here', max_kw: 22, is_connected: true, state: 'faulted', booted_at: '2026-03-01T08:00:00Z' },
      { id: 'CP-2', site_id: 'here', max_kw: 22, latitude: 34.5, longitude: 126.5, is_connected: false, booted_at: '2026-03-01T08:00:00Z' },
      { id: 'CP-3', site_id: 'gone', is_connected: false },
    ] as const
    const empty: Site = { id: 'empty', name: 'Empty', latitude: 0, longitude: 0 }
    expect(findings({ sites: [here, empty], chargers })).toEqual([
      'site here has 44 kW of chargers and may draw 30: set limits',
      'charger CP-2 stands 111 km from its site here',
      'site empty has no chargers',
      'site empty lies at 0, 0, in the Atlantic',
      'chargers of a site that is not there: CP-3',
      'chargers without a place on the map: CP-3',
      'chargers that do not say what they can deliver (max_kw): CP-3',
      'chargers that were never heard: CP-3',
      'chargers not connected now: CP-2',
      'chargers with a fault: CP-1',
    ])
  })

  test('of many the first are named', () => {
    const chargers = Array.from({ length: 34 }, (_, at) => ({ id: `CP-${at + 1}`, site_id: 'here', max_kw: 0.5 }))
    expect(findings({ sites: [here], chargers: chargers.map((each) => ({ ...each, is_connected: false })) })).toEqual([
      'chargers that were never heard: CP-1, CP-2, CP-3, CP-4, CP-5 and 29 more',
    ])
  })

  test('the table has a row for each site, harmless on a terminal', () => {
    expect(sitesTable({ sites: [here], chargers: [{ id: 'CP-1', site_id: 'here', max_kw: 1_100, is_connected: true }] })).toEqual([
      'site  name        place             chargers  connected     kW  limit kW',
      'here  He\\u001bre  33.5000 126.5000         1          1  1,100        30',
    ])
  })
})

test('an import puts sites before chargers, and nothing where a site is unknown', async () => {
  const put: (Site | ChargerFacts)[] = []
  const book = { put: async (one: Site | ChargerFacts) => void put.push(one), one: async () => undefined }
  const store = { sites: book, chargers: book } as unknown as BenchStore
  const chargers = [{ id: 'CP-1', site_id: 'here' }]
  await expect(importPlaces({ sites: [], chargers }, store, 'own.yaml')).rejects.toThrow(
    'own.yaml: site_id: there is no site here. Add it to the file, or import it first',
  )
  expect(put).toEqual([])
  await importPlaces({ sites: [{ id: 'here', name: 'Here', latitude: 1, longitude: 2 }], chargers }, store, 'own.yaml')
  expect(put.map(({ id }) => id)).toEqual(['here', 'CP-1'])
})
