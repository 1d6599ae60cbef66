import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import type { Fact, Transaction } from '../../src/core/facts.ts'
import type { Register } from '../../src/core/metering.ts'
import { endCutOff } from '../../src/core/recovery.ts'
import { openStore } from '../../src/store/open.ts'

const at = (bootMs: number, boot = 'before'): Moment => ({ boot, bootMs, epochMs: 1_000_000 + bootMs, trusted: true })
const started: Transaction = { id: 'tx', evse: 2, token: 'TAG', startedAt: at(5_000), meterStartWh: 700 }

/** A store as a crash in the middle of a transaction leaves it, and the start after that. */
function cutOff(kept: Register | undefined, now = at(9_000, 'after')) {
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const open = store.documents<Transaction>('open-transactions')
  const parts: Parameters<typeof endCutOff>[0] = {
    open,
    registers: store.documents<Register>('registers'),
    now,
    log: silentLog,
    isVouchedFor: () => false,
    end(fact, at) {
      ledger.append(at, fact, { subject: fact.transaction, durability: 'durable' })
      open.delete(String(fact.evse))
    },
  }
  parts.open.put('2', started)
  if (kept !== undefined) parts.registers.put('2', kept)
  return { ...parts, start: () => endCutOff(parts), ends: () => ledger.about('tx').map((entry) => ({ at: entry.at, ...entry.fact })) }
}

test.each<[string, Register | undefined, number, Moment]>([
  ['with the register and the moment that were kept last', { wh: 900, at: at(8_000) }, 900, at(8_000)],
  ['with the register of its own first moment', { wh: 700, at: at(5_000) }, 700, at(5_000)],
  ['where it began, without a register', undefined, 700, at(5_000)],
  ['where it began, when the register was kept before it', { wh: 900, at: at(4_999) }, 700, at(5_000)],
  ['where it began, when the register is of another boot', { wh: 900, at: at(8_000, 'long ago') }, 700, at(5_000)],
  ['never below its start', { wh: 600, at: at(8_000) }, 700, at(8_000)],
])('a transaction that was cut off ends %s', (_how, kept, meterWh, end) => {
  const c = cutOff(kept)
  expect(c.start()).toEqual([started])
  expect(c.ends()).toEqual([{ kind: 'transactionEnded', transaction: 'tx', evse: 2, reason: 'powerLoss', meterWh, at: end }])
})

test('the boot tells a restart from a power loss', () => {
  const c = cutOff({ wh: 900, at: at(8_000) }, at(9_000))
  c.start()
  expect(c.ends()).toMatchObject([{ reason: 'reboot' }])
})

test('it ends once, however often the program starts', () => {
  const c = cutOff(undefined)
  c.start()
  expect(c.open.entries()).toEqual([])
  expect(c.start()).toEqual([])
  expect(c.ends()).toHaveLength(1)
})
