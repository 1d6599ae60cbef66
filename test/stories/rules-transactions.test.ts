import { describe, expect, test } from 'vitest'
import { transactionBook } from '../../bench/csms/books/transactions.ts'
import { simulatedClock } from '../../src/base/simulated-clock.ts'
import { hours, minutes, seconds } from '../../src/base/units.ts'
import type { Fact } from '../../src/core/facts.ts'
import * as core from '../../src/ocpp16/messages/core.ts'
import { answered, ask, charging, goDark } from './asking.ts'
import { killed, stopped } from './restarts.ts'
import { withEvses } from './world.ts'

// OCPP 1.6 §3.7, §4.8, §4.10, §5.12, §5.14, §5.18: transactions from their start to the answer about their end.

const broken = () => {
  throw new Error('a bug in the central system')
}

describe('the register', () => {
  test('is told in whole Wh as it stands, never from zero, and each start goes on where the last stop ended', async () => {
    const w = await charging()
    for (let session = 0; session < 3; session++) {
      await w.clock.advance(minutes(7))
      await w.swipe()
      await w.clock.advance(seconds(10))
      await w.swipe()
      await w.clock.advance(seconds(5))
    }
    const all = w.csms.transactions.all
    expect(all).toHaveLength(4)
    for (const [at, { start, stop }] of all.entries()) {
      expect(Number.isInteger(start.meterStart)).toBe(true)
      if (stop !== undefined) expect(stop.meterStop).toBeGreaterThan(start.meterStart)
      if (at > 0) expect(start.meterStart).toBe(all[at - 1]?.stop?.meterStop)
    }
  })
})

test('a meter that was exchanged while the power was off counts from its own register', async () => {
  const w = await charging()
  await w.clock.advance(hours(1))
  await w.swipe()
  await w.clock.advance(seconds(20))
  const next = await stopped(w, 'reboot')
  next.plant.plugIn()
  await next.clock.advance(seconds(2))
  await next.swipe()
  await next.clock.advance(minutes(30))
  await next.swipe()
  await next.clock.advance(seconds(20))
  expect(next.csms.last(core.StartTransaction)?.meterStart).toBe(0)
  expect(next.csms.last(core.StopTransaction)?.meterStop).toBe(Math.floor(next.plant.wh))
})

describe('the queue', () => {
  test('keeps the order: a start that cannot be delivered holds up the samples and the stop, not an Authorize', async () => {
    const w = await charging({ settings: { TransactionMessageRetryInterval: '10' } })
    goDark(w)
    await w.clock.advance(minutes(3))
    await w.swipe()
    await w.clock.advance(seconds(10))
    const before = w.sent().length
    w.network.dials('accept')
    await w.clock.advance(minutes(2))
    const order = w
      .sent()
      .slice(before)
      .map(({ action }) => action)
      .filter((action) => action !== 'StatusNotification')
    expect(order).toEqual(['MeterValues', 'MeterValues', 'MeterValues', 'StopTransaction'])
    const times = w
      .sent()
      .slice(before)
      .filter(({ action }) => action === 'MeterValues')
      .map(({ payload }) => (payload as { meterValue: { timestamp: string }[] }).meterValue[0]?.timestamp ?? '')
    expect(times.toSorted()).toEqual(times)
  })
  test('survives a power cut, and what was delivered is not sent again', async () => {
    const first = await charging()
    await first.clock.advance(minutes(3))
    const delivered = first.sent('MeterValues').length
    goDark(first)
    await first.clock.advance(minutes(5))
    first.store.flush()
    const w = await killed(first)
    await w.clock.advance(minutes(1))
    expect(w.sent('StartTransaction')).toEqual([])
    const minutesTold = [...first.sent('MeterValues'), ...w.sent('MeterValues')].map(
      ({ payload }) => (payload as { meterValue: { timestamp: string }[] }).meterValue[0]?.timestamp,
    )
    expect(minutesTold.length).toBeGreaterThanOrEqual(delivered + 4)
    expect(new Set(minutesTold).size).toBe(minutesTold.length)
    expect(w.sent('StopTransaction')).toHaveLength(1)
  })
  test('a start whose attempts are used up leaves -1 as its number, and stays in sight (errata 3.18)', async () => {
    let asked = 0
    // The card is good when it is asked about, and the answer to the start is nonsense each time.
    const authorize = () => (++asked === 1 ? { status: 'Accepted' as const } : ({ status: 'Nonsense' } as never))
    const w = await charging({
      settings: { TransactionMessageAttempts: '2', TransactionMessageRetryInterval: '5', MeterValueSampleInterval: '10' },
      csms: { authorize },
    })
    await w.clock.advance(seconds(30))
    expect(w.sent('StartTransaction')).toHaveLength(2)
    w.plant.unplug()
    await w.clock.advance(seconds(20))
    expect(w.csms.last(core.MeterValues)).toMatchObject({ transactionId: -1 })
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ transactionId: -1, reason: 'EVDisconnected' })
    expect(
      w.store
        .ledger<Fact>()
        .undeliverable('ocpp1.6')
        .map(({ entry }) => entry.fact.kind),
    ).toEqual(['transactionStarted'])
  })
  test('waits RetryInterval times the transmissions so far', async () => {
    const book = transactionBook()
    const w = await charging({
      settings: { TransactionMessageAttempts: '3', TransactionMessageRetryInterval: '20', MeterValueSampleInterval: '0' },
      csms: { transactions: { ...book, stop: broken } },
    })
    await w.swipe()
    await w.clock.advance(minutes(5))
    const times = w.sent('StopTransaction').map(({ at }) => at.bootMs)
    expect(times.map((at) => Math.round((at - (times[0] ?? 0)) / 1_000))).toEqual([0, 20, 60])
  })
})

describe('a restart', () => {
  test('after a power cut ends the transaction: Boot, Finishing while the car still hangs there, then StopTransaction with the last register kept', async () => {
    const first = await charging()
    await first.clock.advance(minutes(10))
    const kept = Math.floor(first.plant.wh)
    await first.clock.advance(seconds(20))
    const at = first.clock.now().epochMs
    const w = await killed(first, { isPlugged: true })
    await w.clock.advance(seconds(30))
    expect(w.story()).toEqual(['BootNotification', 'StatusNotification Available', 'StatusNotification Finishing', 'StopTransaction'])
    const stop = w.csms.last(core.StopTransaction)
    expect(stop).toMatchObject({ transactionId: 1, reason: 'Reboot' })
    expect(stop).not.toHaveProperty('idTag')
    expect(stop?.meterStop).toBeLessThanOrEqual(Math.floor(first.plant.wh))
    expect(stop?.meterStop).toBeGreaterThanOrEqual(kept - 200)
    expect(Date.parse(stop?.timestamp ?? '')).toBeLessThanOrEqual(at)
    expect(w.status()).toBe('finishing')
  })
  test('of the whole board is a power loss', async () => {
    const first = await charging()
    await first.clock.advance(minutes(10))
    const clock = simulatedClock({ boot: 'the next boot', epochMs: first.clock.now().epochMs + hours(1) })
    const w = await killed(first, { clock })
    await w.clock.advance(seconds(30))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'PowerLoss', transactionId: 1 })
    expect(Date.parse(w.csms.last(core.StopTransaction)?.timestamp ?? '')).toBeLessThanOrEqual(first.clock.now().epochMs)
  })
  test('with the car gone the connector is soon Available, and the next car is a new one', async () => {
    const w = await killed(await charging())
    await w.clock.advance(minutes(1))
    expect(w.statuses()).toEqual(['Finishing', 'Available'])
    w.plant.plugIn()
    await w.clock.advance(seconds(2))
    expect(w.status()).toBe('preparing')
  })
  test('a car that was finished by a cut may charge again without replugging', async () => {
    const w = await killed(await charging(), { isPlugged: true })
    await w.clock.advance(seconds(30))
    expect(await w.swipe()).toBe('started')
    await w.until(() => w.status() === 'charging')
    expect(w.statuses()).toEqual(['Finishing', 'Preparing', 'Charging'])
  })
})

describe('Reset', () => {
  test.each([
    ['Soft', 'SoftReset', 'core'],
    ['Hard', 'HardReset', 'all'],
  ] as const)('%s: answered first; the transactions end with their reason and are delivered', async (type, reason, scope) => {
    const w = await charging({ board: withEvses(2) })
    const asked: unknown[] = []
    w.core.restarting.on((restart) => asked.push(restart))
    const from = w.frames.length
    expect(await ask(w, w.csms.reset('CP-1', type))).toMatchObject(answered('Accepted'))
    expect(asked).toEqual([{ scope, stop: type === 'Soft' ? 'softReset' : 'hardReset' }])
    const again = await stopped(w, type === 'Soft' ? 'softReset' : 'hardReset', { board: withEvses(2) })
    const told = w.frames
      .slice(from)
      .filter(({ direction }) => direction === 'in')
      .map(({ kind, action }) => `${kind} ${action}`)
    expect(told.indexOf('result Reset')).toBe(0)
    expect(told).toContain('call StopTransaction')
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason, transactionId: 1 })
    expect(w.plant.isClosed).toBe(false)
    await again.clock.advance(seconds(30))
    expect(again.story()).toEqual(['BootNotification', 'StatusNotification Available', 'StatusNotification Available', 'StatusNotification Available'])
  })
  test('offline: the stop is kept and delivered after the restart', async () => {
    const w = await charging()
    goDark(w)
    const again = await stopped(w, 'softReset')
    await again.clock.advance(seconds(30))
    expect(again.csms.last(core.StopTransaction)).toMatchObject({ reason: 'SoftReset', transactionId: 1 })
  })
  test('nobody can begin while it goes on', async () => {
    const w = await charging({ board: withEvses(2) })
    w.plants[1]?.plugIn()
    await w.clock.advance(seconds(2))
    const closing = w.station.shutDown('softReset')
    expect(await w.swipe('TAG2', 2)).toBe('noEvse')
    await w.clock.advance(seconds(5))
    await closing
  })
})

describe('RemoteStopTransaction', () => {
  test('knows the number of a transaction that began before the connection was lost', async () => {
    const w = await charging()
    w.network.cut()
    await w.clock.advance(minutes(1))
    expect(await ask(w, w.csms.requestStop('CP-1', 1))).toMatchObject(answered('Accepted'))
    await w.clock.advance(seconds(5))
    expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'Remote', transactionId: 1 })
  })
  test('refuses -1 and the number of one that is over', async () => {
    const w = await charging()
    await w.swipe()
    await w.clock.advance(seconds(10))
    for (const number of [-1, 1]) expect(await ask(w, w.csms.requestStop('CP-1', number))).toMatchObject(answered('Rejected'))
  })
})

test('an emergency stop ends the transaction with its own reason', async () => {
  const w = await charging()
  w.plant.setFault('emergencyStop', true)
  await w.clock.advance(seconds(5))
  expect(w.csms.last(core.StopTransaction)).toMatchObject({ reason: 'EmergencyStop' })
})

test('a central system that gives a number again, after it never took the stop of the first, can stop the one that runs', async () => {
  const transactions = { ...transactionBook(), start: () => 7, stop: broken }
  const w = await charging({ settings: { TransactionMessageAttempts: '1' }, csms: { transactions } })
  await w.swipe()
  await w.clock.advance(seconds(10))
  expect(await w.swipe()).toBe('started')
  await w.until(() => w.status() === 'charging')
  expect(await ask(w, w.csms.requestStop('CP-1', 7))).toMatchObject(answered('Accepted'))
  await w.until(() => w.status() === 'finishing')
})

test.each([
  [1, 2],
  [2, 1],
] as const)('of two transactions with one number, the one that still runs is stopped: %i is over, %i runs', async (over, runs) => {
  const w = await charging({ board: withEvses(2), csms: { transactions: { ...transactionBook(), start: () => 7, stop: broken } } })
  w.plants[1]?.plugIn()
  await w.clock.advance(seconds(2))
  await w.swipe('TAG2', 2)
  await w.until(() => w.status(2) === 'charging')
  await w.swipe(`TAG${over}`, over)
  await w.clock.advance(seconds(5))
  expect(await ask(w, w.csms.requestStop('CP-1', 7))).toMatchObject(answered('Accepted'))
  await w.until(() => w.status(runs) === 'finishing')
})

test('a message goes out as OCPP 1.6 declares it, all night long', async () => {
  const w = await charging({ settings: { StopTxnSampledData: 'Energy.Active.Import.Register,Current.Import', MeterValueSampleInterval: '10' } })
  await w.clock.advance(hours(8))
  await w.swipe()
  await w.clock.advance(seconds(30))
  const stop = w.csms.last(core.StopTransaction)
  expect(stop?.transactionData?.[0]?.sampledValue[0]?.context).toBe('Transaction.Begin')
  expect(stop?.transactionData?.at(-1)?.sampledValue[0]?.context).toBe('Transaction.End')
  // Central systems have limits: a megabyte would be refused again and again.
  expect(JSON.stringify(stop).length).toBeLessThan(200_000)
  expect(stop?.transactionData?.length).toBeGreaterThan(100)
})
