import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Frame } from '../../../bench/csms/rest/shapes.ts'
import type { Measured } from '../../../bench/csms/store/store.ts'
import { isoOf } from '../../../src/base/moment.ts'
import { engines, noon, type StoreWorld, start, storeWorld } from './stores.ts'

const site = { id: 'north', name: 'North', latitude: 33.5, longitude: 126.5, tariff_per_kwh: 2 }
const all = { offset: 0, limit: 100 }
const iso = (epochMs: number) => new Date(epochMs).toISOString()
const frame = (charger_id: string, more: Partial<Frame> = {}): Frame => ({
  ...{ charger_id, at: iso(noon), direction: 'in', kind: 'call', action: 'Heartbeat', message_id: '1', payload: {} },
  ...more,
})

for (const engine of engines) {
  describe.skipIf(!engine.isThere)(engine.name, () => {
    let w: StoreWorld
    beforeEach(async () => {
      w = await storeWorld(engine)
    })
    afterEach(() => w.close())

    test('a charger is what people and the station say of it', async () => {
      const { chargers, sites } = w.store
      await sites.put(site)
      await chargers.put({ id: 'A', site_id: 'north', name: 'Left', max_kw: 22 })
      await chargers.put({ id: 'A', kind: 'ac' })
      expect(await chargers.one('A')).toMatchObject({
        site_id: 'north',
        name: 'Left',
        max_kw: 22,
        kind: 'ac',
        latitude: 33.5,
        state: 'offline',
        has_password: false,
      })
      await chargers.connected('A', 'p1', '1.6')
      await chargers.booted('A', { vendor: 'V', model: 'M', firmwareVersion: '1.2', at: noon })
      await chargers.statusChanged('A', { evse: 0, connector: 0, status: 'Available', at: noon })
      await chargers.statusChanged('A', { evse: 1, connector: 1, status: 'Preparing', info: 'cable in', at: noon })
      const one = await chargers.one('A')
      expect(one).toMatchObject({ is_connected: true, ocpp_version: '1.6', vendor: 'V', firmware_version: '1.2', state: 'occupied', power_w: 0 })
      expect(one?.connectors).toEqual([{ evse_id: 1, connector_id: 1, status: 'Preparing', info: 'cable in', since: iso(noon) }])
      await chargers.disconnected('A', 'p2')
      expect((await chargers.one('A'))?.is_connected).toBe(true)
      expect(await chargers.processes()).toEqual(['p1'])
      expect(await chargers.allGone('p1')).toEqual(['A'])
      expect(await chargers.one('A')).toMatchObject({ is_connected: false, state: 'offline' })
      await chargers.limited('A', 0, { watts: 11_000 }, noon)
      await chargers.limited('A', 1, { amps: 16 }, noon)
      await chargers.limited('A', 0, undefined, noon)
      expect(await chargers.some(['A', 'Z'])).toMatchObject([{ id: 'A', connectors: [{ limit_a: 16 }] }])
      expect((await chargers.one('A'))?.limit_w).toBeUndefined()
      expect(await sites.remove('north')).toBe(true)
      expect((await chargers.one('A'))?.site_id).toBeUndefined()
      expect([await chargers.remove('A'), await chargers.remove('A'), await chargers.isKnown('A')]).toEqual([true, false, false])
    })

    test('chargers are found by site, state and a part of what they are called', async () => {
      const { chargers, sites } = w.store
      await sites.put(site)
      const ids = Array.from({ length: 25 }, (_, index) => `CP-${String(index).padStart(2, '0')}`)
      await Promise.all(ids.map((id, index) => chargers.put({ id, ...(index < 5 ? { site_id: 'north' } : {}), name: index === 7 ? '100%_real' : 'plain' })))
      await Promise.all(ids.slice(0, 3).map((id) => chargers.connected(id, 'p', '2.0.1')))
      expect(await chargers.page({ offset: 20, limit: 10 })).toMatchObject({ total: 25, offset: 20, items: ids.slice(20).map((id) => ({ id })) })
      expect(await chargers.page({ ...all, site: 'north' })).toMatchObject({ total: 5 })
      expect((await chargers.page({ ...all, state: 'available' })).items.map(({ id }) => id)).toEqual(ids.slice(0, 3))
      expect((await chargers.page({ ...all, text: 'cp-1' })).total).toBe(10)
      expect((await chargers.page({ ...all, text: '%_R' })).items.map(({ id }) => id)).toEqual(['CP-07'])
    })

    test('a password is kept as a hash, and asked for where there is one', async () => {
      const { chargers } = w.store
      const bytes = (text: string) => new Uint8Array(Buffer.from(text))
      expect(await chargers.isPassword('A', undefined)).toBe(true)
      await chargers.setPassword('A', 'geheim')
      expect((await chargers.one('A'))?.has_password).toBe(true)
      for (const _ of [1, 2]) {
        expect(await chargers.isPassword('A', bytes('geheim'))).toBe(true)
        expect(await chargers.isPassword('A', bytes('geheim2'))).toBe(false)
        expect(await chargers.isPassword('A', undefined)).toBe(false)
      }
      await chargers.setPassword('A', 'anders')
      expect(await chargers.isPassword('A', bytes('geheim'))).toBe(false)
      await chargers.setPassword('A', undefined)
      expect(await chargers.isPassword('A', undefined)).toBe(true)
    })

    test('the same start is one transaction, and numbers only grow', async () => {
      const { transactions } = w.store
      const other = engine.isShared ? await w.again() : w.store
      const begun = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? w.store : other).transactions.begin(start('A'))))
      const [{ id } = { id: 0 }] = begun
      expect(new Set(begun.map((each) => each.id))).toEqual(new Set([id]))
      expect(begun.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1)
      expect(await transactions.one(id)).toMatchObject({ repeated: 19, charger_id: 'A', tag: 'CARD', energy_wh: 0 })
      const next = await transactions.begin(start('A', { startedAt: noon + 1 }))
      const third = await other.transactions.begin(start('B'))
      expect(next.id).toBeGreaterThan(id)
      expect(third.id).toBeGreaterThan(next.id)
      expect((await transactions.page({ ...all, charger: 'A' })).items.map((each) => each.id)).toEqual([next.id, id])
      expect(await transactions.page({ ...all, isRunning: true, tag: 'card' })).toMatchObject({ total: 3 })
    })

    test('a stop ends once: the same again is recognised, another one changes nothing', async () => {
      const { transactions, chargers } = w.store
      await chargers.connected('A', 'p', '1.6')
      const { id } = await transactions.begin(start('A'))
      await transactions.sampled('A', 1, id, [{ atMs: noon + 60_000, power_w: 11_000, energy_wh: 1_100, voltage_v: 230, soc_percent: 40 }])
      expect(await chargers.one('A')).toMatchObject({ power_w: 11_000, state: 'charging', connectors: [{ transaction_id: id, power_w: 11_000 }] })
      const stop = { stoppedAt: noon + 120_000, meterStopWh: 1_300, reason: 'Local', tag: 'CARD' }
      expect(await transactions.end('B', id, stop)).toBe('unknown')
      expect(await transactions.end('A', id, stop)).toBe('ended')
      expect(await transactions.end('A', id, stop)).toBe('repeated')
      expect(await transactions.end('A', id, { ...stop, meterStopWh: 9_999 })).toBe('other')
      expect(await transactions.end('A', 2 ** 60, stop)).toBe('unknown')
      expect(await transactions.one(id)).toMatchObject({ meter_stop_wh: 1_300, energy_wh: 300, duration_s: 120, cost: 0.15, repeated: 1, reason: 'Local' })
      const [outlet] = (await chargers.one('A'))?.connectors ?? []
      expect(outlet).not.toHaveProperty('transaction_id')
      for (const over of ['power_w', 'voltage_v', 'soc_percent']) expect(outlet).not.toHaveProperty(over)
      // What comes late belongs to it, and says nothing of now.
      await transactions.sampled('A', 1, id, [{ atMs: noon + 90_000, power_w: 9_000, energy_wh: 1_250 }])
      expect(await chargers.one('A')).toMatchObject({ power_w: 0 })
      expect((await transactions.samples({ ...all, transaction: id })).total).toBe(2)
    })

    test('a sample is kept once, and unknown transactions take none', async () => {
      const { transactions } = w.store
      const { id } = await transactions.begin(start('A'))
      const sample: Measured = { atMs: noon + 10_000, power_w: 5_000, energy_wh: 1_010, others: { Temperature: '31 Celsius' } }
      for (const _ of [1, 2]) expect(await transactions.sampled('A', 1, id, [sample, { ...sample, context: 'Sample.Clock' }])).toBe('kept')
      await transactions.sampled('A', 1, undefined, [sample])
      expect(await transactions.sampled('A', 1, 4_711, [sample])).toBe('unknown')
      expect(await transactions.sampled('B', 1, id, [sample])).toBe('unknown')
      const { items, total } = await transactions.samples({ ...all, transaction: id })
      expect(total).toBe(2)
      expect(items[0]).toEqual({
        charger_id: 'A',
        evse_id: 1,
        transaction_id: id,
        at: iso(noon + 10_000),
        power_w: 5_000,
        energy_wh: 1_010,
        others: sample.others,
      })
      expect((await transactions.samples({ ...all, charger: 'A', from: noon, until: noon + 10_001 })).total).toBe(3)
      expect((await transactions.samples({ ...all, charger: 'A', from: noon + 10_001 })).total).toBe(0)
    })

    test('a charger that is gone or has failed shows no power', async () => {
      const { transactions, chargers } = w.store
      await chargers.connected('A', 'p', '1.6')
      for (const evse of [1, 2]) {
        const { id } = await transactions.begin(start('A', { evse, startedAt: noon + evse }))
        await transactions.sampled('A', evse, id, [{ atMs: noon + 5_000, power_w: 4_000 }])
        await chargers.statusChanged('A', { evse, connector: 1, status: 'Charging', at: noon })
      }
      expect(await chargers.one('A')).toMatchObject({ power_w: 8_000, state: 'charging' })
      await chargers.statusChanged('A', { evse: 2, connector: 1, status: 'Faulted', errorCode: 'GroundFailure', at: noon })
      expect(await chargers.one('A')).toMatchObject({ power_w: 4_000, state: 'faulted' })
      await chargers.disconnected('A', 'p')
      expect(await chargers.one('A')).toMatchObject({ power_w: 0, state: 'offline' })
      expect(await w.store.statistics.dashboard()).toMatchObject({ power_kw: 0, states: { offline: 1 } })
    })

    test('a station of OCPP 2.0.1 tells bit by bit where it charges, and late when it began', async () => {
      const { transactions, chargers } = w.store
      await chargers.connected('A', 'p', '2.0.1')
      const first = { key: 'T-1', reference: 'T-1', evse: undefined, connector: undefined, tag: undefined, meterStartWh: undefined }
      const { id } = await transactions.begin(start('A', { ...first, startedAt: noon + 60_000 }))
      expect((await transactions.begin(start('A', { ...first, startedAt: noon }))).id).toBe(id)
      expect(await transactions.update('A', 'T-1', { evse: 2, connector: 1, tag: 'TAG' })).toBe(true)
      expect(await transactions.update('A', 'T-2', { evse: 2 })).toBe(false)
      expect(await transactions.byReference('A', 'T-1')).toBe(id)
      await transactions.sampled('A', 2, id, [{ atMs: noon + 120_000, energy_wh: 5_000 }])
      await transactions.sampled('A', 2, id, [{ atMs: noon + 180_000, energy_wh: 5_200 }])
      expect(await transactions.one(id)).toMatchObject({ started_at: iso(noon), evse_id: 2, tag: 'TAG', meter_start_wh: 5_000, energy_wh: 200, repeated: 0 })
      // A station that measures energy alone: the power is what it comes to.
      expect(await chargers.one('A')).toMatchObject({ power_w: 12_000, connectors: [{ evse_id: 2, transaction_id: id }] })
    })

    test('cards are known without regard to case', async () => {
      const { tokens } = w.store
      await tokens.put({ tag: 'AbCd', status: 'Accepted', parent_tag: 'P', expires_at: iso(noon) })
      await tokens.put({ tag: 'ABCD', status: 'Blocked', name: 'Anna' })
      expect(await tokens.one('abcd')).toEqual({ tag: 'ABCD', status: 'Blocked', name: 'Anna' })
      expect(await tokens.page({ ...all, text: 'ann' })).toMatchObject({ total: 1 })
      expect([await tokens.remove('aBcD'), await tokens.remove('aBcD'), await tokens.one('abcd')]).toEqual([true, false, undefined])
    })

    test('frames are there, newest first, and the oldest go', async () => {
      await w.close()
      w = await storeWorld(engine, { frames: 50 })
      const { frames } = w.store
      frames.keep(frame('A', { payload: { a: [1, 'x'] }, message_id: 'first' }))
      frames.keep(frame('B', { direction: 'out', kind: 'result' }))
      const both = await frames.page(all)
      expect(both).toMatchObject({ total: 2, items: [{ charger_id: 'B' }, { charger_id: 'A', payload: { a: [1, 'x'] }, message_id: 'first' }] })
      expect((await frames.page({ ...all, charger: 'A', direction: 'in', kind: 'call', action: 'Heartbeat' })).total).toBe(1)
      expect((await frames.page({ ...all, after: both.items[1]?.id })).items.map((each) => each.charger_id)).toEqual(['B'])
      for (let round = 0; round < 4; round++) {
        for (let index = 0; index < 100; index++) frames.keep(frame('C', { message_id: `${round}/${index}` }))
        await frames.page(all)
      }
      const left = await frames.page(all)
      expect(left.total).toBe(50)
      expect(left.items[0]?.message_id).toBe('3/99')
    })

    test('nobody waits for frames, and they are written soon', async () => {
      w.store.frames.keep(frame('A'))
      await w.clock.advance(1_000)
      const other = engine.isShared ? await w.again() : w.store
      expect((await other.frames.page(all)).total).toBe(1)
    })

    test('a write that cannot be done does not spoil those beside it', async () => {
      const { chargers } = w.store
      const outcomes = await Promise.allSettled([
        chargers.put({ id: 'A', name: 'a' }),
        chargers.put({ id: 'B', site_id: 'there is no such site' }),
        chargers.put({ id: 'C', name: 'c' }),
      ])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect((await chargers.page(all)).items.map(({ id }) => id)).toEqual(['A', 'C'])
      expect(await w.store.health()).toBeUndefined()
    })

    test('what no station says in earnest breaks nothing', async () => {
      const { chargers, transactions, statistics } = w.store
      await chargers.connected('A', 'p', '1.6')
      await chargers.booted('A', { vendor: 'V\0\ud800', model: "'; DROP TABLE stations; --", at: noon })
      await chargers.statusChanged('A', { evse: 2 ** 50, connector: 1, status: 'Available', at: noon })
      const { id } = await transactions.begin(start('A', { evse: 2 ** 40, meterStartWh: 1e300, startedAt: -62_135_596_800_000 }))
      await transactions.sampled('A', 1, id, [
        { atMs: noon, power_w: 1.7e308, energy_wh: -1e308 },
        { atMs: 253_402_300_799_000, power_w: 1e12, energy_wh: 1e12 },
        { atMs: noon + 1, others: { long: 'x'.repeat(100_000) } },
      ])
      await transactions.end('A', id, { stoppedAt: noon + 2, meterStopWh: Number.MAX_VALUE, reason: undefined, tag: undefined })
      expect((await chargers.one('A'))?.vendor).toMatch(/^V\ufffd/)
      expect((await statistics.dashboard()).energy_today_kwh).toBe(0)
      expect((await transactions.page(all)).items[0]?.energy_wh).toBeLessThan(1e13)
    })

    test('what changed is told after it is there', async () => {
      const told: string[] = []
      w.store.chargerChanged.on((id) => told.push(id))
      w.store.transactionChanged.on(({ transaction }) => told.push(`#${transaction}`))
      await w.store.chargers.connected('A', 'p', '1.6')
      const { id } = await w.store.transactions.begin(start('A'))
      await w.store.transactions.sampled('A', 1, id, [{ atMs: noon, power_w: 1 }])
      expect(told).toEqual(['A', `#${id}`, 'A', 'A'])
    })

    test('closing writes what waits, and takes nothing more', async () => {
      const waiting = w.store.chargers.put({ id: 'A' })
      w.store.chargers.seen('A')
      await w.store.close()
      await expect(waiting).resolves.toBeUndefined()
      await expect(w.store.chargers.put({ id: 'B' })).rejects.toThrow('closed')
      if (engine.isShared) expect(await (await w.again()).chargers.one('A')).toMatchObject({ id: 'A', seen_at: isoOf(w.clock.now()) })
    })
  })
}
