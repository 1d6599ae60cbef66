import { expect, test } from 'vitest'
import type { RestParts } from '../../../../bench/csms/rest/parts.ts'
import type { Visit } from '../../../../bench/csms/rest/route.ts'
import type { Sample } from '../../../../bench/csms/rest/shapes.ts'
import { transactionRoutes } from '../../../../bench/csms/rest/transaction-routes.ts'

/** The curve of a transaction with so many samples; each says in `power_w` which it is. */
async function curve(count: number): Promise<{ readonly samples: readonly Sample[]; readonly samples_total: number }> {
  const all = Array.from({ length: count }, (_, each) => ({ charger_id: 'CP-1', evse_id: 1, at: '2026-05-01T08:00:00.000Z', power_w: each }))
  const transactions = {
    one: async () => ({ id: 1 }),
    samples: async ({ offset, limit }: { readonly offset: number; readonly limit: number }) => ({ items: all.slice(offset, offset + limit), total: count }),
  }
  const route = transactionRoutes.find(({ path }) => path === '/transactions/{id}')
  const parts = { store: { transactions } } as unknown as RestParts
  return route?.run({ params: { id: 1 }, query: {}, body: undefined }, parts, {} as Visit) as ReturnType<typeof curve>
}

test.each([0, 1, 999, 1_000])('a curve of %i samples is told whole', async (count) => {
  const { samples, samples_total } = await curve(count)
  expect([samples.length, samples_total]).toEqual([count, count])
})

test.each([1_001, 1_999, 12_345, 99_991])('of %i samples at most 1,000 are told, evenly, with the first and the last', async (count) => {
  const { samples, samples_total } = await curve(count)
  const told = samples.map(({ power_w = -1 }) => power_w)
  expect(samples_total).toBe(count)
  expect(told.length).toBeLessThanOrEqual(1_000)
  expect([told[0], told.at(-1)]).toEqual([0, count - 1])
  const gaps = new Set(told.slice(1, -1).map((each, at) => each - (told[at] ?? 0)))
  expect(gaps.size).toBe(1)
})
