import { expect, test } from 'vitest'
import { chance } from '../../src/base/chance.ts'
import { campaign } from './campaign.ts'

/** How often a charger is killed; a longer run sets PILOTWIRE_CHARGER_KILLS, or calls `node test/crash/run.ts --kills 200`. */
const kills = Number(process.env['PILOTWIRE_CHARGER_KILLS'] ?? 12)
const seed = Math.floor(chance() * 1_000_000)

test(`chargers that are killed ${kills} times at random moments of sessions keep every transaction whole (seed ${seed})`, {
  timeout: 60_000 + kills * 5_000,
}, async () => {
  const { figures, faults } = await campaign({ kills, seed, chargers: 3 })
  expect(faults, `seed ${seed}, ${JSON.stringify(figures)}`).toEqual([])
  expect(figures).toMatchObject({ kills })
  expect(figures.transactions).toBeGreaterThan(3)
})
