import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { openStore } from '../../src/store/open.ts'

/** `node appends.mjs DIRECTORY`: appends facts and prints the milliseconds of each as JSON. A fact of the size of a transaction's start. */
const clock = systemClock()
const store = openStore({ directory: process.argv[2], log: silentLog })
const ledger = store.ledger<{ kind: 'transactionStarted'; evse: number; token: string; meterWh: number; plugIn: string }>()
const transaction = crypto.randomUUID()

function appendsOf(durability: 'durable' | 'grouped', count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => {
    const from = clock.monotonic()
    ledger.append(
      clock.now(),
      { kind: 'transactionStarted', evse: 1, token: '04A2B3C4', meterWh: n, plugIn: transaction },
      { subject: transaction, durability },
    )
    return clock.monotonic() - from
  })
}

appendsOf('durable', 20)
const durable = appendsOf('durable', 500)
const grouped = appendsOf('grouped', 2_000)
store.close()
process.exitCode = 0
process.send?.({ durable, grouped })
