import fc from 'fast-check'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Fact, MeterSampled } from '../../src/core/facts.ts'
import { thinning } from '../../src/core/thinning.ts'
import { openStore } from '../../src/store/open.ts'
import { someMoment } from '../store/directories.ts'

function bench() {
  const ledger = openStore({ directory: undefined, log: silentLog }).ledger<Fact>()
  const append = (fact: Fact) =>
    ledger.append(someMoment, fact, { durability: 'grouped', ...('transaction' in fact ? { subject: fact.transaction as string } : {}) })
  const sample = (transaction: string | undefined, wh: number, context: MeterSampled['context'] = 'periodic') =>
    append({
      ...{ kind: 'meterSampled', evse: 1, context, endValues: [] },
      ...(transaction === undefined ? {} : { transaction }),
      values: [{ measurand: 'Energy', unit: 'Wh', value: wh }],
    })
  const start = (transaction: string) => append({ kind: 'transactionStarted', transaction, evse: 1, token: 'T', source: 'local', meterWh: 0 })
  const end = (transaction: string) => append({ kind: 'transactionEnded', transaction, evse: 1, reason: 'local', meterWh: 9 })
  const notice = () => append({ kind: 'securityEvent', event: 'startupOfTheDevice' })
  const thin = thinning(ledger, 'reader')
  /** What may be on its way is left alone: so many entries stand before those of a test. */
  for (let n = 0; n < 1_000; n++) notice()
  const facts = () => ledger.after(1_000, 1_000_000).map(({ fact }) => fact)
  const whOf = (transaction?: string) =>
    facts().flatMap((fact) => (fact.kind === 'meterSampled' && fact.transaction === transaction ? fact.values.map(({ value }) => value) : []))
  const round = (keepEvery = 2) => {
    let removed = 0
    for (;;) {
      const step = thin.step(keepEvery, Number.POSITIVE_INFINITY)
      removed += step.removed
      if (step.isRoundOver) return removed
    }
  }
  return { ledger, append, sample, start, end, notice, thin, facts, whOf, round }
}

test('every second middle sample of each series goes; the first and the last, and everything else, stays', () => {
  const b = bench()
  b.start('a')
  b.sample('a', 0, 'begin')
  for (let wh = 1; wh <= 6; wh++) {
    b.sample('a', wh)
    b.sample(undefined, 100 + wh, 'clock')
  }
  b.notice()
  b.sample('a', 7, 'end')
  b.end('a')
  expect(b.round()).toBe(4)
  expect(b.whOf('a')).toEqual([0, 1, 3, 5, 6, 7])
  expect(b.whOf()).toEqual([101, 103, 105, 106])
  expect(b.facts().filter(({ kind }) => kind !== 'meterSampled')).toHaveLength(3)
  for (let more = 0; more < 3; more++) b.round()
  expect(b.whOf('a')).toEqual([0, 1, 6, 7])
})

test('one of so many middle samples is kept where more has to go', () => {
  const b = bench()
  for (let wh = 0; wh <= 20; wh++) b.sample('a', wh)
  b.round(8)
  expect(b.whOf('a')).toEqual([0, 8, 16, 20])
})

test('the oldest go first, and no more than asked for', () => {
  const b = bench()
  for (let wh = 0; wh < 10; wh++) b.sample('a', wh)
  for (let wh = 0; wh < 10; wh++) b.sample('b', wh)
  expect(b.thin.step(2, 3)).toEqual({ removed: 3, isRoundOver: false })
  expect([b.whOf('a').length, b.whOf('b').length]).toEqual([7, 10])
  // The next step goes on where this one stopped, and does not halve the same ones again.
  b.thin.step(2, 2)
  expect([b.whOf('a'), b.whOf('b')]).toEqual([
    [0, 2, 4, 6, 8, 9],
    [0, 2, 3, 4, 5, 6, 7, 8, 9],
  ])
})

test('what was delivered, what may be on its way, and what was given up is left alone', () => {
  const b = bench()
  for (let wh = 0; wh < 10; wh++) b.sample('a', wh)
  const given = b.ledger.after(1_000, 2).at(-1)?.sequence ?? 0
  b.ledger.giveUp('reader', given, 'no')
  b.round()
  expect(b.whOf('a')).toEqual([0, 1, 2, 4, 6, 8, 9])
  b.ledger.moveTo('reader', 1, 'durable')
  expect(b.round()).toBe(2)
})

test('whatever is in the ledger: series keep their first and last sample and stay evenly spread, however many rounds there are', () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constantFrom('start', 'end', 'notice'), of: fc.nat(3) }),
    fc.record({ kind: fc.constant('samples'), of: fc.nat(3), count: fc.nat(400) }),
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (acts, rounds) => {
      const b = bench()
      let wh = 0
      for (const each of acts) {
        if (each.kind === 'start') b.start(`${each.of}`)
        if (each.kind === 'end') b.end(`${each.of}`)
        if (each.kind === 'notice') b.notice()
        if ('count' in each) for (let n = 0; n < each.count; n++) b.sample(`${each.of}`, ++wh)
      }
      const ids = ['0', '1', '2', '3']
      const before = ids.map((id) => b.whOf(id))
      const others = b.facts().filter(({ kind }) => kind !== 'meterSampled')
      for (let round = 0; round < rounds; round++) b.round()
      expect(b.facts().filter(({ kind }) => kind !== 'meterSampled')).toEqual(others)
      for (const [at, id] of ids.entries()) {
        const all = before[at] ?? []
        const step = 2 ** rounds
        expect(b.whOf(id)).toEqual(all.filter((_wh, place) => place % step === 0 || place === all.length - 1))
      }
    }),
    { numRuns: 40 },
  )
})
