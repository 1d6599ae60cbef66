import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import { sessionLog } from '../../src/core/session-log.ts'
import { openStore } from '../../src/store/open.ts'

function bench() {
  const clock = simulatedClock()
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const now = { meterWh: 1_000, powerW: 0, amps: 0, offeredAmps: 16, offeredWatts: undefined }
  const begin = () => sessionLog({ store, ledger, figures: () => now, clock, log: silentLog })
  const start = (id: string) =>
    ledger.append(
      clock.now(),
      { kind: 'transactionStarted', transaction: id, evse: 1, token: 'CARD', source: 'local', meterWh: now.meterWh },
      { subject: id, durability: 'durable' },
    )
  const end = (id: string) =>
    ledger.append(
      clock.now(),
      { kind: 'transactionEnded', transaction: id, evse: 1, reason: 'local', meterWh: now.meterWh },
      { subject: id, durability: 'durable' },
    )
  return { clock, store, now, begin, start, end }
}

test('the newest 2,000 sessions are kept, and the traces of the newest 200', async () => {
  const b = bench()
  const log = b.begin()
  for (let at = 0; at < 2_010; at++) {
    b.start(`t${at}`)
    b.end(`t${at}`)
    await b.clock.advance(1)
  }
  expect(log.count).toBe(2_000)
  expect(log.find('t9')).toBeUndefined()
  expect(log.page(0, 2).map(({ id }) => id)).toEqual(['t2009', 't2008'])
  expect(log.find('t1809')?.trace).toEqual([])
  expect(log.find('t1810')?.trace.length).toBeGreaterThan(0)
  // What is on the disk is the same.
  expect(b.begin().count).toBe(2_000)
})

test('a session that outlives its program goes on in the list, with the trace that it had', async () => {
  const b = bench()
  const before = b.begin()
  b.start('t')
  Object.assign(b.now, { powerW: 3_700, meterWh: 1_500 })
  await b.clock.advance(minutes(10))
  before.close()
  const after = b.begin()
  after.resume('t')
  await b.clock.advance(minutes(10))
  expect(after.find('t')).toMatchObject({ endedAt: undefined, energyWh: 500, peakW: 3_700 })
  const { trace = [], startedAt = 0 } = after.find('t') ?? {}
  expect((trace[0]?.at ?? 0) - startedAt).toBeLessThan(1_000)
  expect((trace.at(-1)?.at ?? 0) - startedAt).toBeGreaterThan(minutes(19))
})

test('what a power cut took of the list comes from the facts', () => {
  const b = bench()
  b.start('t')
  b.now.meterWh = 1_700
  const log = b.begin()
  b.end('t')
  expect(log.find('t')).toMatchObject({ token: 'CARD', reason: 'local', meterStartWh: 1_000, energyWh: 700 })
})

test('a clock that is set in mid-session moves its begin', async () => {
  const b = bench()
  const log = b.begin()
  b.start('t')
  await b.clock.advance(minutes(1))
  const before = log.find('t')?.startedAt ?? 0
  b.clock.shift(hours(48))
  expect((log.find('t')?.startedAt ?? 0) - before).toBe(hours(48))
  b.end('t')
  expect((log.find('t')?.startedAt ?? 0) - before).toBe(hours(48))
})
