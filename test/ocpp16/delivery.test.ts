import { expect, test } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import type { Moment } from '../../src/base/moment.ts'
import { minutes, seconds } from '../../src/base/units.ts'
import type { ChargePoint } from '../../src/core/charge-point.ts'
import type { Fact } from '../../src/core/facts.ts'
import { transactionTimes } from '../../src/core/transaction-times.ts'
import type { Peer } from '../../src/ocpp/peer.ts'
import { delivery } from '../../src/ocpp16/delivery.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { transactionNumbers } from '../../src/ocpp16/numbers.ts'
import { openStore } from '../../src/store/open.ts'
import { charging } from '../stories/asking.ts'
import { world } from '../stories/world.ts'

const broken = () => {
  throw new Error('a bug in the central system')
}

test('the number of a transaction is forgotten with the answer to its end', async () => {
  const w = await charging()
  await w.clock.advance(seconds(2))
  expect(w.store.documents<number>('ocpp16-transactions').entries()).toHaveLength(1)
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.store.documents<number>('ocpp16-transactions').entries()).toEqual([])
})

test('a sample without values of its own is no MeterValues, and is in the end of its transaction', async () => {
  const w = await charging({ settings: { MeterValuesSampledData: '', MeterValueSampleInterval: '10', StopTxnSampledData: 'Voltage.L1' } })
  await w.clock.advance(seconds(35))
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(w.sent('MeterValues')).toEqual([])
  expect(w.csms.last(core.StopTransaction)?.transactionData?.length).toBeGreaterThanOrEqual(4)
})

test('Charging is told right after the first try of the start, whether it was taken or not', async () => {
  for (const transactions of [undefined, { ...(await world()).csms.transactions, start: broken }]) {
    const w = await charging({ csms: transactions === undefined ? {} : { transactions } })
    await w.clock.advance(seconds(2))
    expect(w.story().slice(-2)).toEqual(['StartTransaction', 'StatusNotification Charging'])
    await w.clock.advance(minutes(1))
    expect(w.statuses().filter((status) => status === 'Charging')).toHaveLength(1)
  }
})

test('every moment in the message about an end is settled, those of its samples too', async () => {
  const store = openStore({ directory: undefined, log: silentLog })
  const ledger = store.ledger<Fact>()
  const at: Moment = { boot: 'b', bootMs: 0, epochMs: 0, trusted: false }
  const requests: unknown[] = []
  const deliver = delivery({
    core: {} as ChargePoint,
    peer: {
      call: async (_message: unknown, request: unknown) => {
        requests.push(request)
        return { kind: 'disconnected' }
      },
    } as unknown as Peer,
    ledger,
    numbers: transactionNumbers(store.documents<number>('numbers')),
    times: transactionTimes(ledger, (moment) => ({ ...moment, epochMs: moment.epochMs + Date.UTC(2026, 2, 1) })),
    startTried: () => {},
  })
  const endValues = [{ measurand: 'Voltage', unit: 'V', value: 230 }] as const
  ledger.append(at, { kind: 'meterSampled', evse: 1, transaction: 'tx', context: 'begin', values: [], endValues }, { subject: 'tx', durability: 'grouped' })
  const end = { kind: 'transactionEnded', transaction: 'tx', evse: 1, reason: 'local', meterWh: 1 } as const
  expect(await deliver(ledger.append(at, end, { subject: 'tx', durability: 'durable' }))).toEqual({ outcome: 'disconnected' })
  const timestamp = '2026-03-01T00:00:00.000Z'
  expect(requests).toMatchObject([{ timestamp, transactionData: [{ timestamp }] }])
})
