import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import type { BenchStore } from '../../../bench/csms/store/store.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type SimulatedClock, simulatedClock } from '../../../src/base/simulated-clock.ts'
import { freshDirectory } from '../program.ts'
import { engines, noon, start, storeWorld } from './stores.ts'

const all = { offset: 0, limit: 100 }
const day = 86_400_000
const minute = 60_000

/** A charge of `minutes` samples, one a minute, ended. */
async function charged({ transactions }: BenchStore, station: string, begin: number, minutes: number, offset = 0): Promise<number> {
  const { id } = await transactions.begin(start(station, { startedAt: begin, meterStartWh: 0 }))
  const samples = Array.from({ length: minutes }, (_, index) => ({ atMs: begin + offset + (index + 1) * minute, energy_wh: (index + 1) * 100 }))
  for (let from = 0; from < minutes; from += 100) await transactions.sampled(station, 1, id, samples.slice(from, from + 100))
  await transactions.end(station, id, { stoppedAt: begin + minutes * minute, meterStopWh: minutes * 100, reason: 'Local', tag: undefined })
  return id
}

/** Timers ran and what they asked for is written. */
async function passed(clock: SimulatedClock, stores: readonly BenchStore[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await clock.advance(minute)
    await Promise.all(stores.map((each) => each.health()))
  }
}

for (const engine of engines) {
  describe.skipIf(!engine.isThere)(engine.name, () => {
    test('old samples go, then minutes; transactions, days and what is new stay', async () => {
      const w = await storeWorld(engine, { keepDays: 10 })
      const stores = [w.store, ...(engine.isShared ? [await w.again()] : [])]
      const { transactions, statistics, sites, chargers } = w.store
      await sites.put({ id: 'north', name: 'North', latitude: 33, longitude: 126 })
      await chargers.put({ id: 'A', site_id: 'north' })
      const old = await charged(w.store, 'A', noon - 40 * day, 1_200)
      const recent = await charged(w.store, 'A', noon - 9 * day, 60)
      // Its clock is wrong by years.
      await transactions.sampled('A', 1, undefined, [{ atMs: noon + 1_000 * day, power_w: 1 }])
      await transactions.sampled('A', 1, undefined, [{ atMs: noon + 2 * minute, power_w: 1 }])
      const count = async (transaction: number) => (await transactions.samples({ ...all, transaction })).total
      const energyOn = async (at: number) =>
        (await statistics.power({ from: at, until: at + day, stepS: 3_600 })).reduce((sum, each) => sum + each.energy_kwh, 0)
      expect([await count(old), await count(recent)]).toEqual([1_200, 60])
      expect(await energyOn(noon - 40 * day)).toBeCloseTo(120, 3)
      await passed(w.clock, stores, 30)
      expect([await count(old), await count(recent)]).toEqual([0, 60])
      expect((await transactions.samples({ ...all, charger: 'A' })).total).toBe(61)
      expect([await energyOn(noon - 40 * day), await energyOn(noon - 9 * day)]).toEqual([0, expect.closeTo(6, 3)])
      // What stays.
      expect(await transactions.one(old)).toMatchObject({ energy_wh: 120_000, cost: 60 })
      const heat = await statistics.energyByCharger(noon - 50 * day)
      expect(heat).toMatchObject([{ charger_id: 'A', energy_kwh: expect.closeTo(126, 3) }])
      // The same sample once more is not counted again.
      await transactions.sampled('A', 1, old, [{ atMs: noon - 40 * day + minute, energy_wh: 100 }])
      expect(await statistics.energyByCharger(noon - 50 * day)).toEqual(heat)
      await w.close()
    })

    test('what a transaction costs is decided at its end', async () => {
      const w = await storeWorld(engine)
      const { transactions, sites, chargers } = w.store
      const north = { id: 'north', name: 'North', latitude: 33, longitude: 126 }
      await sites.put({ ...north, tariff_per_kwh: 2 })
      await chargers.put({ id: 'A', site_id: 'north' })
      const ended = await charged(w.store, 'A', noon - day, 60)
      const { id } = await transactions.begin(start('A', { meterStartWh: 0 }))
      await transactions.sampled('A', 1, id, [{ atMs: noon + minute, energy_wh: 1_000 }])
      expect([(await transactions.one(ended))?.cost, (await transactions.one(id))?.cost]).toEqual([12, 2])
      await sites.put({ ...north, tariff_per_kwh: 3 })
      expect([(await transactions.one(ended))?.cost, (await transactions.one(id))?.cost]).toEqual([12, 3])
      await sites.remove('north')
      expect([(await transactions.one(ended))?.cost, (await transactions.one(id))?.cost]).toEqual([12, 0.5])
      await w.close()
    })

    test('a station that tells its power alone is charged for what it comes to', async () => {
      const w = await storeWorld(engine)
      const { transactions, statistics } = w.store
      const begin = (key: string) => transactions.begin(start('A', { key, reference: key, startedAt: noon - 1_200_000, meterStartWh: undefined }))
      const { id } = await begin('T-1')
      for (const minutes of [6, 12]) await transactions.sampled('A', 1, id, [{ atMs: noon - 1_200_000 + minutes * minute, power_w: 10_000 }])
      expect(await transactions.one(id)).toMatchObject({ meter_start_wh: 0, energy_wh: 2_000, cost: 1 })
      expect((await statistics.dashboard()).energy_today_kwh).toBeCloseTo(2, 3)
      await transactions.end('A', id, { stoppedAt: noon, meterStopWh: 2_000, reason: undefined, tag: undefined })
      expect(await transactions.one(id)).toMatchObject({ meter_stop_wh: 2_000, energy_wh: 2_000 })
      // A register at the very end, or that of the start that comes late, changes nothing of that.
      for (const [key, late] of [
        ['T-2', false],
        ['T-3', true],
      ] as const) {
        const next = (await begin(key)).id
        await transactions.sampled('A', 1, next, [{ atMs: noon - 840_000, power_w: 10_000 }])
        if (late) await transactions.begin(start('A', { key, reference: key, startedAt: noon - 1_200_001, meterStartWh: 500_000 }))
        expect(await transactions.one(next)).toMatchObject({ energy_wh: 1_000 })
        await transactions.end('A', next, { stoppedAt: noon - 800_000, meterStopWh: 501_000, reason: undefined, tag: undefined })
        expect(await transactions.one(next)).toMatchObject({ meter_start_wh: 500_000, meter_stop_wh: 501_000, energy_wh: 1_000 })
      }
      await w.close()
    })
  })
}

test("a file is its owner's alone, and gives back the room of what went", async () => {
  const file = join(freshDirectory(), 'bench.db')
  const clock = simulatedClock({ epochMs: noon })
  const open = (keepDays?: number) => openBenchStore({ file, clock, log: silentLog, currency: 'EUR', tariffPerKwh: 1, keepDays })
  const full = await open()
  const { id } = await full.transactions.begin(start('A', { startedAt: noon - 3 * day }))
  const others = { Text: 'x'.repeat(3_000) }
  for (let from = 0; from < 1_500; from += 100) {
    const samples = Array.from({ length: 100 }, (_, index) => ({ atMs: noon - 3 * day + from + index, others }))
    await full.transactions.sampled('A', 1, id, samples)
  }
  const folder = dirname(file)
  expect(readdirSync(folder).map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)])).toEqual([
    ['bench.db', '600'],
    ['bench.db-shm', '600'],
    ['bench.db-wal', '600'],
  ])
  await full.close()
  expect(statSync(file).size).toBeGreaterThan(4_000_000)
  const store = await open(1)
  await passed(clock, [store], 30)
  await store.close()
  expect(statSync(file).size).toBeLessThan(1_500_000)
})
