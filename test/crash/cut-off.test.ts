import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { minutes, seconds, wattHours } from '../../src/base/units.ts'
import type { Fact, Transaction } from '../../src/core/facts.ts'
import type { Register } from '../../src/core/metering.ts'
import { endCutOff } from '../../src/core/recovery.ts'
import { openStore } from '../../src/store/open.ts'
import { world } from '../stories/world.ts'

const started: Moment = { bootMs: 60_000, boot: 'boot-1', epochMs: Date.UTC(2026, 2, 1, 8, 1), trusted: true }
const before = (ms: number): Moment => ({ ...started, bootMs: started.bootMs - ms, epochMs: started.epochMs - ms })
const transaction: Transaction = { id: 'T', evse: 1, token: 'TAG1', startedAt: started, meterStartWh: wattHours(500) }

/** The end that a start of the program writes for a transaction, with this register kept. */
function endOf(kept: Register | undefined, now: Moment) {
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const [open, registers] = [store.documents<Transaction>('open-transactions'), store.documents<Register>('registers')]
  open.put('1', transaction)
  if (kept !== undefined) registers.put('1', kept)
  const end = (fact: Fact, at: Moment) => {
    ledger.append(at, fact, { subject: 'T', durability: 'durable' })
    open.delete('1')
  }
  endCutOff({ open, registers, now, log: silentLog, isVouchedFor: () => false, end })
  const [ended] = ledger.after(0, 10)
  return { at: ended?.at, fact: ended?.fact, isOpen: open.get('1') !== undefined }
}

test('a transaction that was cut off before its first register was kept ends where it began, not at the end of the one before', () => {
  const end = endOf({ wh: wattHours(500), at: before(minutes(10)) }, before(-5_000))
  expect(end).toMatchObject({ at: started, fact: { kind: 'transactionEnded', meterWh: 500, reason: 'reboot' }, isOpen: false })
})

test('a register that was kept during the transaction is its end', () => {
  const kept = { wh: wattHours(700), at: before(-minutes(5)) }
  expect(endOf(kept, before(-minutes(6)))).toMatchObject({ at: kept.at, fact: { meterWh: 700, reason: 'reboot' } })
  expect(endOf(kept, { ...started, boot: 'boot-2', bootMs: 1_000 })).toMatchObject({ at: kept.at, fact: { meterWh: 700, reason: 'powerLoss' } })
})

test('a cut-off transaction does not end below or before a sample of its own', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pilotwire-cut-off-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const settings = { MeterValueSampleInterval: '0', ClockAlignedDataInterval: '10' }
  const w = await world({ settings, parts: { store: openStore({ directory, log: silentLog }) } })
  w.plant.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe()
  await w.clock.advance(seconds(52))
  const last = w.sent('MeterValues').at(-1)?.payload as { meterValue: { timestamp: string; sampledValue: { value: string }[] }[] }
  const sampledWh = Number(last.meterValue[0]?.sampledValue[0]?.value)
  expect(sampledWh).toBeGreaterThan(100)
  // The first process is no more: its clock stands still. Another one opens what it left.
  const store = openStore({ directory, log: silentLog })
  const again = await world({ clock: simulatedClock({ epochMs: w.clock.now().epochMs, bootMs: w.clock.monotonic() }), parts: { store } })
  await again.clock.advance(seconds(5))
  const stop = again.sent('StopTransaction')[0]?.payload as { meterStop: number; timestamp: string }
  expect(stop.meterStop).toBeGreaterThanOrEqual(sampledWh)
  expect(stop.timestamp >= (last.meterValue[0]?.timestamp ?? '')).toBe(true)
})
