import { afterAll, expect, test } from 'vitest'
import { meterCatalogue } from '../../../hal/meters/models.ts'
import type { MeterTable } from '../../../hal/spec/meter-table.ts'
import { simulatedClock } from '../../../src/base/simulated-clock.ts'
import { seeded } from '../../seeded.ts'
import { type Outcome, runCampaign } from './campaign.ts'
import { memoryLine } from './lines.ts'

const catalogue = await meterCatalogue()
const faults = 10_000

/** Three different meters to a bus, and the first of them a second time. */
const buses = Array.from({ length: Math.ceil(catalogue.length / 3) }, (_, at) => {
  const three = catalogue.slice(3 * at, 3 * at + 3)
  return { names: three.map(({ name }) => name).join(', '), tables: [...three, ...three.slice(0, 1)].map(({ table }) => table) }
})
/** Blocks of one length that cannot be widened: only waiting tells their replies apart. */
const stubborn = {
  ...(catalogue[0]?.table as MeterTable),
  mostRegisters: 6,
  blocks: [
    [0, 6],
    [100, 6],
    [200, 6],
  ],
} as const
const share = Math.ceil(faults / (buses.length + 1))

let injected = 0
afterAll(() => expect(injected).toBeGreaterThanOrEqual(faults))

async function simulate(tables: readonly MeterTable[], seed: number): Promise<Outcome> {
  const clock = simulatedClock()
  const { line, wire } = memoryLine()
  const settings = { baud: 9_600, gapMs: seed % 2 === 0 ? 100 : 10, retries: seed % 3 }
  const isDone = runCampaign({ clock, line, wire, settings, tables, chance: seeded(seed), faults: share, echoes: seed % 4 === 3, pollMs: 500, lateMs: 5_000 })
  let outcome: Outcome | undefined
  void isDone.then((value) => {
    outcome = value
  })
  while (outcome === undefined && clock.monotonic() < 20_000_000) await clock.advance(10_000)
  if (outcome === undefined) throw new Error('the bus hangs')
  return outcome
}

test.each([...buses, { names: 'blocks of one length', tables: [stubborn, stubborn] }].map((each, at) => ({ ...each, seed: 1 + at })))(
  'no reading carries the value of another register: $names',
  async ({ tables, seed }) => {
    const outcome = await simulate(tables, seed)
    injected += [...outcome.injected.values()].reduce((sum, each) => sum + each, 0)
    expect(outcome.wrong.slice(0, 5)).toEqual([])
    expect(outcome.injected.size).toBe(12)
    // Faults in six of ten replies, and yet it goes on.
    expect(outcome.good).toBeGreaterThan(share / 5)
  },
)
