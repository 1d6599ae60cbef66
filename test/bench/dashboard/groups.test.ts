import { expect, test } from 'vitest'
import type { Charger, SiteNow } from '../../../bench/csms/rest/shapes.ts'
import { groupsOf } from '../../../bench/dashboard/map/groups.ts'

const charger = (id: string, latitude: number | undefined, longitude: number, site_id?: string) =>
  ({ id, latitude, longitude, site_id, state: 'available', power_w: 0, connectors: [] }) as unknown as Charger
const site = (id: string, latitude: number, longitude: number) => ({ id, name: `Site ${id}`, latitude, longitude }) as unknown as SiteNow

/** A map of so many px per degree. */
const project = (px: number) => (latitude: number, longitude: number) => ({ x: longitude * px, y: -latitude * px })
const places = [charger('A-1', 0, 0, 'a'), charger('A-2', 0, 0, 'a'), charger('B-1', 0, 10, 'b'), charger('LONE', 50, 50), charger('NOWHERE', undefined, 0)]
const sites = [site('a', 0, 0), site('b', 0, 10)]

test('from afar a site is one mark, a charger without a site its own, and one without a place none', () => {
  const groups = groupsOf({ chargers: places, sites, project: project(20), isNear: false })
  expect(groups.map(({ key, chargers }) => [key, chargers.length])).toEqual([
    ['site a', 2],
    ['site b', 1],
    ['charger LONE', 1],
  ])
})

test('sites that would overlap are one mark at the place of the largest, with both names', () => {
  const groups = groupsOf({ chargers: places, sites, project: project(2), isNear: false })
  expect(groups.map(({ key, chargers, sites: names, spot }) => [key, chargers.length, names, spot.x])).toEqual([
    ['site a', 3, ['Site a', 'Site b'], 0],
    ['charger LONE', 1, [], 100],
  ])
})

test('from near the chargers of one place stand side by side under the name of their site', () => {
  const groups = groupsOf({ chargers: places, sites, project: project(1_000), isNear: true })
  const [title, first, second] = groups
  expect(title).toMatchObject({ sites: ['Site a'], isTitle: true, chargers: [] })
  expect([first?.key, second?.key]).toEqual(['charger A-1', 'charger A-2'])
  expect((second?.spot.x ?? 0) - (first?.spot.x ?? 0)).toBeGreaterThanOrEqual(30)
})

test('a thousand chargers at one place stay one mark even from near', () => {
  const many = Array.from({ length: 1_000 }, (_, at) => charger(`C-${at}`, 0, 0, 'a'))
  expect(groupsOf({ chargers: many, sites, project: project(1_000), isNear: true })).toHaveLength(1)
})
