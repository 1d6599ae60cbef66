import type { Kysely } from 'kysely'
import { dayMs } from './energy.ts'
import type { Tables } from './tables.ts'

export const midnightBefore = (epochMs: number) => Math.floor(epochMs / dayMs) * dayMs

/** Wh of each site from this midnight on; empty is the name of none. */
export async function energySince(db: Kysely<Tables>, midnight: number): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('statistics')
    .select(['scope', (eb) => eb.fn.sum<number>('energy_wh').as('wh')])
    .where('kind', '=', 'site-day')
    .where('at', '>=', midnight)
    .groupBy('scope')
    .execute()
  return new Map(rows.map(({ scope, wh }) => [scope, wh]))
}
