import { afterEach, describe, expect, test } from 'vitest'
import type { Sample } from '../../../bench/csms/rest/shapes.ts'
import { openBenchStore } from '../../../bench/csms/store/open.ts'
import type { BenchStore } from '../../../bench/csms/store/store.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLog } from '../../../src/base/log.ts'
import { type Program, program } from '../program.ts'
import { watched } from '../watched.ts'
import { type RawStation, rawStation } from './raw-station.ts'
import { engines, noon } from './stores.ts'

const stationCount = 200
const all = { offset: 0, limit: 1_000 }

const stations: RawStation[] = []
afterEach(() => {
  for (const each of stations.splice(0)) each.close()
})

for (const engine of engines.filter(({ isShared }) => isShared)) {
  describe.skipIf(!engine.isThere)(engine.name, () => {
    test('what was acknowledged is there after kill -9 under load, and no transaction twice', { timeout: 60_000 }, async () => {
      const place: { readonly file: string; readonly databaseUrl?: string } = await engine.place()
      const acknowledgements = watched<void>()
      for (let index = 0; index < stationCount; index++) stations.push(rawStation(`CP-${index}`, noon + index, () => acknowledgements.add()))

      const first = central(place)
      await connected(first)
      const charging = Promise.all(stations.map((each) => each.charge(() => false)))
      await acknowledgements.until(() => acknowledgements.all.length >= 7 * stationCount)
      await first.end('SIGKILL')
      await charging
      const unanswered = stations.filter(({ open }) => open !== undefined).length

      const second = central(place)
      await connected(second)
      const again = await Promise.all(stations.map(async (each) => [each.acknowledged.at(-1)?.transaction, await each.startAgain()] as const))
      const known = again.filter(([, id]) => id !== undefined)
      await Promise.all(stations.map((each) => each.charge(() => true)))
      expect(await second.end()).toMatchObject({ code: 0 })

      expect(unanswered).toBeGreaterThan(0)
      expect(known.length).toBeGreaterThan(0)
      for (const [before, id] of known) expect(id).toBe(before)
      const store = await openBenchStore({
        file: place.file,
        databaseUrl: place.databaseUrl,
        clock: systemClock(),
        log: silentLog,
        currency: 'EUR',
        tariffPerKwh: 1,
      })
      try {
        expect(await kept(store)).toEqual(Object.fromEntries(stations.map((each) => [each.id, told(each)])))
        expect(await store.statistics.dashboard()).toMatchObject({ active_transactions: 0 })
      } finally {
        await store.close()
      }
    })
  })
}

function central({ file, databaseUrl }: { readonly file: string; readonly databaseUrl?: string }): Program {
  const words = ['csms', '--port', '0', '--http', 'off', '--keep', 'forever', ...(databaseUrl === undefined ? ['--database', file] : [])]
  return program('bench/main.ts', words, { environment: { DATABASE_URL: databaseUrl } })
}

async function connected(server: Program): Promise<void> {
  const [, url = ''] = await server.said(/(ws:\/\/[\d.:]+)/)
  await Promise.all(stations.map((each) => each.connect(url)))
}

/** As the station was told. */
function told({ acknowledged }: RawStation) {
  return acknowledged.map(({ transaction, start, samples, stop }) => ({
    transaction,
    started: start['timestamp'],
    samples,
    stopped: stop?.['timestamp'],
    register: stop?.['meterStop'],
  }))
}

/** As the database has it, by station. */
async function kept({ transactions }: BenchStore) {
  const samples: Sample[] = []
  for (let total = 1; samples.length < total; ) {
    const page = await transactions.samples({ ...all, offset: samples.length })
    total = page.total
    samples.push(...page.items)
  }
  const of = Map.groupBy(samples, ({ transaction_id }) => transaction_id)
  const rows = (await transactions.page(all)).items.toReversed().map(({ id, charger_id, started_at, stopped_at, meter_stop_wh }) => ({
    charger_id,
    row: { transaction: id, started: started_at, samples: of.get(id)?.map(({ at }) => at) ?? [], stopped: stopped_at, register: meter_stop_wh },
  }))
  const ofStations = Map.groupBy(rows, ({ charger_id }) => charger_id)
  return Object.fromEntries([...ofStations].map(([charger, list]) => [charger, list.map(({ row }) => row)]))
}
