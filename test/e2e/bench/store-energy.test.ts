import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engines, noon, type StoreWorld, start, storeWorld } from './stores.ts'

const site = { id: 'north', name: 'North', latitude: 33.5, longitude: 126.5, tariff_per_kwh: 2 }
const all = { offset: 0, limit: 100 }
const iso = (epochMs: number) => new Date(epochMs).toISOString()

for (const engine of engines) {
  describe.skipIf(!engine.isThere)(engine.name, () => {
    let w: StoreWorld
    beforeEach(async () => {
      w = await storeWorld(engine)
    })
    afterEach(() => w.close())

    test('power over time is the same whether stations sample often or seldom, at once or late', async () => {
      const { transactions, chargers, sites, statistics } = w.store
      await sites.put(site)
      const hour = 3_600_000
      const begin = noon - hour
      for (const id of ['often', 'seldom', 'late']) {
        await chargers.put({ id, site_id: 'north' })
        const transaction = await transactions.begin(start(id, { startedAt: begin, meterStartWh: 0 }))
        const each = id === 'often' ? 10_000 : id === 'seldom' ? 900_000 : hour
        for (let at = begin + each; at <= noon; at += each) {
          await transactions.sampled(id, 1, transaction.id, [{ atMs: at, power_w: 7_200, energy_wh: ((at - begin) / hour) * 7_200 }])
        }
      }
      const points = await statistics.power({ from: begin - 600_000, until: noon, stepS: 300 })
      expect(points).toHaveLength(14)
      expect(points.map(({ power_kw }) => Math.round(power_kw * 10) / 10)).toEqual([0, 0, ...Array(12).fill(21.6)])
      expect(points.map((each) => each.active_transactions)).toEqual([0, 3, ...Array(12).fill(3)])
      expect(points.reduce((sum, each) => sum + each.energy_kwh, 0)).toBeCloseTo(21.6, 2)
      expect(points[0]?.at).toBe(iso(begin - 300_000))
      const here = await statistics.power({ from: begin, until: noon, stepS: 3_600, site: 'north' })
      expect(here).toMatchObject([{ active_transactions: 3 }])
      expect(here[0]?.energy_kwh).toBeCloseTo(21.6, 2)
      expect(await statistics.power({ from: begin, until: noon, stepS: 3_600, site: 'south' })).toMatchObject([{ power_kw: 0 }])
      expect(await statistics.dashboard()).toMatchObject({ energy_today_kwh: 21.6, revenue_today: 43.2, transactions_today: 3, active_transactions: 3 })
      expect(await sites.one('north')).toMatchObject({ energy_today_kwh: 21.6, chargers: 3 })
      const heat = await statistics.energyByCharger(begin)
      expect(heat.map((each) => [each.charger_id, each.latitude, Math.round(each.energy_kwh * 10)]).sort()).toEqual([
        ['late', 33.5, 72],
        ['often', 33.5, 72],
        ['seldom', 33.5, 72],
      ])
    })

    test('how many ran at the end of each step is told, whenever they began and ended', async () => {
      const { transactions, statistics } = w.store
      const minute = 60_000
      const ran = async (id: string, from: number, until: number | undefined) => {
        const { id: number } = await transactions.begin(start(id, { startedAt: noon + from * minute, meterStartWh: 0 }))
        const end = { meterStopWh: 0, reason: undefined, tag: undefined }
        if (until !== undefined) await transactions.end(id, number, { ...end, stoppedAt: noon + until * minute })
      }
      await ran('before', -20, -10)
      await ran('ends at the beginning', -20, 0)
      await ran('into it', -20, 5)
      await ran('all the time', -20, undefined)
      await ran('within a step', 1, 2)
      await ran('until after', 10, 25)
      const points = await statistics.power({ from: noon, until: noon + 20 * minute, stepS: 300 })
      expect(points.map((each) => each.active_transactions)).toEqual([1, 2, 2, 2])
      expect((await statistics.power({ from: noon - 15 * minute, until: noon, stepS: 300 })).map((each) => each.active_transactions)).toEqual([3, 3, 2])
    })

    test('between two samples the newest power goes on', async () => {
      const { transactions, chargers, statistics } = w.store
      await chargers.connected('A', 'p', '1.6')
      const { id } = await transactions.begin(start('A', { meterStartWh: 0 }))
      await w.clock.advance(60_000)
      await transactions.sampled('A', 1, id, [{ atMs: noon + 60_000, power_w: 6_000, energy_wh: 100 }])
      await w.clock.advance(630_000)
      const points = await statistics.power({ from: noon, until: noon + 720_000, stepS: 60 })
      expect(points.map(({ power_kw }) => Math.round(power_kw))).toEqual(Array(12).fill(6))
      expect(await statistics.dashboard()).toMatchObject({ power_kw: 6, utilisation_percent: 100, connected: 1 })
    })

    test('whatever comes twice or in another order, the same is kept', async () => {
      const { transactions, statistics } = w.store
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean()), { minLength: 1, maxLength: 12 }), async (heard) => {
          const station = `S${run++}`
          const { id } = await transactions.begin(start(station, { meterStartWh: 0 }))
          const before = (await statistics.dashboard()).energy_today_kwh
          const send = (minute: number) => transactions.sampled(station, 1, id, [{ atMs: noon + minute * 60_000, energy_wh: minute * 100 }])
          await Promise.all(heard.flatMap(([minute, isTwice]) => (isTwice ? [send(minute), send(minute)] : [send(minute)])))
          const minutes = new Set(heard.map(([minute]) => minute))
          expect((await transactions.samples({ ...all, transaction: id })).total).toBe(minutes.size)
          expect((await transactions.one(id))?.energy_wh).toBe(Math.max(...minutes) * 100)
          expect((await statistics.dashboard()).energy_today_kwh - before).toBeCloseTo(Math.max(...minutes) / 10, 3)
        }),
        { numRuns: 15 },
      )
    })
  })
}
