import fc from 'fast-check'
import { expect, test } from 'vitest'
import { advanced, countedEnergy, shares } from '../../../../bench/csms/store/energy.ts'

const minute = 60_000
const now = Date.UTC(2026, 5, 10, 12)

function counted(add: (to: ReturnType<typeof countedEnergy>) => void) {
  const energy = countedEnergy(3, now)
  add(energy)
  const first = energy.written().next()
  const rows = first.done === true || !('rows' in first.value) ? [] : first.value.rows
  return rows.map(([kind, scope, at, slot, wh]) => ({ kind, scope, at: Number(at), slot, wh: Number(wh) }))
}

test('a time is shared out among the spans that it touches, without a rest', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 1_000, max: 1e6 }), (since, lasted, step) => {
      const parts = [...shares(since, since + lasted, step)]
      expect(parts.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9)
      expect(parts.every(([at, share]) => at % step === 0 && share > 0 && at < since + lasted && at + step > since)).toBe(true)
    }),
    { numRuns: 200 },
  )
})

test('energy is counted once for all, the site, its day and the hour of the charger', () => {
  const rows = counted((to) => to.add('A', 'north', now - 90 * minute, now, 1_500))
  const of = (wanted: string) => rows.filter(({ kind }) => kind === wanted)
  expect([of('all').length, of('site').length, of('charger-hour').length, of('site-day').length]).toEqual([90, 90, 2, 1])
  for (const kind of ['all', 'site', 'charger-hour', 'site-day']) expect(of(kind).reduce((sum, { wh }) => sum + wh, 0)).toBeCloseTo(1_500, 6)
  expect(of('charger-hour')).toMatchObject([
    { scope: 'A', at: now - 120 * minute, slot: 3, wh: 500 },
    { scope: 'A', at: now - 60 * minute, wh: 1_000 },
  ])
})

test('a wrong clock or an absurd register fills no table', () => {
  expect(counted((to) => to.add('A', '', 0, now, 1_500))).toHaveLength(1_440 + 24 + 2)
  expect(counted((to) => to.add('A', '', now, now + 10 * 366 * 86_400_000, 1_500))).toEqual([])
  expect(counted((to) => to.add('A', '', 0, 1_000, 1_500))).toEqual([])
  expect(counted((to) => to.add('A', '', now - minute, now, 1e12))).toEqual([])
  expect(counted((to) => to.add('A', '', now, now - minute, 5))).toEqual([])
})

test('the register moves on by what was measured, or by what the power comes to', () => {
  const last = { wh: 100, at: now, startWh: 0 }
  const at = (more: object) => advanced(last, { atMs: now + 30 * minute, ...more })
  expect(at({ energy_wh: 600 })).toEqual({ register: { wh: 600, at: now + 30 * minute, startWh: 0 }, energyWh: 500, powerW: 1_000 })
  expect(at({ energy_wh: 600, power_w: 1_100 })).toMatchObject({ energyWh: 500, powerW: 1_100 })
  expect(at({ power_w: 2_000 })).toMatchObject({ register: { wh: 1_100 }, energyWh: 1_000, powerW: 2_000 })
  expect(at({ energy_wh: 50 })).toMatchObject({ register: { wh: 50 }, energyWh: 0 })
  expect(at({ soc_percent: 50 })).toBeUndefined()
  expect(advanced(last, { atMs: now, energy_wh: 700 })).toBeUndefined()
  expect(advanced({ wh: undefined, at: now, startWh: undefined }, { atMs: now, energy_wh: 700 })).toMatchObject({
    register: { wh: 700, startWh: 700 },
    energyWh: 0,
  })
})

test('what the power comes to counts until a register is heard, which goes on from there', () => {
  const first = advanced({ wh: undefined, at: now, startWh: undefined }, { atMs: now + 6 * minute, power_w: 10_000 })
  expect(first).toMatchObject({ register: { wh: 1_000, startWh: undefined }, energyWh: 1_000 })
  const heard = advanced(first?.register ?? { wh: 0, at: 0, startWh: 0 }, { atMs: now + 12 * minute, energy_wh: 501_000 })
  expect(heard).toMatchObject({ register: { wh: 501_000, startWh: 500_000 }, energyWh: 0 })
  // A transaction that began before the station knew the time.
  expect(advanced({ wh: undefined, at: 0, startWh: undefined }, { atMs: now, power_w: 10_000 })).toMatchObject({ energyWh: 10_000 })
})
