import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { exportLedger } from '../../src/store/export.ts'
import { openStore } from '../../src/store/open.ts'
import { newDirectory } from './directories.ts'

test('the ledger is handed out while a station runs on it, with who has passed a fact and who gave it up', () => {
  const state = newDirectory()
  const store = openStore({ directory: state, log: silentLog })
  const ledger = store.ledger<{ readonly kind: 'counted'; readonly n: number }>()
  const { now } = simulatedClock({ epochMs: Date.UTC(2026, 2, 1) })
  for (const n of [1, 2, 3]) ledger.append(now(), { kind: 'counted', n }, { durability: 'durable' })
  ledger.giveUp('ocpp1.6', 2, 'InternalError: no')
  ledger.moveTo('ocpp1.6', 2, 'durable')
  const all = [...exportLedger(state, { undeliverable: false })]
  expect(all.map(({ sequence, passed }) => [sequence, passed])).toEqual([
    [1, ['ocpp1.6']],
    [2, ['ocpp1.6']],
    [3, []],
  ])
  expect([...exportLedger(state, { undeliverable: true })]).toEqual([
    {
      sequence: 2,
      at: '2026-03-01T00:00:00.000Z',
      trusted: false,
      passed: ['ocpp1.6'],
      undeliverable: { 'ocpp1.6': 'InternalError: no' },
      fact: { kind: 'counted', n: 2 },
    },
  ])
  store.close()
})

test('a directory without a ledger is named', () => {
  const state = newDirectory()
  expect(() => [...exportLedger(state, { undeliverable: false })]).toThrow(/no ledger in it/)
})
