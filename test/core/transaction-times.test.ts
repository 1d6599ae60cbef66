import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { bootDocuments, settledMoments } from '../../src/core/moments.ts'
import { transactionTimes } from '../../src/core/transaction-times.ts'
import { openStore } from '../../src/store/open.ts'

function bench() {
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const clock = simulatedClock({ epochMs: 0 })
  const settled = settledMoments(bootDocuments(store), ledger, clock)
  const note = (transaction: string, fact: Omit<Fact, 'transaction'>) =>
    ledger.append(clock.now(), { ...fact, transaction } as Fact, { subject: transaction, durability: 'grouped' })
  return {
    clock,
    ledger,
    times: () => transactionTimes(ledger, settled),
    start: (id: string) => note(id, { kind: 'transactionStarted', evse: 1, token: 'T', source: 'local', meterWh: 0 } as never),
    sample: (id: string, context = 'periodic') => note(id, { kind: 'meterSampled', evse: 1, context, values: [], endValues: [] } as never),
    end: (id: string) => note(id, { kind: 'transactionEnded', evse: 1, reason: 'local', meterWh: 1 } as never),
  }
}

test('a clock that is set back in a transaction does not turn its times round: they go on by what the boot counted', async () => {
  const b = bench()
  b.clock.synchronise(Date.UTC(2026, 0, 1, 12))
  b.start('a')
  await b.clock.advance(minutes(10))
  b.clock.synchronise(Date.UTC(2026, 0, 1, 11))
  b.sample('a')
  await b.clock.advance(minutes(10))
  b.end('a')
  await b.clock.advance(minutes(5))
  b.start('b')
  const times = b.times()
  const told = b.ledger.after(0, 10).map((entry) => new Date(times.timed(entry).at.epochMs).toISOString().slice(11, 16))
  // The next transaction goes by the clock again.
  expect(told).toEqual(['12:00', '12:10', '12:20', '11:15'])
})

test('however the clock steps: start, samples and end of a transaction are in the order of time, and told the same each time they are told', async () => {
  const act = fc.oneof(
    fc.constantFrom('start', 'sample', 'end').map((what) => ({ what, by: 0 })),
    fc.integer({ min: -hours(50), max: hours(50) }).map((by) => ({ what: 'step', by })),
    fc.nat(hours(2)).map((by) => ({ what: 'wait', by })),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
      const b = bench()
      let id = 0
      let isOpen = false
      for (const { what, by } of acts) {
        await b.clock.advance(what === 'wait' ? by : 1)
        if (what === 'step') b.clock.synchronise(Math.max(b.clock.now().epochMs, Date.UTC(2026, 0, 1)) + by)
        if (what === 'start' && !isOpen) b.start(`${++id}`)
        if (what === 'sample' && isOpen) b.sample(`${id}`)
        if (what === 'end' && isOpen) b.end(`${id}`)
        if (what === 'start' || what === 'end') isOpen = what === 'start'
      }
      b.clock.synchronise(Date.UTC(2026, 5, 1))
      const [times, again] = [b.times(), b.times()]
      const entries = b.ledger.after(0, 1_000)
      const told = entries.map((entry) => times.timed(entry))
      // Sent twice, as after a lost answer, and by the next program.
      for (const [at, entry] of entries.entries()) for (const once of [again.timed(entry), again.timed(entry)]) expect(once).toEqual(told[at])
      for (let n = 1; n <= id; n++) {
        const own = told.filter(({ subject }) => subject === `${n}`)
        const ms = own.map(({ at }) => at.epochMs)
        expect(ms).toEqual(ms.toSorted((x, y) => x - y))
        expect(b.times().history(`${n}`)).toEqual(own)
        for (const { at } of own) expect(at.epochMs).toBeGreaterThan(Date.UTC(2025, 0, 1))
      }
    }),
    { numRuns: 60 },
  )
})
